import Policy
import Protocols
import Testing

/// What `check` says: every fact of the configuration, and none of its secrets.
@Suite struct ConfigurationExplanationTests {
    @Test func builtIn() {
        #expect(
            Configuration.builtIn.explanation() == """
                Network: mainnet.
                Egresses:
                  tor: Tor, started by the router
                Routes:
                  IP addresses and names: through tor, and no other way
                  onion addresses: through tor, and no other way
                  I2P addresses: blocked
                  private and own addresses: refused
                Isolation: each peer has a Tor circuit of its own.
                Hold: while an egress recovers, a connect waits up to 30 s.
                Node, user monero:
                  node.proxy: 127.0.0.1:18950
                  node.tor-proxy: 127.0.0.1:18951
                  node.i2p-proxy: 127.0.0.1:18952
                  ban list: none
                Wallets:
                  wallet.0 at 127.0.0.1:18989, for anybody on this machine: your own node, and no other
                    wallet.0.node.0: on this machine, dialled straight
                Guard: required. Nothing passes unless it is proven to hold monero.
                  monero reaches: 127.0.0.1:18950, 127.0.0.1:18951, 127.0.0.1:18952
                  its other TCP: counted and refused
                  its questions for names: counted and stopped
                  the router's own user is not held: the Tor that it starts has that user, and dials whom it wants

                """)
    }

    @Test func guardWithAllThatItCanDo() throws {
        var configuration = Configuration.builtIn
        configuration.egresses = [
            EgressConfiguration(
                name: "tor",
                kind: .tor(
                    TorConfiguration(.running(socks: try #require(Endpoint("127.0.0.1:9050")), control: nil))))
        ]
        configuration.node.localPorts = [18081]
        configuration.node.strays = .redirect
        configuration.node.dns = Endpoint("9.9.9.9:53")
        configuration.killSwitch.confine = [
            ConfinedUserConfiguration(user: "p2pool", listeners: ["node.proxy"]),
            ConfinedUserConfiguration(user: "miner", listeners: []),
        ]
        let lines = configuration.explanation().split(separator: "\n").drop { !$0.hasPrefix("Guard") }
        #expect(
            lines.map(String.init) == [
                "Guard: required. Nothing passes unless it is proven to hold monero, p2pool, miner.",
                "  monero reaches: 127.0.0.1:18950, 127.0.0.1:18951, 127.0.0.1:18952, port 18081 of loopback",
                "  its other TCP: sent into the router, where the routes hold for it",
                "  its questions for names: asked of 9.9.9.9:53 over TCP, through tor",
                "  p2pool reaches: 127.0.0.1:18950", "  miner reaches: nothing",
                "  WARNING: with redirection, systemd's IPAddressDeny cannot stand in monerod's unit beside the guard: "
                    + "take the drop-in that leaves it out, xmr-routed-redirect.conf.",
                "  the router's own user reaches the proxies, wallet nodes on this machine and interfaces above, and nothing else",
            ])
        configuration.killSwitch.guardMode = .off
        #expect(configuration.explanation().contains("[[kill-switch.confine]] holds nobody while the guard is off."))
    }

    @Test func waysThroughAnotherEgress() throws {
        let line = try TorrcLine.check("UseBridges 1", isTestNetwork: false).get()
        var configuration = Configuration.builtIn
        configuration.egresses = [
            EgressConfiguration(
                name: "tor", kind: .tor(TorConfiguration(.managed(torrc: [line]), via: "vpn.wg"))),
            EgressConfiguration(
                name: "vpn.wg",
                kind: .vpn(VPNConfiguration(interface: "wg0", resolver: IPAddress("10.64.0.1")))),
            EgressConfiguration(
                name: "vpn.b",
                kind: .vpn(VPNConfiguration(interface: "tun0", probe: Endpoint("10.8.0.1:53")))),
            EgressConfiguration(
                name: "i2p", kind: .i2p(I2PConfiguration(.socks(try #require(Endpoint("127.0.0.1:4447")))))),
            EgressConfiguration(
                name: "proxy.a",
                kind: .proxy(ProxyConfiguration(socks: try #require(Endpoint("192.0.2.7:1080")), via: "tor"))),
        ]
        let lines = configuration.explanation().split(separator: "\n").dropFirst(2).prefix(5)
        #expect(
            lines == [
                "  tor: Tor, started by the router, with 1 line of yours in its torrc, reached through vpn.wg",
                "  vpn.wg: the VPN interface wg0, ready when 10.64.0.1 answers through it; names are asked of 10.64.0.1 through it",
                "  vpn.b: the VPN interface tun0, ready when 10.8.0.1:53 answers through it; names are refused (no resolver); nothing is routed to it",
                "  i2p: an I2P router's SOCKS port at 127.0.0.1:4447; nothing is routed to it",
                "  proxy.a: SOCKS5 proxy at 192.0.2.7:1080, reached through tor; who carries it there sees each destination, since SOCKS does not encrypt; nothing is routed to it",
            ])
    }

    @Test func everythingElse() throws {
        var configuration = Configuration.builtIn
        configuration.network = .regtest
        let credentials = try #require(Credentials(username: Array("user".utf8), password: Array("s3cret".utf8)))
        configuration.egresses = [
            EgressConfiguration(
                name: "tor", kind: .tor(TorConfiguration(.running(socks: .unix("/run/tor/socks"), control: nil)))),
            EgressConfiguration(
                name: "proxy.a",
                kind: .proxy(
                    ProxyConfiguration(socks: try #require(Endpoint("192.0.2.7:1080")), credentials: credentials))),
            EgressConfiguration(
                name: "proxy.b", kind: .proxy(ProxyConfiguration(socks: try #require(Endpoint("127.0.0.1:4447"))))),
        ]
        configuration.route = RouteConfiguration(
            onion: .block, i2p: .egress("proxy.b"), clearnet: .egress("proxy.a"), isolation: .none,
            hold: .milliseconds(1500), allowsPrivate: true)
        configuration.node.user = nil
        configuration.node.listeners.removeFirst()
        configuration.node.virtualPeers = [
            VirtualPeer(
                address: IPv4Address(10, 0, 0, 1), port: 1, destination: Destination(host: .onion("o.onion"), port: 1)),
            VirtualPeer(
                address: IPv4Address(10, 0, 0, 2), port: 1, destination: Destination(host: .i2p("a.i2p"), port: 1)),
        ]
        configuration.node.banList = BanList([try #require(Subnet("192.0.2.0/24"))])
        configuration.killSwitch.guardMode = .off
        configuration.wallets = []
        configuration.log.destinations = true
        let text = configuration.explanation()
        #expect(
            text == """
                Network: regtest.
                Egresses:
                  tor: Tor at unix:/run/tor/socks, ready by its SOCKS handshake alone (no control port: its own state \
                is unknown); nothing is routed to it
                  proxy.a: SOCKS5 proxy at 192.0.2.7:1080, with a user name and password; the way to it is not \
                encrypted, and shows each destination
                  proxy.b: SOCKS5 proxy at 127.0.0.1:4447
                Routes:
                  IP addresses and names: through proxy.a, and no other way
                  onion addresses: blocked
                  I2P addresses: through proxy.b, and no other way
                  private and own addresses: as IP addresses
                Hold: while an egress recovers, a connect waits up to 1500 ms.
                Node:
                  node.tor-proxy: 127.0.0.1:18951
                  node.i2p-proxy: 127.0.0.1:18952
                  WARNING: no node.proxy, so monerod would dial its peers past the router. Set it.
                  virtual peers: 2, 1 of them blocked by [route]
                  ban list entries: 1
                Wallets: no listener for them. Set [[wallet]].
                Guard: off, UNGUARDED. The router fails closed, but nothing holds the node to it.
                Log: destinations are written to it, so whoever reads it knows the node's peers.

                """)
        configuration.route.clearnet = .egress("tor")
        #expect(configuration.explanation().contains("\nIsolation: none. All streams may share one Tor circuit.\n"))
        configuration.route.isolation = .class
        #expect(
            configuration.explanation().contains("\nIsolation: each class of traffic has a Tor circuit of its own,"))
        #expect(!text.contains("s3cret") && !text.contains("o.onion") && !text.contains("10.0.0.1"))
    }

    @Test func nothingConfigured() {
        let configuration = Configuration(
            network: .mainnet, egresses: [],
            route: RouteConfiguration(onion: .block, i2p: .block, clearnet: .block, hold: .zero),
            node: NodeConfiguration(), killSwitch: KillSwitchConfiguration(guardMode: .off),
            control: ControlConfiguration(), log: LogConfiguration())
        let text = configuration.explanation()
        #expect(text.contains("Egresses: none. Nothing passes.\n"))
        #expect(text.contains("  no listener: it cannot enter. Set proxy in [node].\n"))
        #expect(text.contains("Hold: none. While an egress recovers, a connect is refused at once.\n"))
        #expect(!text.contains("Isolation"))
    }
}
