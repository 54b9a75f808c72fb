import Policy
import Protocols
import Testing
import Toml

/// What an accepted file says is what the configuration holds.
@Suite struct ConfigurationValueTests {
    @Test func everyKey() throws {
        let text = """
            network = "stagenet"

            [proxy.work]
            socks = "192.0.2.7:1080"
            username = "me"
            password-file = "good.pass"

            [tor]
            managed = false
            socks = "unix:/run/tor/socks"
            control = "[::1]:9051"

            [proxy.i2pd]
            socks = "127.0.0.1:4447"

            [route]
            onion = "proxy.work"
            i2p = "proxy.i2pd"
            clearnet = "block"
            isolation = "class"
            hold = "1500ms"
            private = true

            [node]
            user = "monero"
            proxy = "127.0.0.1:18950"
            tor-proxy = "127.0.0.2:18950"
            i2p-proxy = "[::1]:18950"
            ban-list = "ban-list.txt"

            [node.peers]
            "10.192.0.1:18080" = "\(onionA).onion:18080"
            "10.192.0.1:18081" = "\(onionB.uppercased()).ONION:18083"
            "10.0.0.1:1" = "peer.i2p:1"

            [kill-switch]
            guard = "off"

            [control]
            socket = "/run/x.sock"

            [log]
            destinations = true
            """
        let configuration = try read(text).get()
        let password = try #require(Credentials(username: Array("me".utf8), password: Array("s3cret".utf8)))
        #expect(configuration.network == .stagenet)
        #expect(
            try configuration.egresses == [
                EgressConfiguration(
                    name: "proxy.work",
                    kind: .proxy(ProxyConfiguration(socks: #require(Endpoint("192.0.2.7:1080")), credentials: password))
                ),
                EgressConfiguration(
                    name: "tor",
                    kind: .tor(
                        TorConfiguration(.running(socks: .unix("/run/tor/socks"), control: Endpoint("[::1]:9051"))))),
                EgressConfiguration(
                    name: "proxy.i2pd", kind: .proxy(ProxyConfiguration(socks: #require(Endpoint("127.0.0.1:4447"))))),
            ])
        #expect(
            configuration.route
                == RouteConfiguration(
                    onion: .egress("proxy.work"), i2p: .egress("proxy.i2pd"), clearnet: .block, isolation: .class,
                    hold: .milliseconds(1500), allowsPrivate: true))
        #expect(configuration.node.user == "monero")
        #expect(configuration.node.listeners.map(\.name) == ["node.proxy", "node.tor-proxy", "node.i2p-proxy"])
        #expect(
            configuration.node.listeners.map(\.endpoint.description) == [
                "127.0.0.1:18950", "127.0.0.2:18950", "[::1]:18950",
            ])
        #expect(
            configuration.node.virtualPeers.map { "\($0.address):\($0.port) \($0.destination)" } == [
                "10.192.0.1:18080 \(onionA).onion:18080", "10.192.0.1:18081 \(onionB).onion:18083",
                "10.0.0.1:1 peer.i2p:1",
            ])
        #expect(configuration.node.banList.entryCount == 2)
        #expect(configuration.node.banList.contains(.v4(IPv4Address(192, 0, 2, 9))))
        #expect(configuration.killSwitch.guardMode == .off)
        #expect(configuration.control.socket == "/run/x.sock")
        #expect(configuration.log.destinations)
    }

    /// What is not configured is blocked.
    @Test func leastFile() throws {
        let configuration = try read("[kill-switch]\nguard = \"off\"").get()
        #expect(configuration.network == .mainnet && configuration.egresses.isEmpty)
        #expect(configuration.route == RouteConfiguration(onion: .block, i2p: .block, clearnet: .block))
        #expect(configuration.node == NodeConfiguration() && configuration.control.socket == nil)
        #expect(!configuration.log.destinations)
    }

    @Test func torIsTheDefaultRouteWhereItStands() throws {
        let configuration = try read("tor.socks = \"127.0.0.1:9050\"\nnode.user = \"monero\"").get()
        #expect(
            configuration.route == RouteConfiguration(onion: .egress("tor"), i2p: .block, clearnet: .egress("tor")))
        #expect(configuration.route.isolation == .peer && configuration.route.hold == .seconds(30))
        #expect(configuration.killSwitch.guardMode == .required)
    }

    @Test func proxyIsNoDefaultRoute() throws {
        let text = "proxy.a.socks = \"192.0.2.7:1080\"\nnode.user = \"monero\""
        #expect(try read(text).get().route == RouteConfiguration(onion: .block, i2p: .block, clearnet: .block))
    }

    @Test(arguments: [
        ("mainnet", "", false), ("testnet", "", false), ("regtest", "", true), ("regtest", "private = false", false),
        ("mainnet", "private = true", true),
    ])
    func privateDestinations(network: String, line: String, allowed: Bool) throws {
        let text = "network = \"\(network)\"\nnode.user = \"monero\"\n[route]\n\(line)"
        #expect(try read(text).get().route.allowsPrivate == allowed)
    }

    @Test(arguments: [
        ("0s", 0), ("44s", 44_000), ("44000ms", 44_000), ("0h", 0), ("007s", 7000), ("30s", 30_000), ("0m", 0),
    ])
    func holds(text: String, milliseconds: Int64) throws {
        let configuration = try read("node.user = \"m\"\nroute.hold = \"\(text)\"").get()
        #expect(configuration.route.hold == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        ("good.pass", "s3cret"), ("two-lines.pass", "s3cret\n"), ("bare.pass", "s3cret"), ("router.pass", "s3cret"),
        ("credential", "s3cret"), ("longest.pass", String(repeating: "x", count: 255)),
    ])
    func passwords(file: String, password: String) throws {
        let text =
            "node.user = \"m\"\n[proxy.a]\nsocks = \"192.0.2.7:1080\"\nusername = \"u\"\npassword-file = \"\(file)\""
        guard case .proxy(let proxy) = try read(text).get().egresses.first?.kind else {
            Issue.record("no proxy")
            return
        }
        let credentials = proxy.credentials
        #expect(credentials?.password == Array(password.utf8) && credentials?.username == [0x75])
    }

    /// The checksum in the tests is Tor's: FIPS 202's own example first, then real addresses (the others hold it).
    @Test func sha3() {
        let digest = sha3_256(Array("abc".utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        #expect(digest.joined() == "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532")
    }
}
