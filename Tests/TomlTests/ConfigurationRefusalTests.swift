import Policy
import Protocols
import Testing
import Toml

/// Each refusal: where it points, and what it says. A file is refused for exactly this, and nothing else.
@Suite struct ConfigurationRefusalTests {
    @Test(arguments: [
        ("[node]\nprxy = 1", "f:2:1: unknown key `prxy` in [node]; did you mean `proxy`?"),
        ("[node]\n  proyx = 1", "f:2:3: unknown key `proyx` in [node]; did you mean `proxy`?"),
        ("[node]\ntor_proxy = 1", "f:2:1: unknown key `tor_proxy` in [node]; did you mean `tor-proxy`?"),
        ("[nod]\n", "f:1:2: unknown key `nod` at the top of the file; did you mean `node`?"),
        ("netwrok = \"mainnet\"", "f:1:1: unknown key `netwrok` at the top of the file; did you mean `network`?"),
        ("[node]\nhold = \"3s\"", "f:2:1: unknown key `hold` in [node]; it belongs in [route]"),
        (
            "socks = \"127.0.0.1:9050\"",
            "f:1:1: unknown key `socks` at the top of the file; it belongs in [tor] or in [proxy.NAME]"
        ),
        ("[log]\nnetwork = 1", "f:2:1: unknown key `network` in [log]; it belongs at the top of the file"),
        ("[log]\nnothing-like-it = 1", "f:2:1: unknown key `nothing-like-it` in [log]; it has `destinations`"),
        (
            "[proxy.a]\nsocks = \"192.0.2.7:1\"\nusr = 1",
            "f:3:1: unknown key `usr` in [proxy.a]; it has `socks`, `username`, `password-file`"
        ),
        (
            "[kill-switch]\ngard = \"off\"\nguard = \"off\"",
            "f:2:1: unknown key `gard` in [kill-switch]; did you mean `guard`?"
        ),
    ])
    func unknownKeys(text: String, problem: String) throws {
        #expect(try problems(text) == [problem])
    }

    @Test(arguments: [
        ("[i2p]\nsam = \"127.0.0.1:7656\"", "f:1:2: `i2p`"), ("[vpn.wg]\ninterface = \"wg0\"", "f:1:2: `vpn`"),
        ("[[wallet]]\nlisten = \"127.0.0.1:1\"", "f:1:3: `wallet`"),
        ("[tor]\nsocks = \"127.0.0.1:9050\"\ntorrc = []", "f:3:1: `tor.torrc`"),
        ("[proxy.a]\nsocks = \"192.0.2.7:1\"\nvia = \"tor\"", "f:3:1: `proxy.a.via`"),
        ("[node]\nlocal-ports = [18081]", "f:2:1: `node.local-ports`"),
        ("node.strays = \"count\"", "f:1:6: `node.strays`"),
        ("[node]\ndns = \"block\"", "f:2:1: `node.dns`"), ("[node]\nallow-remote = true", "f:2:1: `node.allow-remote`"),
        ("[node.inbound.tor]\np2p = {}", "f:1:7: `node.inbound`"),
        ("[kill-switch]\nguard = \"off\"\n[[kill-switch.confine]]\nuser = \"w\"", "f:3:15: `kill-switch.confine`"),
    ])
    func keysOfLaterVersions(text: String, start: String) throws {
        #expect(try problems(text) == [start + " is not in this version: take it out"])
    }

