import Policy
import Protocols
import Testing

/// What `check` says of wallets and their nodes.
@Suite struct WalletExplanationTests {
    @Test func wallets() throws {
        var configuration = Configuration.builtIn
        let credentials = try #require(Credentials(username: Array("user".utf8), password: Array("s3cret".utf8)))
        func node(_ host: Host) -> WalletNodeConfiguration {
            WalletNodeConfiguration(destination: Destination(host: host, port: 18089))
        }
        var nodes = [
            node(RouteSamples.address("127.0.0.1")), node(RouteSamples.onion), node(RouteSamples.publicName),
            node(RouteSamples.publicName), node(RouteSamples.publicIPv4),
        ]
        nodes[1].isTrusted = true
        nodes[1].credentials = credentials
        nodes[2].tls = .fingerprint([])
        nodes[3].tls = .systemAuthorities
        nodes[4].isInsecure = true
        configuration.wallets = try [
            WalletConfiguration(
                listen: #require(Endpoint("127.0.0.1:18989")), fallback: true, order: .best, verifiesOutputs: true,
                broadcast: 2, nodes: nodes),
            WalletConfiguration(
                listen: #require(Endpoint("192.0.2.1:18990")),
                certificate: WalletConfiguration.CertificateFiles(certificate: "c", key: "k"),
                nodes: [node(RouteSamples.onion)]),
            WalletConfiguration(listen: #require(Endpoint("[::1]:18991")), nodes: Array(nodes.prefix(2))),
        ]
        configuration.killSwitch.confine = [ConfinedUserConfiguration(user: "wallet", listeners: ["wallet.0"])]
        let text = configuration.explanation()
        let lines = text.split(separator: "\n").drop { $0 != "Wallets:" }.prefix { !$0.hasPrefix("Guard") }
        #expect(
            lines.map(String.init) == [
                "Wallets:",
                "  wallet.0 at 127.0.0.1:18989, for the user wallet: your own node first, then the soonest of the others "
                    + "(fallback = true)",
                "    wallet.0.node.0: on this machine, dialled straight",
                "    wallet.0.node.1: an onion address, through tor, and no other way, with a user name and password; "
                    + "trusted: it is shown key images",
                "    wallet.0.node.2: clearnet, through tor, and no other way, TLS with that one certificate",
                "    wallet.0.node.3: clearnet, through tor, and no other way, TLS by the system's authorities",
                "    wallet.0.node.4: clearnet, through tor, and no other way; WARNING: plain HTTP, which whoever carries "
                    + "it reads and changes",
                "    each transaction is given to 2 nodes, by as many circuits",
                "    ring members are compared between two nodes",
                "  wallet.1 at 192.0.2.1:18990, by TLS, for anybody who reaches it: the first good node",
                "    wallet.1.node.0: an onion address, through tor, and no other way",
                "    one node alone: nothing that it says is compared with another's",
                "  wallet.2 at [::1]:18991, for anybody on this machine: your own node first, and never another "
                    + "(fallback = false)",
                "    wallet.2.node.0: on this machine, dialled straight",
                "    wallet.2.node.1: an onion address, through tor, and no other way, with a user name and password; "
                    + "trusted: it is shown key images",
            ])
        #expect(!text.contains("s3cret") && !text.contains(RouteSamples.onion.description))
        #expect(!text.contains(RouteSamples.publicName.description))
        // What is accepted with `insecure` stays a threat.
        let threats = configuration.wallets.enumerated().flatMap { $1.threats(listener: $0) }
        #expect(threats.count == 1 && threats[0].hasPrefix("wallet.0.node.4 is asked by plain HTTP"))
    }

    /// Two wallets at one node come from one address where the way there isolates nothing.
    @Test func walletsThatMeetAtANode() throws {
        var configuration = Configuration.builtIn
        let node = WalletNodeConfiguration(
            destination: Destination(host: RouteSamples.publicName, port: 18089), isInsecure: true)
        let listens = ["127.0.0.1:18989", "127.0.0.1:18990"]
        configuration.wallets = try listens.map {
            try WalletConfiguration(listen: #require(Endpoint($0)), nodes: [node])
        }
        let warning = "WARNING: wallet.1.node.0 is wallet.0.node.0 as well"
        #expect(!configuration.explanation().contains(warning))
        configuration.egresses = [
            EgressConfiguration(name: "vpn.wg", kind: .vpn(VPNConfiguration(interface: "wg0")))
        ]
        configuration.route.clearnet = .egress("vpn.wg")
        #expect(configuration.explanation().contains(warning))
    }

    /// Only Tor keeps a wallet's purposes apart, which matters where two nodes could compare notes.
    @Test(arguments: [(RouteSamples.i2p, true), (RouteSamples.publicName, true), (RouteSamples.onion, false)])
    func nodesThatSeeOneSender(host: Host, isTold: Bool) throws {
        var configuration = Configuration.builtIn
        configuration.egresses += [
            EgressConfiguration(name: "vpn.wg", kind: .vpn(VPNConfiguration(interface: "wg0"))),
            EgressConfiguration(
                name: "i2p", kind: .i2p(I2PConfiguration(.socks(try #require(Endpoint("127.0.0.1:4447")))))),
        ]
        configuration.route.clearnet = .egress("vpn.wg")
        configuration.route.i2p = .egress("i2p")
        let node = WalletNodeConfiguration(destination: Destination(host: host, port: 18089), isInsecure: true)
        let told = "not by Tor: these nodes see one sender"
        for (count, isTold) in [(1, false), (2, isTold)] {
            configuration.wallets = try [
                WalletConfiguration(
                    listen: #require(Endpoint("127.0.0.1:18989")), nodes: Array(repeating: node, count: count))
            ]
            #expect(configuration.explanation().contains(told) == isTold)
        }
    }
}
