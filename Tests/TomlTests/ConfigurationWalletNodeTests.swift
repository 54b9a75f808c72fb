import Policy
import Protocols
import Testing
import Toml

/// `[[wallet.node]]`: each refusal, where it points and what it says.
@Suite struct ConfigurationWalletNodeTests {
    private static let fingerprint = "fingerprint = \"sha256:\(String(repeating: "ab", count: 32))\""

    /// The problems of a node whose `address = ` is line 9.
    private func problems(_ text: String) throws -> [String] {
        try ConfigurationWalletRefusalTests.problems(
            "[[wallet]]\nlisten = \"127.0.0.1:18989\"\n[[wallet.node]]\naddress = \(text)")
    }

    @Test(arguments: [
        ("1", "must be a string in quotes, not an integer"),
        ("\"127.0.0.1:18081\"", "does not begin with http:// or https://, \"127.0.0.1:18081\": write that before it"),
        (
            "\"HTTP://127.0.0.1:1\"",
            "does not begin with http:// or https://, \"HTTP://127.0.0.1:1\": write that before it"
        ),
        (
            "\"http://127.0.0.1\"",
            "has no port, \"http://127.0.0.1\": write it after the address, such as :18081, or :18089 of a restricted one"
        ),
        (
            "\"http://[::1]\"",
            "has no port, \"http://[::1]\": write it after the address, such as :18081, or :18089 of a restricted one"
        ),
        ("\"http://127.0.0.1:0\"", "has port 0, \"http://127.0.0.1:0\": write the port of its RPC, 1 to 65535"),
        ("\"http://127.0.0.1:\"", "has no port, \"http://127.0.0.1:\": write one of 1 to 65535 after the last colon"),
        (
            "\"http://127.0.0.1:65536\"",
            "has no port, \"http://127.0.0.1:65536\": write one of 1 to 65535 after the last colon"
        ),
        ("\"http://127.0.0.1:x\"", "has no port, \"http://127.0.0.1:x\": write one of 1 to 65535 after the last colon"),
        (
            "\"http://127.0.0.1:01\"",
            "has no port, \"http://127.0.0.1:01\": write one of 1 to 65535 after the last colon"
        ),
        ("\"http://::1:18081\"", "needs brackets, \"http://::1:18081\": write an IPv6 address as [::1]"),
        (
            "\"http://u:s3cret@127.0.0.1:1\"",
            "has a user before the @: take that out, and set `username` and `password-file`"
        ),
        ("\"http://127.0.0.1:1/\"", "goes on after the port, \"/\": end it there"),
        ("\"http://127.0.0.1:1/json_rpc\"", "goes on after the port, \"/json_rpc\": end it there"),
        ("\"http://127.0.0.1:1?a\"", "goes on after the port, \"?a\": end it there"),
        ("\"http://127.0.0.1:1#a\"", "goes on after the port, \"#a\": end it there"),
        (
            "\"http://\(onionA.dropLast(2))ad.onion:1\"",
            "is mistyped, the onion address's checksum is wrong, \"\(onionA.dropLast(2))ad.onion\": copy it again"
        ),
        (
            "\"http://abc.onion:1\"",
            "is no version 3 onion address: it has 56 of a-z and 2-7, the last a d, and ends in .onion, \"abc.onion\""
        ),
        (
            "\"http://abc.b32.i2p:1\"",
            "is no I2P address: it has 52 of a-z and 2-7 and ends in .b32.i2p, \"abc.b32.i2p\""
        ),
        ("\"http://127.1:1\"", "is a number that some take for an address: write all four parts of it, \"127.1\""),
        ("\"http://a.exit:1\"", "names an exit, which Tor no longer takes: write the node's own name, \"a.exit\""),
        (
            "\"http://no de:1\"",
            "names no host: write an IP address, an onion or I2P address, or a host name, \"no de\""
        ),
        ("\"http://0.0.0.0:1\"", "is no address of one machine, \"http://0.0.0.0:1\": write 127.0.0.1 for this one"),
        (
            "\"http://localhost:1\"",
            "is \"localhost\": write 127.0.0.1 or [::1], since the router resolves no name"
        ),
    ])
    func addresses(text: String, problem: String) throws {
        #expect(try problems(text) == ["f:9:11: `wallet.node.address` " + problem])
    }