    @Test(arguments: [
        (
            "[tor]\nmanaged = true",
            "f:2:11: `tor.managed = true` is not in this version: name a running Tor with socks = \"127.0.0.1:9050\""
        ),
        (
            "[tor]\nmanaged = true\nsocks = \"127.0.0.1:9050\"",
            "f:2:11: `tor.managed = true` is not in this version: name a running Tor with socks = \"127.0.0.1:9050\""
        ),
        (
            "[tor]",
            "f:1:2: [tor] without socks is not in this version: name a running Tor with socks = \"127.0.0.1:9050\""
        ),
        ("\n[tor]\nmanaged = false", "f:2:2: [tor] has no socks: name a running Tor with socks = \"127.0.0.1:9050\""),
        (
            "[tor]\nsocks = \"127.0.0.1:9050\"\ncontrol = \"[::ffff:127.0.0.1]:9050\"",
            "f:3:11: `tor.control` is the same address as `tor.socks`, 127.0.0.1:9050: name Tor's ControlPort or ControlSocket"
        ),
        ("[[tor]]\nsocks = \"127.0.0.1:9050\"", "f:1:3: `tor` must be a table, [tor], not an array"),
        ("[proxy.a]", "f:1:8: [proxy.a] has no socks: add its address, socks = \"192.0.2.7:1080\""),
        ("[proxy.A]\nsocks = \"192.0.2.7:1\"", "f:1:8: a proxy cannot be named \"A\": use 1 to 32 of a-z, 0-9 and -"),
        ("[proxy.\"\"]\nsocks = \"192.0.2.7:1\"", "f:1:8: a proxy cannot be named \"\": use 1 to 32 of a-z, 0-9 and -"),
        (
            "[proxy.aaaaaaaaaabbbbbbbbbbccccccccccddd]",
            "f:1:8: a proxy cannot be named \"aaaaaaaaaabbbbbbbbbbccccccccccddd\": use 1 to 32 of a-z, 0-9 and -"
        ),
        (
            "[[proxy]]\nsocks = \"192.0.2.7:1\"",
            "f:1:3: `proxy` must be tables by name, such as [proxy.work], not an array"
        ),
        ("[proxy]\nsocks = \"192.0.2.7:1\"", "f:2:1: `proxy.socks` must be a table, [proxy.socks], not a string"),
    ])
    func egresses(text: String, problem: String) throws {
        #expect(try problems(text) == [problem])
    }

    @Test(arguments: [
        ("192.0.2.7:0", "has port 0, \"192.0.2.7:0\": write the port that is listened on, 1 to 65535"),
        ("node.example:1080", "names a host, \"node.example:1080\": the router resolves no name, write its IP address"),
        ("localhost:1080", "names a host, \"localhost:1080\": the router resolves no name, write its IP address"),
        ("192.0.2.7", "has no port, \"192.0.2.7\": write the address and the port, such as \"127.0.0.1:9050\""),
        (
            "192.0.2.7:70000",
            "is no address, \"192.0.2.7:70000\": write \"127.0.0.1:9050\", \"[::1]:9050\" or \"unix:/run/tor/socks\""
        ),
        (
            "127.1:1080",
            "is no address, \"127.1:1080\": write \"127.0.0.1:9050\", \"[::1]:9050\" or \"unix:/run/tor/socks\""
        ),
        ("", "has no port, \"\": write the address and the port, such as \"127.0.0.1:9050\""),
        (
            "unix:tor",
            "must name an absolute path of at most 107 printable bytes after unix:, such as \"unix:/run/tor/socks\""
        ),
        ("0.0.0.0:1080", "names every address of the machine, \"0.0.0.0:1080\": name one, such as 127.0.0.1"),
        ("[::]:1080", "names every address of the machine, \"[::]:1080\": name one, such as 127.0.0.1"),
        (
            "[::ffff:0.0.0.0]:1080",
            "names every address of the machine, \"[::ffff:0.0.0.0]:1080\": name one, such as 127.0.0.1"
        ),
    ])
    func endpoints(address: String, reason: String) throws {
        #expect(try problems("[proxy.a]\nsocks = \"\(address)\"") == ["f:2:9: `proxy.a.socks` \(reason)"])
        #expect(try problems("[tor]\nsocks =   '\(address)'") == ["f:2:11: `tor.socks` \(reason)"])
    }

    @Test(arguments: [
        (
            "username = \"u\"",
            "f:3:1: `proxy.a.username` stands without `password-file`: name the file that holds its password"
        ),
        (
            "password-file = \"good.pass\"",
            "f:3:1: `proxy.a.password-file` stands without `username`: name the user whose password it is"
        ),
        (
            "username = \"\"\npassword-file = \"good.pass\"",
            "f:3:12: `proxy.a.username` must be 1 to 255 bytes long, as SOCKS5 can carry"
        ),
        (
            "username = \"u\"\npassword-file = \"none\"",
            "f:4:17: `proxy.a.password-file` \"none\" cannot be read: No such file or directory"
        ),
        (
            "username = \"u\"\npassword-file = \"\"",
            "f:4:17: `proxy.a.password-file` is no file name: name the file that holds the password"
        ),
        (
            "username = \"u\"\npassword-file = \"group.pass\"",
            "f:4:17: `proxy.a.password-file` \"group.pass\" is open to others (mode 640): chmod 600 /etc/xmr-routed/secret"
        ),
        (
            "username = \"u\"\npassword-file = \"writable.pass\"",
            "f:4:17: `proxy.a.password-file` \"writable.pass\" is open to others (mode 602): chmod 600 /etc/xmr-routed/secret"
        ),
        (
            "username = \"u\"\npassword-file = \"stranger.pass\"",
            "f:4:17: `proxy.a.password-file` \"stranger.pass\" belongs to user id 1001, who can change it: chown it to root or to the router's user"
        ),
        (
            "username = \"u\"\npassword-file = \"empty.pass\"",
            "f:4:17: `proxy.a.password-file` \"empty.pass\" holds 0 bytes: a SOCKS5 password has 1 to 255"
        ),
        (
            "username = \"u\"\npassword-file = \"long.pass\"",
            "f:4:17: `proxy.a.password-file` \"long.pass\" holds 256 bytes: a SOCKS5 password has 1 to 255"
        ),
    ])
    func credentials(lines: String, problem: String) throws {
        #expect(try problems("[proxy.a]\nsocks = \"192.0.2.7:1080\"\n\(lines)") == [problem])
    }

