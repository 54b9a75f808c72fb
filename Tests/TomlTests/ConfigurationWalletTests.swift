import Policy
import Protocols
import Testing
import Toml

/// `[[wallet]]` and `[[wallet.node]]`: what is taken.
@Suite struct ConfigurationWalletTests {
    static let start = """
        [tor]
        managed = true
        [node]
        proxy = "127.0.0.1:18950"

        """

    static func wallets(_ text: String) throws -> [WalletConfiguration] {
        try read(start + text + "\n[kill-switch]\nguard = \"off\"\n").get().wallets
    }

    @Test func aFileWithoutThemHasNone() throws {
        #expect(try Self.wallets("").isEmpty)
    }

    @Test func theLeast() throws {
        let wallets = try Self.wallets(
            "[[wallet]]\nlisten = \"127.0.0.1:18989\"\n[[wallet.node]]\naddress = \"http://127.0.0.1:18081\"\n")
        #expect(wallets == Configuration.builtIn.wallets)
        let wallet = try #require(wallets.first)
        #expect(!wallet.fallback && wallet.order == .file && !wallet.verifiesOutputs && wallet.broadcast == 1)
        #expect(wallet.certificate == nil && wallet.nodes.first?.kind == .loopback)
    }

    @Test func everything() throws {
        let digits = String(repeating: "0aF", count: 21) + "b"
        let wallets = try Self.wallets(
            """
            [[wallet]]
            listen = "192.0.2.1:18989"
            allow-remote = true
            certificate = "wallet.crt"
            key = "wallet.key"
            fallback = true
            order = "best"
            verify-outs = true
            broadcast = 3
            [[wallet.node]]
            address = "http://[::1]:18081"
            username = "me"
            password-file = "node.pass"
            [[wallet.node]]
            address = "http://\(onionA.uppercased()).onion:18089"
            trusted = true
            [[wallet.node]]
            address = "https://Node.Example:18089"
            fingerprint = "sha256:\(digits)"
            [[wallet.node]]
            address = "https://192.0.2.9:443"
            ca = "system"
            [[wallet.node]]
            address = "https://[2001:db8::1]:443"
            ca = "wallet.crt"
            trusted = false
            [[wallet.node]]
            address = "http://192.0.2.9:18089"
            insecure = true
            [[wallet]]
            listen = "[::1]:18990"
            allow-remote = true
            certificate = "wallet.crt"
            key = "old.key"
            [[wallet.node]]
            address = "https://127.0.0.2:18081"
            ca = "system"
            insecure = false
            """)
        #expect(wallets.count == 2)
        let first = try #require(wallets.first)
        #expect(first.listen == Endpoint("192.0.2.1:18989") && first.fallback && first.order == .best)
        #expect(first.verifiesOutputs && first.broadcast == 3)
        #expect(first.certificate?.certificate == "/etc/xmr-routed/secret")
        var print: [UInt8] = []
        for _ in 0..<11 { print += [0x0a, 0xf0, 0xaf] }
        print[31] = 0xfb
        let fingerprint = Array(print.prefix(32))
        let expected = [
            WalletNodeConfiguration(
                destination: Destination(host: .address(.v6(IPv6Address(high: 0, low: 1))), port: 18081),
                credentials: Credentials(username: Array("me".utf8), password: Array("s3cret".utf8))),
            WalletNodeConfiguration(
                destination: Destination(host: .onion("\(onionA).onion"), port: 18089), isTrusted: true),
            WalletNodeConfiguration(
                destination: Destination(host: .name("node.example"), port: 18089), tls: .fingerprint(fingerprint)),
            WalletNodeConfiguration(
                destination: Destination(host: .address(.v4(IPv4Address(192, 0, 2, 9))), port: 443),
                tls: .systemAuthorities),
            WalletNodeConfiguration(
                destination: Destination(
                    host: .address(.v6(IPv6Address(high: 0x2001_0db8_0000_0000, low: 1))), port: 443),
                tls: .authorities("/etc/xmr-routed/secret")),
            WalletNodeConfiguration(
                destination: Destination(host: .address(.v4(IPv4Address(192, 0, 2, 9))), port: 18089), isInsecure: true),
        ]
        #expect(first.nodes == expected)
        #expect(first.nodes.map(\.kind) == [.loopback, .onion] + Array(repeating: .clearnet, count: 4))
        #expect(wallets.last?.certificate != nil && wallets.last?.nodes.first?.tls == .systemAuthorities)
    }

    /// As openssl prints it, with colons.
    @Test func aFingerprintMayHaveColons() throws {
        let digits = Array(repeating: "AB", count: 32).joined(separator: ":")
        let wallet = try #require(
            try Self.wallets(
                "[[wallet]]\nlisten = \"127.0.0.1:1\"\n[[wallet.node]]\naddress = \"https://192.0.2.9:1\"\n"
                    + "fingerprint = \"sha256:\(digits)\"\n"
            ).first)
        #expect(wallet.nodes.first?.tls == .fingerprint(Array(repeating: 0xab, count: 32)))
    }

    /// The guard may not be allowed to read what only the router needs, and its table depends on none of it.
    @Test func theGuardReadsNoFileOfThem() throws {
        let text =
            Self.start + """
                user = "monero"
                [[wallet]]
                listen = "127.0.0.1:18989"
                allow-remote = true
                certificate = "no.crt"
                key = "no.key"
                [[wallet.node]]
                address = "https://127.0.0.1:18081"
                ca = "no.ca"
                username = "me"
                password-file = "no.pass"
                """
        let tree = try TomlReader.read(Array(text.utf8))
        var blind = context()
        #expect(throws: ConfigurationProblems.self) { try Configuration.read(tree, context: blind).get() }
        blind.readsFiles = false
        let configuration = try Configuration.read(tree, context: blind).get()
        #expect(configuration.wallets.first?.nodes.first?.kind == .loopback)
        #expect(configuration.wallets.first?.listen == Endpoint("127.0.0.1:18989"))
    }

    /// Where private destinations are wanted, and a VPN's names have somebody to be asked.
    @Test func privateNodesWhereTheyAreWanted() throws {
        for address in ["192.168.1.2", "node.lan"] {
            let text = """
                [vpn.wg]
                interface = "wg0"
                resolver = "10.64.0.1"
                [route]
                clearnet = "vpn.wg"
                private = true
                [kill-switch]
                guard = "off"
                [[wallet]]
                listen = "127.0.0.1:18989"
                [[wallet.node]]
                address = "http://\(address):18081"
                insecure = true
                """
            #expect(try read(text).get().wallets.first?.nodes.first?.isInsecure == true)
        }
    }
}