    @Test(arguments: [
        (
            "\"https://node.example:1\"",
            "9:11: https:// is never unverified: add `fingerprint` (the SHA-256 of the node's certificate), or `ca = \"system\"`"
        ),
        (
            "\"https://127.0.0.1:1\"",
            "9:11: https:// is never unverified: add `fingerprint` (the SHA-256 of the node's certificate), or `ca = \"system\"`"
        ),
        (
            "\"http://127.0.0.1:1\"\n\(fingerprint)",
            "10:1: `wallet.node.fingerprint` is about TLS, and the address begins with http://: write https://, or take it out"
        ),
        (
            "\"http://\(onionA).onion:1\"\nca = \"system\"",
            "10:1: `wallet.node.ca` is about TLS, and the address begins with http://: write https://, or take it out"
        ),
        (
            "\"https://node.example:1\"\nca = \"system\"\n\(fingerprint)",
            "10:1: `wallet.node.ca` stands beside `fingerprint`, which is enough: take one out"
        ),
        (
            "\"https://node.example:1\"\nfingerprint = \"sha256:ab\"",
            "10:15: `wallet.node.fingerprint` is no SHA-256, \"sha256:ab\": write \"sha256:\" and 64 hexadecimal digits, as "
                + "`openssl x509 -noout -fingerprint -sha256` prints them"
        ),
        (
            "\"https://node.example:1\"\nfingerprint = \"\(String(repeating: "ab", count: 32))\"",
            "10:15: `wallet.node.fingerprint` is no SHA-256, \"\(String(repeating: "ab", count: 32))\": write \"sha256:\" and "
                + "64 hexadecimal digits, as `openssl x509 -noout -fingerprint -sha256` prints them"
        ),
        (
            "\"https://node.example:1\"\nca = \"no.ca\"",
            "10:6: `wallet.node.ca` \"no.ca\" cannot be read: No such file or directory"
        ),
        (
            "\"https://node.example:1\"\nca = \"good.pass\"",
            "10:6: `wallet.node.ca` \"good.pass\" holds no CERTIFICATE in PEM: name the file of the authority's certificate, "
                + "or write \"system\""
        ),
        (
            "\"http://node.example:1\"",
            "9:11: http:// to a clearnet node is read and changed by whoever carries it, an exit above all: write https:// "
                + "with `fingerprint` or `ca`, take its onion address, or set `insecure = true`"
        ),
        (
            "\"http://\(onionA).onion:1\"\ninsecure = true",
            "10:1: `wallet.node.insecure` does nothing here, since an onion service is encrypted and proven by its address: "
                + "take it out"
        ),
        (
            "\"http://127.0.0.1:1\"\ninsecure = true",
            "10:1: `wallet.node.insecure` does nothing here, since a node on this machine is asked by no wire: take it out"
        ),
        (
            "\"https://node.example:1\"\n\(fingerprint)\ninsecure = true",
            "11:1: `wallet.node.insecure` does nothing here, since TLS is verified, and there is no way to leave that out: "
                + "take it out"
        ),
        (
            "\"http://127.0.0.1:1\"\ntrusted = false",
            "10:1: `wallet.node.trusted` cannot be false for a node on this machine, which is given key images anyway: take "
                + "it out"
        ),
        (
            "\"http://node.example:1\"\ninsecure = true\ntrusted = true",
            "11:1: `wallet.node.trusted` would show key images to whoever carries http://: take it out, or write https://"
        ),
        ("\"http://127.0.0.1:1\"\ntrusted = 1", "10:11: `wallet.node.trusted` must be true or false, not an integer"),
        (
            "\"http://192.168.1.2:1\"\ninsecure = true",
            "9:11: the node is on a private network, \"192.168.1.2\", and would be asked of tor: if that leads there, set "
                + "`private = true` in [route]"
        ),
        (
            "\"http://node.lan:1\"\ninsecure = true",
            "9:11: the node is on a private network, \"node.lan\", and would be asked of tor: if that leads there, set "
                + "`private = true` in [route]"
        ),
        (
            "\"http://a.b32.i2p:1\"",
            "9:11: `wallet.node.address` is no I2P address: it has 52 of a-z and 2-7 and ends in .b32.i2p, \"a.b32.i2p\""
        ),
        (
            "\"http://node.i2p:1\"",
            "9:11: the node is never reached, since [route] blocks I2P addresses: set `i2p` in [route]"
        ),
        (
            "\"http://node.i2p:1\"\ninsecure = true",
            "9:11: the node is never reached, since [route] blocks I2P addresses: set `i2p` in [route]|10:1: "
                + "`wallet.node.insecure` does nothing here, since an I2P destination is encrypted and proven by its address: "
                + "take it out"
        ),
        (
            "\"http://127.0.0.1:18950\"",
            "9:11: the node is `node.proxy` itself, and no Monero node: write the address of its RPC, such as "
                + "\"http://127.0.0.1:18081\""
        ),
        (
            "\"http://127.0.0.1:18989\"",
            "9:11: the node is wallet.0 itself, and no Monero node: write the address of its RPC, such as "
                + "\"http://127.0.0.1:18081\""
        ),
        (
            "\"http://127.0.0.1:9050\"",
            "9:11: the node is [tor] itself, and no Monero node: write the address of its RPC, such as "
                + "\"http://127.0.0.1:18081\""
        ),
        (
            "\"http://127.0.0.1:1\"\n[[wallet.node]]\naddress = \"http://127.0.0.1:1\"",
            "11:11: `wallet.node.address` is that of node.0 of this listener too: take one out"
        ),
        (
            "\"http://127.0.0.1:1\"\nusername = \"a\"",
            "10:1: `wallet.node.username` stands without `password-file`: name the file that holds its password"
        ),
        (
            "\"http://127.0.0.1:1\"\nusername = \"a:b\"\npassword-file = \"node.pass\"",
            "10:12: `wallet.node.username` has a character that monerod's rpc-login cannot have, \"a:b\": use printable "
                + "ASCII without colon, quote and backslash"
        ),
        (
            "\"http://127.0.0.1:1\"\nusername = \"a\"\npassword-file = \"long.pass\"",
            "11:17: `wallet.node.password-file` \"long.pass\" holds 256 bytes: a digest authentication password has 1 to 255"
        ),
        (
            "\"http://127.0.0.1:1\"\nfingerprnt = 1",
            "10:1: unknown key `fingerprnt` in [wallet.node]; did you mean `fingerprint`?"
        ),
    ])
    func refusals(text: String, problem: String) throws {
        #expect(try problems(text) == problem.split(separator: "|").map { "f:" + $0 })
    }

    @Test func aNodeHasAnAddress() throws {
        #expect(
            try ConfigurationWalletRefusalTests.problems(
                "[[wallet]]\nlisten = \"127.0.0.1:1\"\n[[wallet.node]]\ntrusted = true")
                == ["f:8:1: [[wallet.node]] has no address: add it, address = \"http://127.0.0.1:18081\""])
    }

    /// A name needs somebody who may be asked for it.
    @Test func aNameByAVPNWithoutAResolver() throws {
        let text = """
            [vpn.wg]
            interface = "wg0"
            probe = "10.64.0.1:53"
            [route]
            clearnet = "vpn.wg"
            [kill-switch]
            guard = "off"
            [[wallet]]
            listen = "127.0.0.1:18989"
            [[wallet.node]]
            address = "https://node.example:18089"
            ca = "system"
            """
        guard case .failure(let problems) = try read(text) else { return #expect(Bool(false), "taken") }
        #expect(
            problems.list.map { $0.rendered(file: "f") } == [
                "f:11:11: the node has a name, and [vpn.wg] has no `resolver` that could be asked for it: set one, or write "
                    + "the node's IP address"
            ])
    }
}
