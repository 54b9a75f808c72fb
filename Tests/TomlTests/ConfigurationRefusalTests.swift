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
            "f:1:1: unknown key `socks` at the top of the file; it belongs in [tor] or in [i2p] or in [proxy.NAME]"
        ),
        ("[log]\nnetwork = 1", "f:2:1: unknown key `network` in [log]; it belongs at the top of the file"),
        ("[log]\nnothing-like-it = 1", "f:2:1: unknown key `nothing-like-it` in [log]; it has `destinations`"),
        (
            "[proxy.a]\nsocks = \"192.0.2.7:1\"\nusr = 1",
            "f:3:1: unknown key `usr` in [proxy.a]; it has `socks`, `username`, `password-file`, `via`"
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
        ("[node]\nallow-remote = true", "f:2:1: `node.allow-remote`")
    ])
    func keysOfLaterVersions(text: String, start: String) throws {
        #expect(try problems(text) == [start + " is not in this version: take it out"])
    }

    @Test(arguments: [
        (
            "[tor]\nmanaged = true\nsocks = \"127.0.0.1:9050\"",
            "f:3:1: `tor.socks` names a Tor that runs, and `managed = true` starts one: take one of them out"
        ),
        (
            "[tor]\ncontrol = \"127.0.0.1:9051\"",
            "f:2:1: `tor.control` stands without `socks`: name Tor's SOCKS port, socks = \"127.0.0.1:9050\""
        ),
        (
            "\n[tor]\nmanaged = false",
            "f:2:2: [tor] is not managed and has no socks: name a running Tor with socks = \"127.0.0.1:9050\", or set `managed = true`"
        ),
        (
            "[tor]\nsocks = \"127.0.0.1:9050\"\ntorrc = [\"UseBridges 1\"]",
            "f:3:1: `tor.torrc` is for a Tor that the router starts: write it into the running Tor's own torrc, or take `socks` out and set `managed = true`"
        ),
        (
            "[tor]\nsocks = \"127.0.0.1:9050\"\nvia = \"proxy.a\"\n[proxy.a]\nsocks = \"192.0.2.7:1\"",
            "f:3:1: `tor.via` is for a Tor that the router starts: write it into the running Tor's own torrc, or take `socks` out and set `managed = true`"
        ),
        (
            "[tor]\ntorrc = \"UseBridges 1\"",
            "f:2:9: `tor.torrc` must be an array of lines, such as [\"UseBridges 1\"], not a string"
        ),
        (
            "[tor]\ntorrc = [\"UseBridges 1\",\n  \"SocksPort 9050\"]",
            "f:3:3: a line of `tor.torrc`: \"SocksPort\" is not taken: ports and sockets of this Tor are the router's, and none is on TCP"
        ),
        ("[tor]\ntorrc = [ 1 ]", "f:2:11: a line of `tor.torrc` must be a string in quotes, not an integer"),
        (
            "[i2p]",
            "f:1:2: [i2p] names no I2P router: its SAM port, sam = \"127.0.0.1:7656\", or its SOCKS port, socks = \"127.0.0.1:4447\", or set `managed = true`"
        ),
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
}