    @Test(arguments: [
        (
            "onion = \"tor\"", "onion", 9,
            "names \"tor\", which is not configured: add [tor], or name \"proxy.a\" or \"block\""
        ),
        (
            "clearnet = \"proxy.work\"", "clearnet", 12,
            "names \"proxy.work\", which is not configured: add [proxy.work], or name \"proxy.a\" or \"block\""
        ),
        (
            "clearnet = \"proxy.b\"", "clearnet", 12,
            "names \"proxy.b\", which is not configured; did you mean \"proxy.a\"?"
        ),
        ("onion = \"blokc\"", "onion", 9, "names \"blokc\", which is not configured; did you mean \"block\"?"),
        (
            "i2p = \"i2p\"", "i2p", 7,
            "cannot be \"i2p\", which is not in this version: name a \"proxy.NAME\", or \"block\""
        ),
        (
            "clearnet = \"vpn.wg\"", "clearnet", 12,
            "cannot be \"vpn.wg\", which is not in this version: name a \"proxy.NAME\", or \"block\""
        ),
        (
            "i2p = \"tor\"", "i2p", 7,
            "cannot be \"tor\": Tor would have an exit look the name up; name a \"proxy.NAME\" that speaks SOCKS5 to I2P, or \"block\""
        ),
        ("onion = 1", "onion", 9, "must be a string in quotes, not an integer"),
        ("isolation = \"peers\"", "isolation", 13, "cannot be \"peers\"; did you mean \"peer\"?"),
        (
            "isolation = \"everything\"", "isolation", 13,
            "cannot be \"everything\": write \"peer\" or \"class\" or \"none\""
        ),
        ("private = \"yes\"", "private", 11, "must be true or false, not a string"),
        ("hold = 30", "hold", 8, "has no unit: write \"30s\" for seconds"),
        ("hold = -1", "hold", 8, "must be a duration such as \"30s\", not a number"),
        ("hold = 1.5", "hold", 8, "must be a duration such as \"30s\", not a number"),
        ("hold = \"30\"", "hold", 8, "has no unit, \"30\": write ms, s, m or h after the number, such as \"30s\""),
        ("hold = \"-1s\"", "hold", 8, "is negative, \"-1s\": write 0s to 44s"),
        ("hold = \"25h\"", "hold", 8, "is over a day, \"25h\": write 0s to 44s"),
        ("hold = \"99999999999999999999h\"", "hold", 8, "is over a day, \"99999999999999999999h\": write 0s to 44s"),
        ("hold = \"24h\"", "hold", 8, "is longer than 44s, \"24h\": monerod waits 45 s for a connect, write less"),
        (
            "hold = \"44001ms\"", "hold", 8,
            "is longer than 44s, \"44001ms\": monerod waits 45 s for a connect, write less"
        ),
        ("hold = \"1.5s\"", "hold", 8, "is no duration, \"1.5s\": write a whole number and its unit, such as \"30s\""),
        ("hold = \"30 s\"", "hold", 8, "is no duration, \"30 s\": write a whole number and its unit, such as \"30s\""),
        ("hold = \"soon\"", "hold", 8, "is no duration, \"soon\": write a whole number and its unit, such as \"30s\""),
        (
            "hold = \"a\\nb\"", "hold", 8,
            "is no duration, \"a\u{fffd}b\": write a whole number and its unit, such as \"30s\""
        ),
        ("hold = 2026-11-22", "hold", 8, "must be a string in quotes, not a date"),
    ])
    func routes(line: String, key: String, column: Int, reason: String) throws {
        let text = "[route]\n\(line)\n[proxy.a]\nsocks = \"192.0.2.7:1080\""
        #expect(try problems(text) == ["f:2:\(column): `route.\(key)` \(reason)"])
    }

