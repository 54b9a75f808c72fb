import Policy
import Protocols
import Testing
import Toml

/// Each refusal in [node.peers], of secrets and of ban lists, and all of them at once.
@Suite struct ConfigurationPeerRefusalTests {
    @Test(arguments: [
        (
            "\"240.0.0.1:18080\" = \"a.i2p:1\"", 1,
            "the virtual address \"240.0.0.1:18080\" is outside 10/8, so monerod could tell it to others: write an address of 10/8 and a port, such as \"10.192.0.1:18080\""
        ),
        (
            "\"11.0.0.1:18080\" = \"a.i2p:1\"", 1,
            "the virtual address \"11.0.0.1:18080\" is outside 10/8, so monerod could tell it to others: write an address of 10/8 and a port, such as \"10.192.0.1:18080\""
        ),
        (
            "\"192.168.0.1:18080\" = \"a.i2p:1\"", 1,
            "the virtual address \"192.168.0.1:18080\" is outside 10/8, so monerod could tell it to others: write an address of 10/8 and a port, such as \"10.192.0.1:18080\""
        ),
        (
            "\"[fd00::1]:18080\" = \"a.i2p:1\"", 1,
            "the virtual address \"[fd00::1]:18080\" is not IPv4: write an address of 10/8 and a port, such as \"10.192.0.1:18080\""
        ),
        (
            "\"10.0.0.1\" = \"a.i2p:1\"", 1,
            "the virtual address \"10.0.0.1\" is malformed: write an address of 10/8 and a port, such as \"10.192.0.1:18080\""
        ),
        (
            "\"10.0.0.1:0\" = \"a.i2p:1\"", 1,
            "the virtual address \"10.0.0.1:0\" is malformed: write an address of 10/8 and a port, such as \"10.192.0.1:18080\""
        ),
        (
            "\"10.0.0.1:1\" = \"a.i2p\"", 16,
            "the peer \"a.i2p\" has no port: write it after the address, such as :18080"
        ),
        (
            "\"10.0.0.1:1\" = \"a.i2p:0\"", 16,
            "the peer \"a.i2p:0\" has no port: write it after the address, such as :18080"
        ),
        (
            "\"10.0.0.1:1\" = \"192.0.2.7:18080\"", 16,
            "the peer \"192.0.2.7:18080\" is neither onion nor I2P: give monerod other peers by add-peer="
        ),
        (
            "\"10.0.0.1:1\" = \"node.example:18080\"", 16,
            "the peer \"node.example:18080\" is neither onion nor I2P: give monerod other peers by add-peer="
        ),
        (
            "\"10.0.0.1:1\" = \"short.onion:18080\"", 16,
            "the peer \"short.onion:18080\" is no version 3 onion address: it has 56 of a-z and 2-7, the last a d, and ends in .onion"
        ),
        (
            "\"10.0.0.1:1\" = \"a.b32.i2p:1\"", 16,
            "the peer \"a.b32.i2p:1\" is no I2P address: it has 52 of a-z and 2-7 and ends in .b32.i2p"
        ),
        (
            "\"10.0.0.1:1\" = \"a b:1\"", 16,
            "the peer \"a b:1\" is no address: write an onion or I2P address and a port"
        ),
        ("\"10.0.0.1:1\" = 1", 16, "`node.peers.\"10.0.0.1:1\"` must be a string in quotes, not an integer"),
        (
            "\"10.0.0.2:1\" = \"FIRST.i2p.:1\"", 16,
            "\"FIRST.i2p.:1\" is a peer already, as \"10.9.9.9:9\": monerod would count one peer twice, take one out"
        ),
    ])
    func virtualPeers(line: String, column: Int, message: String) throws {
        let text = "[node]\nproxy = \"127.0.0.1:18950\"\n[node.peers]\n\"10.9.9.9:9\" = \"first.i2p:1\"\n\(line)"
        #expect(try problems(text) == ["f:5:\(column): \(message)"])
    }

