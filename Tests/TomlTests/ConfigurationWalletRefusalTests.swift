import Policy
import Protocols
import Testing
import Toml

/// `[[wallet]]`: each refusal, where it points and what it says.
@Suite struct ConfigurationWalletRefusalTests {
    private static let node = "[[wallet.node]]\naddress = \"http://127.0.0.1:18081\"\n"

    /// The problems of what stands from line 6 on.
    static func problems(_ text: String) throws -> [String] {
        let start = "[tor]\nsocks = \"127.0.0.1:9050\"\n[node]\nproxy = \"127.0.0.1:18950\"\n\n"
        switch try read(start + text + "\n[kill-switch]\nguard = \"off\"\n") {
        case .success: return []
        case .failure(let problems): return problems.list.map { $0.rendered(file: "f") }
        }
    }

    @Test(arguments: [
        ("listen = 1", "7:10: `wallet.listen` must be a string in quotes, not an integer"),
        (
            "listen = \"18989\"",
            "7:10: `wallet.listen` has no port, \"18989\": write the address and the port, such as \"127.0.0.1:9050\""
        ),
        (
            "listen = \"127.0.0.1:0\"",
            "7:10: `wallet.listen` has port 0, \"127.0.0.1:0\": write the port that is listened on, 1 to 65535"
        ),
        (
            "listen = \"0.0.0.0:18989\"",
            "7:10: `wallet.listen` names every address of the machine, \"0.0.0.0:18989\": name one, such as 127.0.0.1"
        ),
        (
            "listen = \"unix:/run/w\"",
            "7:10: `wallet.listen` cannot be a Unix socket, which wallets do not dial: name an address"
        ),
        (
            "listen = \"127.0.0.1:18950\"",
            "7:10: `wallet.listen` is the address of `node.proxy`, 127.0.0.1:18950: give it a port of its own"
        ),
        (
            "listen = \"127.0.0.1:9050\"",
            "7:10: `wallet.listen` is the address of [tor] itself, 127.0.0.1:9050: give it a port of its own"
        ),
        (
            "listen = \"192.0.2.1:18989\"",
            "7:10: `wallet.listen` is outside loopback, 192.0.2.1:18989: listen on 127.0.0.1 or [::1], or set "
                + "`allow-remote = true` with `certificate` and `key`"
        ),
        (
            "listen = \"192.0.2.1:18989\"\nallow-remote = true",
            "8:1: `allow-remote` needs `certificate` and `key`, and there is no `certificate`: name the PEM file"
        ),
        (
            "listen = \"192.0.2.1:18989\"\nallow-remote = true\ncertificate = \"wallet.crt\"",
            "8:1: `allow-remote` needs `certificate` and `key`, and there is no `key`: name the PEM file"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true",
            "8:1: `allow-remote` stands with a listener on loopback, which nobody else reaches: take it out"
        ),
        (
            "listen = \"127.0.0.1:18989\"\ncertificate = \"wallet.crt\"\nkey = \"wallet.key\"",
            "8:1: `wallet.certificate` is for a listener that others reach, and wallets on this machine speak plain HTTP: "
                + "take it out, or set `allow-remote = true`"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true\ncertificate = \"no.crt\"\nkey = \"wallet.key\"",
            "9:15: `wallet.certificate` \"no.crt\" cannot be read: No such file or directory"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true\ncertificate = \"wallet.key\"\nkey = \"wallet.key\"",
            "9:15: `wallet.certificate` \"wallet.key\" holds no CERTIFICATE in PEM: name the file of a certificate"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true\ncertificate = \"wallet.crt\"\nkey = \"wallet.crt\"",
            "10:7: `wallet.key` \"wallet.crt\" is open to others (mode 644): chmod 600 /etc/xmr-routed/secret"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true\ncertificate = \"wallet.crt\"\nkey = \"open.key\"",
            "10:7: `wallet.key` \"open.key\" is open to others (mode 644): chmod 600 /etc/xmr-routed/secret"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true\ncertificate = \"wallet.crt\"\nkey = \"stranger.key\"",
            "10:7: `wallet.key` \"stranger.key\" belongs to user id 1001, who can change it: chown it to root or to the "
                + "router's user"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true\ncertificate = \"wallet.crt\"\nkey = \"locked.key\"",
            "10:7: `wallet.key` \"locked.key\" asks for a passphrase: take that off (openssl pkey)"
        ),
        (
            "listen = \"127.0.0.1:18989\"\nallow-remote = true\ncertificate = \"\"\nkey = \"wallet.key\"",
            "9:15: `wallet.certificate` is no file name: name the file that holds a certificate"
        ),
        ("listen = \"127.0.0.1:1\"\nfallback = 1", "8:12: `wallet.fallback` must be true or false, not an integer"),
        (
            "listen = \"127.0.0.1:1\"\nfallback = true",
            "8:1: `wallet.fallback` is about a node on this machine and others beside it: name both, or take it out"
        ),
        ("listen = \"127.0.0.1:1\"\norder = \"bst\"", "8:9: `wallet.order` cannot be \"bst\"; did you mean \"best\"?"),
        (
            "listen = \"127.0.0.1:1\"\nverify-outs = true",
            "8:1: `wallet.verify-outs` compares two nodes that are not on this machine: name two, or take it out"
        ),
        ("listen = \"127.0.0.1:1\"\nbroadcast = true", "8:13: `wallet.broadcast` must be a number, not a boolean"),
        (
            "listen = \"127.0.0.1:1\"\nbroadcast = 0",
            "8:13: `wallet.broadcast` is 0, and a transaction can be given to 1 to 1 nodes here"
        ),
        (
            "listen = \"127.0.0.1:1\"\nbroadcast = 2",
            "8:13: `wallet.broadcast` is 2, and a transaction can be given to 1 to 1 nodes here"
        ),
        (
            "listen = \"127.0.0.1:1\"\nbroadcast = 9223372036854775807",
            "8:13: `wallet.broadcast` is 9223372036854775807, and a transaction can be given to 1 to 1 nodes here"
        ),
        ("listen = \"127.0.0.1:1\"\nlisen = 1", "8:1: unknown key `lisen` in [wallet]; did you mean `listen`?"),
        (
            "listen = \"127.0.0.1:1\"\nallow-remote = 1",
            "8:16: `wallet.allow-remote` must be true or false, not an integer"
        ),
    ])
    func listeners(text: String, problem: String) throws {
        #expect(try Self.problems("[[wallet]]\n\(text)\n\(Self.node)") == ["f:" + problem])
    }

