import Policy
import Protocols
import Testing
import Toml

/// Each refusal in [route] and [node]: where it points, and what it says.
@Suite struct ConfigurationRouteRefusalTests {
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
            "names \"i2p\", which is not configured: add [i2p], or name \"proxy.a\" or \"block\""
        ),
        (
            "clearnet = \"vpn.wg\"", "clearnet", 12,
            "names \"vpn.wg\", which is not configured: add [vpn.wg], or name \"proxy.a\" or \"block\""
        ),
        (
            "i2p = \"tor\"", "i2p", 7,
            "cannot be \"tor\": Tor would have an exit look the name up; name \"i2p\", or a \"proxy.NAME\" that speaks SOCKS5 to I2P, or \"block\""
        ),
        (
            "onion = \"i2p\"", "onion", 9,
            "cannot be \"i2p\": I2P leads to I2P addresses only; name \"tor\" or a \"proxy.NAME\", or \"block\""
        ),
        (
            "clearnet = \"i2p\"", "clearnet", 12,
            "cannot be \"i2p\": I2P leads to I2P addresses only; name \"tor\" or a \"proxy.NAME\", or \"block\""
        ),
        (
            "onion = \"vpn.wg\"", "onion", 9,
            "cannot be \"vpn.wg\": a VPN leads to no onion address; name \"tor\" or a \"proxy.NAME\" that speaks SOCKS5 to Tor, or \"block\""
        ),
        (
            "i2p = \"vpn.wg\"", "i2p", 7,
            "cannot be \"vpn.wg\": a VPN leads to no I2P address; name \"i2p\", or a \"proxy.NAME\" that speaks SOCKS5 to I2P, or \"block\""
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
}