    /// One character of a real address changed, at every place that still looks like an address.
    @Test func onionChecksums() throws {
        for index in 0..<55 {
            var label = Array(onionA.utf8)
            label[index] = label[index] == 0x61 ? 0x62 : 0x61
            let name = String(decoding: label, as: UTF8.self) + ".onion:18080"
            let text = "[node]\nproxy = \"127.0.0.1:18950\"\n[node.peers]\n\"10.9.9.9:9\" = \"\(name)\""
            #expect(
                try problems(text) == [
                    "f:4:16: the onion address \"\(name.prefix(80))\" is mistyped, its checksum is wrong: copy it again"
                ])
        }
    }

    @Test func sameVirtualAddressTwice() {
        let text = "[node.peers]\n\"10.9.9.9:9\" = \"a.i2p:1\"\n'10.9.9.9:9' = \"b.i2p:1\""
        let error = #expect(throws: TomlSyntaxError.self) { try problems(text) }
        #expect(error?.position.line == 3)
    }

    @Test(arguments: [
        ("", "f:1:1: "), ("\n[node]\nproxy = \"127.0.0.1:1\"", "f:2:2: "),
        ("[node]\n[kill-switch]\nguard = \"required\"", "f:3:9: "),
    ])
    func nobodyToConfine(text: String, place: String) throws {
        guard case .failure(let problems) = try read(text) else {
            Issue.record("it was read")
            return
        }
        #expect(
            problems.list.map { $0.rendered(file: "f") } == [
                place + "the guard is required but has nobody to confine: set `user` in [node] to the node's user, "
                    + "or `guard = \"off\"` in [kill-switch]"
            ])
    }

    @Test(arguments: [
        ("network = \"mainet\"", "f:1:11: `network` cannot be \"mainet\"; did you mean \"mainnet\"?"),
        ("network = 1", "f:1:11: `network` must be a string in quotes, not an integer"),
        ("route = 1", "f:1:1: `route` must be a table, [route], not an integer"),
        ("node = \"x\"", "f:1:1: `node` must be a table, [node], not a string"),
        (
            "[kill-switch]\nguard = \"no\"\n[node]\nuser=\"m\"",
            "f:2:9: `kill-switch.guard` cannot be \"no\": write \"required\" or \"off\""
        ),
        (
            "[kill-switch]\nguard = false\n[node]\nuser=\"m\"",
            "f:2:9: `kill-switch.guard` must be a string in quotes, not a boolean"
        ),
        (
            "[control]\nsocket = \"control.sock\"",
            "f:2:10: `control.socket` must be an absolute path of at most 107 printable bytes, not \"control.sock\": write such as \"/run/xmr-routed/control.sock\""
        ),
        ("[log]\ndestinations = 1", "f:2:16: `log.destinations` must be true or false, not an integer"),
    ])
    func rest(text: String, problem: String) throws {
        #expect(try problems(text) == [problem])
    }

    /// What a file holds cannot write on the operator's terminal.
    @Test(arguments: [
        ("\"a\\nb\\u001b[2J\" = 1", "f:1:1: unknown key `a\u{fffd}b\u{fffd}[2J` at the top of the file; it has"),
        (
            "route.onion = \"proxy.\\r\\u202e\\u009b\"",
            "f:1:15: `route.onion` names \"proxy.\u{fffd}\u{fffd}\u{fffd}\", which"
        ),
        ("log = {}\ncontrol.socket = \"/a\\u0007\"", "f:2:18: `control.socket` must be"),
        ("tor.socks = \"unix:/a\\nb\"", "f:1:13: `tor.socks` must name an absolute path of at most 107 printable"),
        ("network = \"\\u2028\"", "f:1:11: `network` cannot be \"\u{fffd}\": write"),
    ])
    func controlCharacters(text: String, start: String) throws {
        let lines = try problems(text)
        #expect(lines.count == 1 && lines.first?.hasPrefix(start) == true, "\(lines)")
        let isClean = lines.joined().unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) }
        #expect(isClean)
    }

    @Test func endlessValuesAreCutShort() throws {
        let long = String(repeating: "x", count: 100_000)
        for text in ["\(long) = 1", "network = \"\(long)\"", "route.onion = \"proxy.\(long)\"", "[proxy.\(long)]"] {
            let line = try problems(text)[0]
            #expect(line.contains("xxx...") && line.utf8.count < 500, "\(line.prefix(600))")
        }
        let error = #expect(throws: TomlSyntaxError.self) { try problems("\(long) = 1\n\(long) = 1") }
        #expect((error?.message.utf8.count ?? 0) < 600)
    }

    /// A ban list's problems carry the list's own name and lines.
    @Test func banLists() throws {
        let path = "/etc/xmr-routed/secret"
        #expect(
            try problems("[node]\nban-list = \"bad-list.txt\"\nuser = \"root\"") == [
                "f:3:8: `node.user` cannot be root, whom nothing confines: give the node a user of its own, such as monero",
                "\(path):3:1: `192.0.2.300` is neither an address nor a subnet: write one a line, such as 192.0.2.0/24",
                "\(path):4:1: `node.example` is neither an address nor a subnet: write one a line, such as 192.0.2.0/24",
            ])
    }

    /// Everything that is wrong is said at once, in the order of the file.
    @Test func allAtOnce() throws {
        let text = """
            network = "moonnet"
            [tor]
            socks = "tor.example:9050"
            [node]
            proxy = "10.0.0.1:1"
            [route]
            clearnet = "tor"
            hold = "1d"
            """
        let lines = try problems(text + "\n[kill-switch]\nguard = \"required\"").map { $0.prefix(4) }
        #expect(lines == ["f:1:", "f:3:", "f:5:", "f:8:", "f:10"])
    }

    /// The router's user is whoever runs it; where that is unknown, nobody is refused for it.
    @Test func routerUserIsToldByTheCaller() throws {
        let text = "node.user = \"alice\""
        #expect(throws: ConfigurationProblems.self) { try read(text, routerUser: "alice").get() }
        #expect(try read(text, routerUser: nil).get().node.user == "alice")
    }
}