    @Test(arguments: [
        ("[wallet]\nlisten = \"127.0.0.1:1\"", ["6:2: `wallet` must be an array of tables, [[wallet]], not a table"]),
        ("wallet = 1", ["6:1: unknown key `wallet` in [node]; it belongs at the top of the file"]),
        (
            "[[wallet]]\nlisten = \"127.0.0.1:1\"",
            ["6:1: [[wallet]] has no node: add [[wallet.node]] with address = \"http://127.0.0.1:18081\""]
        ),
        ("[[wallet]]\n\(node)", ["6:1: [[wallet]] has no listen: add its address, listen = \"127.0.0.1:18989\""]),
        (
            "[[wallet]]\nlisten = \"127.0.0.1:1\"\nnode = []",
            ["8:1: [[wallet]] has no node: add [[wallet.node]] with address = \"http://127.0.0.1:18081\""]
        ),
        (
            "[[wallet]]\nlisten = \"127.0.0.1:1\"\nnode = [1]",
            ["8:9: `wallet.node` holds tables, not an integer"]
        ),
        (
            "[[wallet]]\nlisten = \"127.0.0.1:1\"\n[wallet.node]\naddress = \"http://127.0.0.1:1\"",
            ["8:9: `wallet.node` must be an array of tables, [[wallet.node]], not a table"]
        ),
        (
            "[[wallet]]\nlisten = \"127.0.0.1:1\"\n\(node)[[wallet]]\nlisten = \"127.0.0.1:1\"\n\(node)",
            ["11:10: `wallet.listen` is the address of wallet.0, 127.0.0.1:1: give it a port of its own"]
        ),
        (
            "[[wallet]]\nlisten = \"127.0.0.1:1\"\nbroadcast = 2\n\(node)[[wallet.node]]\n"
                + "address = \"http://\(onionA).onion:1\"",
            [
                "8:13: `wallet.broadcast` is 2, and a transaction can be given to 1 to 1 nodes here (with `fallback = "
                    + "false` only those on this machine)"
            ]
        ),
        (
            "[[wallet]]\nlisten = \"127.0.0.1:1\"\n[[wallet.node]]\naddress = \"http://\(onionA).onion:1\"\n\(node)",
            ["11:11: a node on this machine stands behind another: your own node is asked first, put it first"]
        ),
    ])
    func together(text: String, problems: [String]) throws {
        #expect(try Self.problems(text) == problems.map { "f:" + $0 })
    }

    @Test func thereIsAnEndToThem() throws {
        let wallets = (1...17).map { "[[wallet]]\nlisten = \"127.0.0.1:\($0)\"\n\(Self.node)" }.joined()
        #expect(try Self.problems(wallets) == ["f:6:3: more than 16 wallet listeners: take some out"])
        let nodes = (1...17).map { "[[wallet.node]]\naddress = \"http://127.0.0.1:\($0)\"\n" }.joined()
        #expect(
            try Self.problems("[[wallet]]\nlisten = \"127.0.0.1:18989\"\n\(nodes)")
                == ["f:8:10: more than 16 nodes of one wallet listener: take some out"])
    }

    /// The guard sends what it redirects to these ports of loopback.
    @Test func portsOfTheGuard() throws {
        let text = """
            [tor]
            managed = true
            [node]
            user = "monero"
            proxy = "127.0.0.1:18950"
            strays = "redirect"
            dns = "9.9.9.9:53"
            [[wallet]]
            listen = "127.0.0.1:18953"
            [[wallet.node]]
            address = "http://[::1]:18954"
            """
        guard case .failure(let problems) = try read(text) else { return #expect(Bool(false), "taken") }
        #expect(
            problems.list.map(\.message) == [
                "`wallet.listen` has port 18953, where the guard sends what it redirects: give it a port of its own",
                "the node is where the guard sends what it redirects itself, and no Monero node: write the address of its "
                    + "RPC, such as \"http://127.0.0.1:18081\"",
            ])
    }
}