    @Test(arguments: [
        (
            "user = \"root\"", 8,
            "`node.user` cannot be root, whom nothing confines: give the node a user of its own, such as monero"
        ),
        (
            "user = \"xmr-routed\"", 8,
            "`node.user` cannot be \"xmr-routed\", as whom the router itself runs: give the node a user of its own, such as monero"
        ),
        (
            "user = \"debian-tor\"", 8,
            "`node.user` cannot be \"debian-tor\", as whom Tor runs: give the node a user of its own, such as monero"
        ),
        (
            "user = \"toranon\"", 8,
            "`node.user` cannot be \"toranon\", as whom Tor runs: give the node a user of its own, such as monero"
        ),
        (
            "user = \"0\"", 8,
            "`node.user` must be a name, not the number \"0\": give the node a user of its own, such as monero"
        ),
        ("user = \"a b\"", 8, "`node.user` is no user name, \"a b\": give the node a user of its own, such as monero"),
        ("user = \"\"", 8, "`node.user` is no user name, \"\": give the node a user of its own, such as monero"),
        ("user = 0", 8, "`node.user` must be a string in quotes, not an integer"),
        (
            "proxy = \"192.0.2.1:18950\"", 9,
            "`node.proxy` is outside loopback, 192.0.2.1:18950: listen on 127.0.0.1 or [::1]"
        ),
        (
            "proxy = \"0.0.0.0:18950\"", 9,
            "`node.proxy` names every address of the machine, \"0.0.0.0:18950\": name one, such as 127.0.0.1"
        ),
        (
            "proxy = \"[::ffff:127.0.0.1]:18950\"", 9,
            "`node.proxy` is outside loopback, [::ffff:7f00:1]:18950: listen on 127.0.0.1 or [::1]"
        ),
        (
            "proxy = \"unix:/run/x\"", 9,
            "`node.proxy` cannot be a Unix socket, which monerod does not dial: name an address"
        ),
        (
            "proxy = \"127.0.0.1:0\"", 9,
            "`node.proxy` has port 0, \"127.0.0.1:0\": write the port that is listened on, 1 to 65535"
        ),
        ("proxy = 18950", 9, "`node.proxy` must be a string in quotes, not an integer"),
        (
            "proxy = \"127.0.0.1:9050\"", 9,
            "`node.proxy` is the address of [tor] itself, 127.0.0.1:9050: the router would dial itself, give it another port"
        ),
        (
            "proxy = \"127.0.0.1:9051\"", 9,
            "`node.proxy` is the address of [tor] itself, 127.0.0.1:9051: the router would dial itself, give it another port"
        ),
        (
            "proxy = \"127.0.0.1:1080\"", 9,
            "`node.proxy` is the address of [proxy.a] itself, 127.0.0.1:1080: the router would dial itself, give it another port"
        ),
        ("ban-list = \"none.txt\"", 12, "`node.ban-list` \"none.txt\" cannot be read: No such file or directory"),
        ("ban-list = \"\"", 12, "`node.ban-list` is no file name: name the file, or take the key out"),
        ("peers = 1", 1, "`node.peers` must be a table, [node.peers], not an integer"),
        (
            "peers = { \"10.0.0.1:1\" = \"a.i2p:1\" }", 1,
            "[node.peers] needs `node.proxy`, through which monerod dials them: set it"
        ),
    ])
    func node(line: String, column: Int, message: String) throws {
        let egresses = """
            [tor]
            socks = "127.0.0.1:9050"
            control = "127.0.0.1:9051"
            [proxy.a]
            socks = "[::ffff:127.0.0.1]:1080"
            """
        #expect(try problems("[node]\n\(line)\n\(egresses)") == ["f:2:\(column): \(message)"])
    }

    @Test func twoListenersOnOneAddress() throws {
        let text = "[node]\ni2p-proxy = \"127.0.0.1:1\"\nproxy = \"127.0.0.1:1\"\ntor-proxy = \"127.0.0.1:2\""
        #expect(
            try problems(text) == [
                "f:2:13: `node.i2p-proxy` is the same address as `node.proxy`, 127.0.0.1:1: give it a port of its own"
            ])
    }

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
