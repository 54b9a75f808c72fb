import Policy
import Protocols
import Testing

/// The lines for monerod.conf: exactly the options that this configuration needs.
@Suite struct MonerodConfTests {
    static let fixed = [
        "p2p-bind-ip=127.0.0.1", "in-peers=0", "hide-my-port=1", "no-igd=1", "igd=disabled", "check-updates=disabled",
        "disable-dns-checkpoints=1", "enable-dns-blocklist=0", "rpc-bind-ip=127.0.0.1", "no-zmq=1",
        "disable-rpc-ban=1", "pad-transactions=1",
    ]

    /// With proxy= monerod asks no name unless it is told that it may; the guard makes that safe.
    @Test func namesThroughTheGuard() {
        var configuration = Configuration.builtIn
        configuration.node.dns = Endpoint("9.9.9.9:53")
        let options = Self.options(configuration)
        #expect(options.contains("proxy-allow-dns-leaks=1") && options.contains("enable-dns-blocklist=1"))
        #expect(!options.contains("disable-dns-checkpoints=1"))
        #expect(!Self.options(.builtIn).contains("proxy-allow-dns-leaks=1"))
    }

    /// The options alone, without comments and blank lines.
    static func options(_ configuration: Configuration) -> [String] {
        configuration.monerodConf().split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0) }
    }

    @Test func builtIn() {
        #expect(
            Self.options(.builtIn) == ["proxy=127.0.0.1:18950", "tx-proxy=tor,127.0.0.1:18951,16"] + Self.fixed)
    }

    @Test(arguments: [(MoneroNetwork.testnet, "testnet=1"), (.stagenet, "stagenet=1"), (.regtest, "regtest=1")])
    func networks(network: MoneroNetwork, option: String) {
        var configuration = Configuration.builtIn
        configuration.network = network
        #expect(Self.options(configuration).first == option)
    }

    /// A zone's proxy is named only where something answers there.
    @Test func zones() {
        var configuration = Configuration.builtIn
        configuration.route.i2p = .egress("proxy.i2pd")
        configuration.route.onion = .block
        #expect(
            Self.options(configuration) == ["proxy=127.0.0.1:18950", "tx-proxy=i2p,127.0.0.1:18952,16"] + Self.fixed)
        configuration.node.listeners.removeLast()
        #expect(Self.options(configuration) == ["proxy=127.0.0.1:18950"] + Self.fixed)
        configuration.route.clearnet = .block  // still the way of virtual peers, and the way nothing passes by
        #expect(Self.options(configuration) == ["proxy=127.0.0.1:18950"] + Self.fixed)
    }

    /// Debian's monerod 0.18.0.0 does not start with an IPv6 address in tx-proxy=.
    @Test func zonesOnIPv6AreExplained() throws {
        let warning = "take only an IPv4 address here"
        var configuration = Configuration.builtIn
        #expect(!configuration.monerodConf().contains(warning))
        configuration.node.listeners[1].endpoint = try #require(Endpoint("[::1]:18951"))
        #expect(configuration.monerodConf().contains(warning + ".\ntx-proxy=tor,[::1]:18951,16\n"))
    }

    @Test func virtualPeers() {
        var configuration = Configuration.builtIn
        configuration.node.virtualPeers = (1...2).map {
            VirtualPeer(
                address: IPv4Address(10, 192, 0, $0), port: 18080,
                destination: Destination(host: .i2p("peer\($0).i2p"), port: 1))
        }
        let text = configuration.monerodConf()
        #expect(
            Self.options(configuration) == [
                "proxy=127.0.0.1:18950", "tx-proxy=tor,127.0.0.1:18951,16", "add-priority-node=10.192.0.1:18080",
                "add-priority-node=10.192.0.2:18080",
            ] + Self.fixed)
        #expect(!text.contains(".i2p"))
    }

    /// The wallet's command line, and why each flag.
    @Test func walletsCommandLine() throws {
        var configuration = Configuration.builtIn
        let text = configuration.monerodConf()
        #expect(
            text.contains(
                "\n# By wallet.0:\n#   --daemon-address http://127.0.0.1:18989 --untrusted-daemon --daemon-ssl disabled "
                    + "--no-dns\n"))
        for flag in ["--daemon-address", "--untrusted-daemon", "--daemon-ssl disabled", "--no-dns"] {
            #expect(text.contains("\n# \(flag) "), "\(flag)")
        }
        let wallet = try #require(configuration.wallets.first)
        configuration.wallets.append(wallet)
        configuration.wallets[1].listen = try #require(Endpoint("192.0.2.1:18990"))
        configuration.wallets[1].certificate = WalletConfiguration.CertificateFiles(certificate: "c", key: "k")
        configuration.killSwitch.confine = [ConfinedUserConfiguration(user: "wallet", listeners: ["wallet.0"])]
        let both = configuration.monerodConf()
        #expect(both.contains("\n# By wallet.0 (as the user wallet):\n"))
        #expect(
            both.contains(
                "\n#   --daemon-address https://192.0.2.1:18990 --untrusted-daemon --no-dns \\\n"
                    + "#   --daemon-ssl enabled --daemon-ssl-allowed-fingerprints FINGERPRINT\n"))
        configuration.wallets = []
        #expect(!configuration.monerodConf().contains("wallet.0"))
        #expect(both.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    /// Without a proxy monerod would dial its peers itself: then it must dial nobody.
    @Test func withoutProxyNothingLeaves() {
        var configuration = Configuration.builtIn
        configuration.node.listeners.removeFirst()
        #expect(Self.options(configuration).first == "offline=1")
    }

    /// Each option stands under a comment that says why.
    @Test func everyOptionIsExplained() {
        var isExplained = false
        for line in Configuration.builtIn.monerodConf().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("# ") {
                isExplained = true
            } else if line.isEmpty {
                isExplained = false
            } else {
                #expect(isExplained, "\(line)")
            }
        }
    }
}
