import Policy
import Protocols
import Testing
import Toml

/// `local-ports`, `strays`, `dns` and `[[kill-switch.confine]]`.
@Suite struct ConfigurationGuardTests {
    private static let start = """
        [tor]
        socks = "127.0.0.1:9150"
        [node]
        user = "monero"
        proxy = "127.0.0.1:18950"

        """

    @Test func everything() throws {
        let configuration = try read(
            Self.start + """
                local-ports = [18081, 18083]
                strays = "redirect"
                dns = "[2620:fe::fe]:53"
                [[kill-switch.confine]]
                user = "p2pool"
                listeners = ["node.proxy", "node.proxy"]
                [[kill-switch.confine]]
                user = "miner"
                [[kill-switch.confine]]
                user = "wallet"
                listeners = ["wallet.1"]
                [[wallet]]
                listen = "127.0.0.1:18989"
                node = [{ address = "http://127.0.0.1:18081" }]
                [[wallet]]
                listen = "[::1]:18990"
                node = [{ address = "http://127.0.0.1:18081" }]
                """
        ).get()
        #expect(configuration.node.localPorts == [18081, 18083])
        #expect(configuration.node.strays == .redirect)
        #expect(configuration.node.dns == Endpoint("[2620:fe::fe]:53"))
        #expect(
            configuration.killSwitch.confine == [
                ConfinedUserConfiguration(user: "p2pool", listeners: ["node.proxy"]),
                ConfinedUserConfiguration(user: "miner", listeners: []),
                ConfinedUserConfiguration(user: "wallet", listeners: ["wallet.1"]),
            ])
        #expect(configuration.confinedUsers == ["monero", "p2pool", "miner", "wallet"])
    }

    @Test func defaults() throws {
        let node = try read(Self.start + "strays = \"count\"\ndns = \"block\"").get().node
        #expect(node.localPorts.isEmpty && node.strays == .count && node.dns == nil)
    }

    /// Whom the guard holds need not be the node.
    @Test func confineAloneWillDo() throws {
        #expect(try read("[[kill-switch.confine]]\nuser = \"w\"").get().confinedUsers == ["w"])
    }

    @Test(arguments: [
        ("local-ports = 18081", "6:15: `node.local-ports` must be an array of ports, such as [18081], not an integer"),
        ("local-ports = [0]", "6:16: `node.local-ports` takes ports from 1 to 65535, not 0"),
        ("local-ports = [65536]", "6:16: `node.local-ports` takes ports from 1 to 65535, not 65536"),
        ("local-ports = [\"18081\"]", "6:16: `node.local-ports` takes ports from 1 to 65535, not a string"),
        ("local-ports = [1, 1]", "6:19: `node.local-ports` has 1 twice: take one out"),
        (
            "local-ports = [9150]",
            "6:16: `node.local-ports` cannot have 9150, which is [tor] itself: the node would go past the router"
        ),
        (
            "local-ports = [53]",
            "6:16: `node.local-ports` cannot have 53, where a name server is used to be: the node would go past the router by it"
        ),
        ("strays = \"tor\"", "6:10: `node.strays` cannot be \"tor\": write \"count\" or \"redirect\""),
        (
            "dns = \"127.0.0.53:53\"",
            "6:7: `node.dns` must be a resolver in the world, which is asked through the clearnet route, not 127.0.0.53:53: write such as \"9.9.9.9:53\", or \"block\""
        ),
        (
            "dns = \"dns.example:53\"",
            "6:7: `node.dns` names a host, \"dns.example:53\": the router resolves no name, write its IP address"
        ),
        (
            "strays = \"redirect\"\ntor-proxy = \"127.0.0.1:18953\"",
            "7:13: `node.tor-proxy` has port 18953, where `strays = \"redirect\"` comes in: give it another port"
        ),
        (
            "dns = \"9.9.9.9:53\"\ntor-proxy = \"[::1]:18954\"",
            "7:13: `node.tor-proxy` has port 18954, where `dns` comes in: give it another port"
        ),
        (
            "strays = \"redirect\"\n[kill-switch]\nguard = \"off\"",
            "6:1: `node.strays` is done by the guard, which is off: take it out, or set `guard = \"required\"` in [kill-switch]"
        ),
        (
            "[[kill-switch.confine]]\nuser = \"monero\"",
            "7:8: \"monero\" is `node.user` already, whom the guard confines: take this out"
        ),
        (
            "[[kill-switch.confine]]\nuser = \"a\"\n[[kill-switch.confine]]\nuser = \"a\"",
            "9:8: \"a\" is confined already: put all its listeners in one table"
        ),
        (
            "[[kill-switch.confine]]\nuser = \"root\"",
            "7:8: `kill-switch.confine.user` cannot be root, whom nothing confines: give it a user of its own, such as monero"
        ),
        (
            "[[kill-switch.confine]]\nuser = \"a\"\nlisteners = [\"wallet.0\"]",
            "8:14: no listener is called \"wallet.0\": there is \"node.proxy\""
        ),
        (
            "[[kill-switch.confine]]\nuser = \"a\"\nlisteners = [\"wallet.0\"]\n[[wallet]]\nlisten = \"192.0.2.1:1\"\n"
                + "allow-remote = true\ncertificate = \"wallet.crt\"\nkey = \"wallet.key\"\n"
                + "node = [{ address = \"http://127.0.0.1:18081\" }]",
            "8:14: \"wallet.0\" listens outside loopback, where the guard lets nobody whom it holds go: name a listener on 127.0.0.1"
        ),
        ("[[kill-switch.confine]]\nlisteners = []", "6:1: [[kill-switch.confine]] names nobody: set `user`"),
        (
            "[[kill-switch.confine]]\nuser = \"a\"\nports = [1]",
            "8:1: unknown key `ports` in [kill-switch.confine]; it has `user`, `listeners`"
        ),
    ])
    func refusals(text: String, problem: String) throws {
        switch try read(Self.start + text + "\n") {
        case .success: Issue.record("taken: \(text)")
        case .failure(let problems): #expect(problems.list.map { $0.rendered(file: "f") } == ["f:" + problem])
        }
    }
}
