import Policy
import Protocols
import Testing
import Toml

/// `[node.inbound.tor]`, `[node.inbound.i2p]`, and the ways to I2P.
@Suite struct ConfigurationInboundTests {
    private static let keyA = "descriptor:x25519:N2NU7BSRL6YODZCYPN4CREB54TYLKGIE2KYOQWLFYC23ZJVCE5DQ"
    private static let keyB = "descriptor:x25519:" + String(repeating: "b", count: 51) + "a"

    /// Lines 1 to 6.
    private static let start = """
        [tor]
        [i2p]
        sam = "127.0.0.1:7656"
        [node]
        user = "monero"
        proxy = "127.0.0.1:18950"

        """

    private func inbound(_ text: String) throws -> InboundConfiguration {
        try read(Self.start + text + "\n").get().inbound
    }

    private static func loopback(_ port: UInt16) -> Endpoint { .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: port) }

    @Test func everything() throws {
        let found = try inbound(
            """
            [node.inbound.tor]
            sync = { port = 18080, target = "127.0.0.1:18080" }
            rpc = { port = 80, target = "127.0.0.2:18089", clients = ["\(Self.keyA)", "\(Self.keyB)"] }
            p2p = { port = 18083, target = "127.0.0.1:18084" }
            [node.inbound.i2p]
            p2p = { target = "127.0.0.1:18085", tunnels = { quantity = 6, length = 0 } }
            """)
        #expect(found.onions.map(\.name) == ["tor.p2p", "tor.rpc", "tor.sync"], "in the order of the kinds")
        #expect(found.onions.map(\.port) == [18083, 80, 18080])
        #expect(found.onions[1].target == Endpoint("127.0.0.2:18089"))
        #expect(found.onions[1].clients == [Self.keyA, Self.keyB].compactMap { OnionClientKey(descriptor: $0) })
        #expect(found.onions.map(\.isPublic) == [false, false, false])
        #expect(found.i2p?.name == "i2p.p2p" && found.i2p?.tunnels == I2PTunnels(quantity: 6, length: 0))
        #expect(found.targets.count == 4 && !found.isEmpty)
    }

    @Test func defaults() throws {
        let found = try inbound(
            "[node.inbound.tor]\np2p = {}\nrpc = { public = true }\nsync = {}\n[node.inbound.i2p]\np2p = {}")
        #expect(
            found.onions == [
                OnionServiceConfiguration(kind: .p2p, port: 18084, target: Self.loopback(18084)),
                OnionServiceConfiguration(kind: .rpc, port: 18089, target: Self.loopback(18089), isPublic: true),
                OnionServiceConfiguration(kind: .sync, port: 18080, target: Self.loopback(18080)),
            ])
        #expect(found.i2p == I2PServiceConfiguration(target: Self.loopback(18085)))
        #expect(I2PTunnels() == I2PTunnels(quantity: 3, length: 3))
        let own = try inbound("[node.inbound.tor]\np2p = { port = 28084 }")
        #expect(own.onions.map(\.target) == [Self.loopback(28084)], "the target goes with the port")
        #expect(try inbound("[node.inbound.tor]\n[node.inbound.i2p]").isEmpty)
        #expect(try inbound("").isEmpty)
    }

    /// Tor is started for a service alone, though nothing is routed to it.
    @Test func aServiceIsAUse() throws {
        let configuration = try read(
            Self.start
                + "[node.inbound.tor]\np2p = {}\n[route]\nonion = \"block\"\nclearnet = \"block\"\ni2p = \"block\""
        ).get()
        #expect(configuration.routedEgresses == ["tor"])
        #expect(configuration.startedPrograms == ["Tor"])
    }

    @Test(arguments: [
        ("sam = \"127.0.0.1:7656\"", I2PConfiguration.Source.sam(loopback(7656)), 3, 3),
        ("socks = \"127.0.0.1:4447\"", .socks(loopback(4447)), 3, 3),
        ("managed = true\ntunnels = { quantity = 1 }", .managed, 1, 3),
        (
            "managed = false\nsam = \"192.0.2.5:7656\"\ntunnels = { length = 2 }",
            .sam(.tcp(.v4(IPv4Address(192, 0, 2, 5)), port: 7656)), 3, 2
        ),
    ])
    func waysToI2P(text: String, source: I2PConfiguration.Source, quantity: Int, length: Int) throws {
        let configuration = try read("[i2p]\n\(text)\n[kill-switch]\nguard = \"off\"").get()
        let i2p = I2PConfiguration(source, tunnels: I2PTunnels(quantity: quantity, length: length))
        #expect(configuration.egresses.map(\.kind) == [.i2p(i2p)])
        #expect(configuration.startedPrograms == (i2p.managed ? ["i2pd"] : []))
    }

    @Test(arguments: [
        (
            "[i2p]\nsam = \"127.0.0.1:7656\"\nsocks = \"127.0.0.1:4447\"",
            "f:3:1: `i2p.socks` stands beside `i2p.sam`, which does more: take one of them out"
        ),
        (
            "[i2p]\nmanaged = true\nsam = \"127.0.0.1:7656\"",
            "f:3:1: `i2p.sam` names an I2P router that runs, and `managed = true` starts one: take one of them out"
        ),
        (
            "[i2p]\nmanaged = false",
            "f:1:2: [i2p] names no I2P router: its SAM port, sam = \"127.0.0.1:7656\", or its SOCKS port, socks = \"127.0.0.1:4447\", or set `managed = true`"
        ),
        (
            "[i2p]\nsam = \"localhost:7656\"",
            "f:2:7: `i2p.sam` names a host, \"localhost:7656\": the router resolves no name, write its IP address"
        ),
        (
            "[i2p]\nsocks = \"127.0.0.1:4447\"\ntunnels = {}",
            "f:3:1: `i2p.tunnels` is for SAM: the tunnels behind a SOCKS port are set in the I2P router itself, take it out"
        ),
        (
            "[i2p]\nmanaged = true\ntunnels = { quantity = 0, length = 4 }",
            "f:3:24: `i2p.tunnels.quantity` takes 1 to 6 tunnels, not 0|f:3:36: `i2p.tunnels.length` takes 0 to 3 hops, not 4"
        ),
        (
            "[i2p]\nmanaged = true\ntunnels = { quantity = \"3\", hops = 1 }",
            "f:3:24: `i2p.tunnels.quantity` takes 1 to 6 tunnels, not a string|f:3:29: unknown key `hops` in [i2p.tunnels]; it has `quantity`, `length`"
        ),
        (
            "[node.inbound.tor]\np2p = {}",
            "f:1:15: [node.inbound.tor] needs a Tor that publishes its services: add [tor], or take it out"
        ),
        (
            "[tor]\nsocks = \"127.0.0.1:9050\"\n[node.inbound.tor]\np2p = {}",
            "f:3:15: [node.inbound.tor] needs Tor's control port, by which services are published, and [tor] has only `socks`: add `control = \"unix:/run/tor/control\"` to it, or let the router start a Tor, `managed = true`"
        ),
        (
            "[node.inbound.i2p]\np2p = {}",
            "f:1:15: [node.inbound.i2p] needs an I2P router that publishes its service: set sam = \"127.0.0.1:7656\" or managed = true in [i2p]"
        ),
        (
            "[i2p]\nsocks = \"127.0.0.1:4447\"\n[node.inbound.i2p]\np2p = {}",
            "f:3:15: [node.inbound.i2p] needs SAM, and [i2p] has only `socks`, by which nobody comes in: set sam = \"127.0.0.1:7656\" or managed = true in [i2p]"
        ),
    ])
    func waysThatAreNone(text: String, problem: String) throws {
        #expect(try Set(problems(text)) == Set(problem.split(separator: "|").map(String.init)))
    }

    /// Each after the six lines of `start`, so at line 7 the table and at line 8 the key.
    @Test(arguments: [
        ("p2p = 18084", "8:1: `node.inbound.tor.p2p` must be a table, [node.inbound.tor.p2p], not an integer"),
        ("p2p = { port = 0 }", "8:16: `node.inbound.tor.p2p.port` takes a port from 1 to 65535, not 0"),
        ("p2p = { port = 65536 }", "8:16: `node.inbound.tor.p2p.port` takes a port from 1 to 65535, not 65536"),
        ("p2p = { port = \"80\" }", "8:16: `node.inbound.tor.p2p.port` takes a port from 1 to 65535, not a string"),
        (
            "p2p = { clients = [] }",
            "8:9: unknown key `clients` in [node.inbound.tor.p2p]; it belongs in [node.inbound.tor.rpc]"
        ),
        (
            "sync = { public = true }",
            "8:10: unknown key `public` in [node.inbound.tor.sync]; it belongs in [node.inbound.tor.rpc]"
        ),
        ("syn = {}", "8:1: unknown key `syn` in [node.inbound.tor]; did you mean `sync`?"),
        (
            "rpc = {}",
            "8:1: `node.inbound.tor.rpc` would answer whoever knows the address: name the keys of your wallets, clients = [\"descriptor:x25519:...\"], or say that it is for everybody, public = true"
        ),
        (
            "rpc = { public = false, clients = [] }",
            "8:1: `node.inbound.tor.rpc` would answer whoever knows the address: name the keys of your wallets, clients = [\"descriptor:x25519:...\"], or say that it is for everybody, public = true"
        ),
        (
            "rpc = { clients = [\"\(keyA)\"], public = true }",
            "8:9: `node.inbound.tor.rpc` is for some by `clients` and for everybody by `public = true`: take one of them out"
        ),
        (
            "rpc = { clients = \"\(keyA)\" }",
            "8:19: `node.inbound.tor.rpc.clients` must be an array of keys, such as [\"descriptor:x25519:...\"], not a string"
        ),
        (
            "rpc = { clients = [\"\(keyA.dropLast())\"] }",
            "8:20: `node.inbound.tor.rpc.clients` holds no public key of a client: write \"descriptor:x25519:\" and its 52 characters of a-z and 2-7, as in a .auth file of Tor"
        ),
        (
            "rpc = { clients = [1] }", "8:20: `node.inbound.tor.rpc.clients` holds keys in quotes, not an integer"
        ),
        (
            "rpc = { clients = [\"\(keyB)\", \"\(keyB)\"] }",
            "8:94: `node.inbound.tor.rpc.clients` has one key twice: take one out"
        ),
        (
            "p2p = {}\nsync = { port = 18084, target = \"127.0.0.1:1\" }",
            "9:17: `node.inbound.tor.sync.port` is 18084, as that of tor.p2p: give it another port"
        ),
        (
            "p2p = { port = 18080, target = \"127.0.0.1:1\" }\nsync = {}",
            "9:1: `node.inbound.tor.sync.port` is 18080, as that of tor.p2p: give it another port"
        ),
        (
            "p2p = { target = \"127.0.0.1:18080\" }\nsync = {}",
            "9:1: `node.inbound.tor.sync.target` is that of tor.p2p too, 127.0.0.1:18080: monerod has a listener for each, give it a port of its own"
        ),
    ])
    func servicesThatAreNone(text: String, problem: String) throws {
        switch try read(Self.start + "[node.inbound.tor]\n" + text + "\n") {
        case .success: Issue.record("taken: \(text)")
        case .failure(let problems): #expect(problems.list.map { $0.rendered(file: "f") } == ["f:" + problem])
        }
    }

    @Test(arguments: [
        (
            "unix:/run/monerod", "cannot be a Unix socket, where monerod does not listen: name an address"
        ),
        (
            "192.0.2.1:18084",
            "is outside loopback, 192.0.2.1:18084: a service ends at a listener of this machine, name it on 127.0.0.1"
        ),
        (
            "[::ffff:127.0.0.1]:18084",
            "is outside loopback, [::ffff:7f00:1]:18084: a service ends at a listener of this machine, name it on 127.0.0.1"
        ),
        (
            "[::1]:18084",
            "is IPv6, [::1]:18084, where monerod takes no `anonymous-inbound` and could not tell who comes in apart: name 127.0.0.1"
        ),
        (
            "127.0.0.1:18950",
            "is the router's own `node.proxy`, 127.0.0.1:18950: whoever comes in would go out again, name monerod's own listener"
        ),
        (
            "127.0.0.1:18989",
            "is the router's own wallet.0, 127.0.0.1:18989: name monerod's own listener"
        ),
        (
            "127.0.0.9:7656",
            "is [i2p] itself, 127.0.0.9:7656: strangers would command it or go out by it, name monerod's own listener"
        ),
        (
            "127.0.0.1:9051",
            "is port 9051, where Tor is used to be: strangers would go out by it, name monerod's own listener"
        ),
        (
            "127.0.0.1:18953",
            "is port 18953, where the guard sends what it redirects: name monerod's own listener"
        ),
    ])
    func targetsThatAreNone(target: String, problem: String) throws {
        let rest = """
            strays = "redirect"
            [[wallet]]
            listen = "127.0.0.1:18989"
            node = [{ address = "http://127.0.0.1:18081" }]
            """
        for (table, place) in [("tor", "node.inbound.tor.p2p"), ("i2p", "node.inbound.i2p.p2p")] {
            let text = Self.start + rest + "\n[node.inbound.\(table)]\np2p = { target = \"\(target)\" }\n"
            switch try read(text) {
            case .success: Issue.record("taken: \(target)")
            case .failure(let problems):
                #expect(
                    problems.list.map { $0.rendered(file: "f") } == ["f:12:18: `\(place).target` \(problem)"])
            }
        }
    }

    @Test(arguments: [
        "", "descriptor:x25519:", "x25519:descriptor:" + keyA.suffix(52), keyA + "A", keyA.replacing("N2", with: "N1"),
        String(keyA.dropLast()) + "R", "descriptor:x25519:" + String(repeating: "A", count: 52),
        "descriptor:x25519:" + String(repeating: "a", count: 50) + "é",
    ])
    func keysThatAreNone(text: String) {
        #expect(OnionClientKey(descriptor: text) == nil)
    }

    @Test func aKeyIsReadInBothCases() throws {
        let prefix = "descriptor:x25519:"
        let upper = try #require(OnionClientKey(descriptor: Self.keyA))
        #expect(upper.bytes.count == 32)
        #expect(OnionClientKey(descriptor: prefix + Self.keyA.dropFirst(prefix.count).lowercased()) == upper)
        #expect(Base32.encode(upper.bytes) == Self.keyA.dropFirst(prefix.count).lowercased())
    }
}
