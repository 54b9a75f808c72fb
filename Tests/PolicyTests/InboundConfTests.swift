import Policy
import Protocols
import Testing

/// What monerod is told of the services that the router publishes, and what `check` and `doctor` say of them.
@Suite struct InboundConfTests {
    static let b32 = String(repeating: "a", count: 52) + ".b32.i2p:0"
    private static let addresses = ["tor.p2p": StatusSamples.onion, "i2p.p2p": b32, "tor.rpc": "x"]

    /// All four services, at their usual ports.
    static func configuration() -> Configuration {
        func loopback(_ port: UInt16) -> Endpoint { .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: port) }
        var configuration = Configuration.builtIn
        configuration.egresses.append(
            EgressConfiguration(name: "i2p", kind: .i2p(I2PConfiguration(.sam(loopback(7656))))))
        configuration.route.i2p = .egress("i2p")
        configuration.inbound = InboundConfiguration(
            onions: InboundKind.allCases.map {
                OnionServiceConfiguration(
                    kind: $0, port: $0.defaultPort, target: loopback($0.defaultPort), isPublic: $0 == .rpc)
            }, i2p: I2PServiceConfiguration(target: loopback(18085)))
        return configuration
    }

    private static func options(_ configuration: Configuration, _ addresses: [String: String]) -> [String] {
        configuration.monerodConf(addresses: addresses).split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { String($0) }
    }

    @Test func linesOfAllServices() {
        let options = Self.options(Self.configuration(), Self.addresses)
        #expect(options.contains("anonymous-inbound=\(StatusSamples.onion),127.0.0.1:18084,32"))
        #expect(options.contains("anonymous-inbound=\(Self.b32),127.0.0.1:18085,32"))
        #expect(
            options.contains("rpc-restricted-bind-ip=127.0.0.1") && options.contains("rpc-restricted-bind-port=18089"))
        #expect(options.contains("in-peers=32") && !options.contains("in-peers=0"))
        #expect(options.contains("p2p-bind-ip=127.0.0.1") && options.contains("hide-my-port=1"))
        #expect(!options.contains { $0.hasPrefix("p2p-bind-port") }, "it is monerod's own default")
        // Each key once but for the zones'.
        let names = options.map { $0.prefix { $0 != "=" } }.filter { $0 != "tx-proxy" && $0 != "anonymous-inbound" }
        #expect(Set(names).count == names.count)
    }

    /// Without the running router there is a line to fill in, and none that monerod would read.
    @Test func withoutAddresses() {
        let text = Self.configuration().monerodConf()
        #expect(!Self.options(Self.configuration(), [:]).contains { $0.hasPrefix("anonymous-inbound") })
        #expect(text.contains("\n# anonymous-inbound=ADDRESS,127.0.0.1:18084,32\n"))
        #expect(text.contains("\n# anonymous-inbound=ADDRESS,127.0.0.1:18085,32\n"))
        #expect(text.contains("`xmr-routed inbound`"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test(arguments: [
        (MoneroNetwork.stagenet, UInt16(38080), nil as String?), (.stagenet, 18080, "p2p-bind-port=18080"),
        (.testnet, 28080, nil), (.mainnet, 28080, "p2p-bind-port=28080"), (.regtest, 18080, nil),
    ])
    func portOfPeersThatSync(network: MoneroNetwork, port: UInt16, line: String?) {
        var configuration = Self.configuration()
        configuration.network = network
        configuration.inbound.onions[2].target = .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: port)
        #expect(Self.options(configuration, [:]).first { $0.hasPrefix("p2p-bind-port") } == line)
    }

    /// The RPC that takes orders is restricted as a whole where strangers come to it.
    @Test func theMainRPC() {
        var configuration = Self.configuration()
        configuration.inbound.onions[1].target = .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 18081)
        let options = Self.options(configuration, [:])
        #expect(options.contains("restricted-rpc=1") && !options.contains { $0.hasPrefix("rpc-restricted") })
    }

    /// monerod ends where it has `anonymous-inbound` and no `tx-proxy` of that network.
    @Test func aZoneWithoutAWayOut() {
        var configuration = Self.configuration()
        configuration.node.listeners.removeAll { $0.role == .torZone }
        configuration.route.i2p = .block
        let text = configuration.monerodConf(addresses: Self.addresses)
        #expect(!text.contains("\nanonymous-inbound"))
        #expect(text.contains("Set tor-proxy in [node]") && text.contains("Set i2p-proxy in [node]"))
        #expect(configuration.explanation().contains("WARNING: monerod takes nobody in here"))
        #expect(!Self.configuration().explanation().contains("takes nobody in"))
    }

    @Test func inPlainWords() {
        var configuration = Self.configuration()
        let lines = configuration.explanation().split(separator: "\n").map(String.init)
        for line in [
            "Reached by others, through the router, which publishes these services:",
            "  tor.p2p: monerod at 127.0.0.1:18084 is reachable as an onion service on port 18084, for transactions only",
            "  tor.rpc: monerod's RPC at 127.0.0.1:18089 is reachable as an onion service on port 18089, for everybody who knows the address",
            "    it must be the restricted RPC there: the other one takes orders",
            "  tor.sync: monerod at 127.0.0.1:18080 is reachable as an onion service on port 18080, for peers that sync blocks",
            "  i2p.p2p: monerod at 127.0.0.1:18085 is reachable as an I2P service, for transactions only; 3 tunnels of 3 hops each way",
            "  i2p: an I2P router by SAM at 127.0.0.1:7656, 3 tunnels of 3 hops each way",
        ] { #expect(lines.contains(line), "\(line)") }
        let keys = ["b", "c"].compactMap {
            OnionClientKey(descriptor: "descriptor:x25519:" + String(repeating: $0, count: 51) + "a")
        }
        configuration.inbound.onions[1].clients = keys
        #expect(configuration.explanation().contains("for the 2 clients whose keys are named"))
        configuration.inbound.onions[1].clients.removeLast()
        #expect(configuration.explanation().contains("for the one client whose key is named"))
        #expect(!Configuration.builtIn.explanation().contains("Reached"))
        configuration.inbound.i2p?.tunnels = I2PTunnels(quantity: 1, length: 0)
        #expect(
            configuration.explanation().contains(
                "; 1 tunnel of 0 hops each way, so that the next router sees where this machine is"))
    }

    // MARK: - doctor

    private func findings(
        _ file: String, _ configuration: Configuration = Self.configuration(), isHeld: Bool = false
    ) -> [Finding] {
        MonerodAudit.findings(
            ProgramOptions(.monerod, arguments: [], file: Array(file.utf8)), subject: "monerod",
            listeners: MonerodAudit.Listeners(configuration.node, inbound: configuration.inbound), isHeld: isHeld)
    }

    private static let good = configuration().monerodConf(addresses: addresses)

    @Test func whatIsPrintedIsClean() {
        let all = findings(Self.good)
        #expect(all.filter { $0.severity != .ok } == [])
        #expect(all.contains { $0.reveals == "anonymous-inbound is where tor.p2p of the router ends" })
        #expect(all.contains { $0.reveals == "anonymous-inbound is where i2p.p2p of the router ends" })
    }

    @Test(arguments: [
        (
            "127.0.0.1:18084,32", "127.0.0.1:18999,32",
            "anonymous-inbound waits at 127.0.0.1:18999, and tor.p2p of the router ends at 127.0.0.1:18084"
        ),
        ("127.0.0.1:18085,32", "nonsense", "names no port: monerod refuses to start so"),
        ("in-peers=32", "in-peers=0", "in-peers=0 refuses everybody whom tor.sync of the router brings"),
        (
            "in-peers=32", "in-peers=32\np2p-bind-port=9", "tor.sync of the router ends at port 18080, and P2P is at 9"
        ),
        (
            "rpc-restricted-bind-port=18089", "rpc-restricted-bind-port=18090",
            "tor.rpc of the router ends at port 18089, where no RPC is"
        ),
        (
            "rpc-restricted-bind-port=18089", "rpc-bind-port=18089",
            "tor.rpc of the router ends at the RPC that takes orders: who comes by it can stop the node"
        ),
        (
            "anonymous-inbound=\(b32),127.0.0.1:18085,32", "",
            "i2p.p2p is published by the router, and nothing waits for who comes by it"
        ),
    ])
    func whatDoesNotFit(part: String, change: String, finding: String) {
        let file = Self.good.replacing(part, with: change)
        let found = findings(file).filter { $0.severity != .ok }
        #expect(found.map(\.severity) == [.warning], "\(found)")
        #expect(found.first?.reveals.contains(finding) == true, "\(found)")
        #expect(found.first?.mend != nil)
    }

    /// Another way in than the router's: nothing cuts it.
    @Test func aServiceThatIsNotOurs() {
        let found = findings(Self.good, .builtIn).filter { $0.severity != .ok }
        #expect(found.contains { $0.severity == .warning && $0.reveals.contains("neither counted nor cut by a lock") })
    }

    @Test func aServiceThatListensForTheWorld() {
        let file = Self.good.replacing("127.0.0.1:18084,32", with: "0.0.0.0:18084,32")
        let found = findings(file).filter { $0.severity == .leak }
        #expect(found.count == 1 && found.first?.reveals.contains("listens on 0.0.0.0") == true)
        #expect(!findings(file, isHeld: true).contains { $0.severity == .leak })
    }
}
