import EventLoop
import Policy
import Protocols
import Testing
import Toml

/// The files under config/ are what they say they are.
@Suite struct ConfigurationFileTests {
    /// A file of the repository, found from the place of this one.
    static func file(_ name: String, from source: String = #filePath) throws -> String {
        let root = source.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try Files.read("/\(root)/\(name)", limit: 1 << 16).bytes
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The reference with every example put to use: "# key = ..." and "# [table]" lose their "# ".
    static func everythingOn(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard line.hasPrefix("# ") else { return String(line) }
            let rest = line.dropFirst(2)
            let isTable = rest.hasPrefix("[") && rest.hasSuffix("]")
            let key = rest.firstRange(of: " = ").map { rest[..<$0.lowerBound] } ?? ""
            let isKey = key.hasPrefix("\"") || !key.isEmpty && key.utf8.allSatisfy(Self.isOfKeys)
            return isTable || isKey ? String(rest) : String(line)
        }.joined(separator: "\n")
    }

    private static func isOfKeys(_ byte: UInt8) -> Bool {
        0x61...0x7a ~= byte || 0x30...0x39 ~= byte || byte == 0x2d
    }

    @Test func referenceIsWhatHoldsWithoutAFile() throws {
        #expect(try read(Self.file("config/xmr-routed.toml")).get() == Configuration.builtIn)
    }

    /// A Tor that we start and one that runs exclude each other, as do the three ways to I2P: the reference is read with
    /// each.
    @Test(arguments: [
        ["socks = \"127.0.0.1:9050\"\n", "control = ", "sam = ", "socks = \"127.0.0.1:4447\""],
        ["managed = true", "torrc = ", "via = \"vpn.wg\"", "socks = \"127.0.0.1:4447\""],
        [
            "managed = true", "torrc = ", "via = \"vpn.wg\"", "sam = ", "tunnels = ", "[node.inbound.i2p]",
            "p2p = { target",
        ],
    ])
    func everyKeyOfTheReferenceIsKnown(without keys: [String]) throws {
        var text = Self.everythingOn(try Self.file("config/xmr-routed.toml"))
            .replacing("work.pass", with: "good.pass")
        for key in keys {
            try #require(text.contains("\n\(key)"))
            text = text.replacing("\n\(key)", with: "\n# \(key)")
        }
        let configuration = try read(text).get()
        #expect(configuration.egresses.map(\.name) == ["tor", "i2p", "proxy.work", "vpn.wg"])
        #expect(configuration.inbound.onions.map(\.name) == ["tor.p2p", "tor.rpc", "tor.sync"])
        #expect(configuration.inbound.onions[1].clients.count == 1)
        #expect((configuration.inbound.i2p == nil) == keys.contains("[node.inbound.i2p]"))
        #expect(configuration.node.virtualPeers.count == 1 && configuration.node.banList.entryCount == 2)
        let wallet = try #require(configuration.wallets.first)
        #expect(
            configuration.wallets.count == 1
                && wallet.nodes.map(\.kind) == [.loopback, .onion] + Array(repeating: .clearnet, count: 3))
        #expect(wallet.certificate != nil && wallet.nodes[1].credentials != nil && wallet.nodes[4].isInsecure)
        #expect(configuration.control.socket == "/run/xmr-routed/control.sock")
    }

    /// The other way round: a key that the reader asks for and the reference does not show would be a secret.
    @Test func everyKeyStandsInTheReference() throws {
        let tree = try TomlReader.read(Array(Self.everythingOn(try Self.file("config/xmr-routed.toml")).utf8))
        var found: [String] = []
        func walk(_ table: TomlTable, _ path: String) {
            for entry in table.entries {
                switch entry.value.content {
                case .table(let inner): walk(inner, path + entry.key + ".")
                case .array(let values) where values.contains { if case .table = $0.content { true } else { false } }:
                    for case .table(let inner) in values.map(\.content) { walk(inner, path + entry.key + ".") }
                default:
                    if !found.contains(path + entry.key) { found.append(path + entry.key) }
                }
            }
        }
        walk(tree, "")
        #expect(
            found == [
                "network", "tor.managed", "tor.torrc", "tor.via", "tor.socks", "tor.control", "i2p.sam",
                "i2p.tunnels.quantity", "i2p.tunnels.length", "i2p.managed", "i2p.socks",
                "proxy.work.socks", "proxy.work.via", "proxy.work.username", "proxy.work.password-file",
                "vpn.wg.interface", "vpn.wg.resolver", "vpn.wg.probe", "route.onion", "route.i2p", "route.clearnet",
                "route.isolation",
                "route.hold", "route.private", "node.user", "node.proxy", "node.tor-proxy", "node.i2p-proxy",
                "node.ban-list", "node.local-ports", "node.strays", "node.dns", "node.peers.10.192.0.1:18080",
                "node.inbound.tor.p2p.port", "node.inbound.tor.p2p.target", "node.inbound.tor.rpc.port",
                "node.inbound.tor.rpc.target", "node.inbound.tor.rpc.clients", "node.inbound.tor.rpc.public",
                "node.inbound.tor.sync.port", "node.inbound.tor.sync.target", "node.inbound.i2p.p2p.target",
                "node.inbound.i2p.p2p.tunnels.quantity", "node.inbound.i2p.p2p.tunnels.length",
                "wallet.listen", "wallet.allow-remote", "wallet.certificate", "wallet.key", "wallet.fallback",
                "wallet.order", "wallet.verify-outs", "wallet.broadcast", "wallet.node.address", "wallet.node.trusted",
                "wallet.node.username", "wallet.node.password-file", "wallet.node.fingerprint", "wallet.node.ca",
                "wallet.node.insecure", "kill-switch.guard", "kill-switch.confine.user",
                "kill-switch.confine.listeners", "control.socket", "log.destinations",
            ])
        // What each table says it has, when asked for what it has not, is all in the list above.
        let headers = ["wallet": "[[wallet]]", "wallet.node": "[[wallet]]\n[[wallet.node]]"]
        for table in [
            "tor", "i2p", "i2p.tunnels", "proxy.work", "vpn.wg", "route", "node", "node.inbound", "node.inbound.tor",
            "node.inbound.tor.p2p", "node.inbound.tor.rpc", "node.inbound.tor.sync", "node.inbound.i2p",
            "node.inbound.i2p.p2p", "node.inbound.i2p.p2p.tunnels", "wallet", "wallet.node", "kill-switch", "control",
            "log",
        ] {
            let text = "\(headers[table] ?? "[\(table)]")\nzzzzzzzzzzzzzzzz = 1\n"
            let message = try #require(try problems(text).first { $0.contains("zzzz") })
            let keys = message.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
                .dropFirst()
            #expect(!keys.isEmpty)
            for key in keys where key != "peers" {
                #expect(found.contains { $0.hasPrefix("\(table).\(key)") }, "\(table).\(key) is not in the reference")
            }
        }
    }

    @Test func quickstart() throws {
        var expected = Configuration.builtIn
        expected.node.user = nil
        expected.killSwitch.guardMode = .off
        #expect(try read(Self.file("config/quickstart.toml")).get() == expected)
    }

    /// What the package installs: Debian's own Tor, and the guard.
    @Test func service() throws {
        var expected = Configuration.builtIn
        expected.node.localPorts = [18081]
        expected.egresses = [
            EgressConfiguration(
                name: "tor",
                kind: .tor(
                    TorConfiguration(.running(socks: .unix("/run/tor/socks"), control: .unix("/run/tor/control"))))
            )
        ]
        #expect(try read(Self.file("config/service.toml")).get() == expected)
    }
}
