import Protocols
import Testing

/// Reading addresses and names: one reading, or none.
@Suite struct AddressTests {
    @Test(arguments: [
        ("::1", "::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:1.2.3.4", "::ffff:102:304"),
        ("::", "::"),
        ("fe80::", "fe80::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("2001:DB8::7", "2001:db8::7"),
        ("0:1:0:1:0:1:0:1", "0:1:0:1:0:1:0:1"),
    ])
    func ipv6(text: String, canonical: String) {
        #expect(IPv6Address(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::1%lo", "g::", "1.2.3.4:1::",
        "::1.2.3",
    ])
    func notIPv6(text: String) {
        #expect(IPv6Address(text) == nil)
    }

    @Test(arguments: [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ])
    func loopback(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isLoopback && address.isPrivate)
        #expect(address.staysHere)
    }

    /// Nobody's address, so refused like one of this machine; but the kernel would send it out.
    @Test(arguments: ["0.0.0.1", "0.1.2.3", "0.255.255.255", "::ffff:0.1.2.3"])
    func nobodys(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isLoopback && !address.staysHere)
    }

    @Test(arguments: [
        "10.0.0.1", "192.168.1.1", "172.31.0.1", "169.254.1.1", "100.64.0.1", "240.0.0.1", "255.255.255.255",
        "224.0.0.1", "fd00::1", "fe80::1", "ff02::1", "::ffff:10.0.0.1",
    ])
    func privateRanges(text: String) throws {
        #expect(try #require(IPAddress(text)).isPrivate)
    }

    @Test(arguments: [
        "95.217.25.101", "203.0.113.7", "172.32.0.1", "11.0.0.1", "2001:db8::7", "2a01:4f8::1", "100.128.0.1",
    ])
    func publicAddresses(text: String) throws {
        #expect(try !#require(IPAddress(text)).isPrivate)
    }

    static let onion = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd"

    @Test(arguments: [
        ("Node.Example.", Host.name("node.example")), ("127.0.0.1", Host(.v4(IPv4Address(127, 0, 0, 1)))),
        ("127.0.0.1.", Host(.v4(IPv4Address(127, 0, 0, 1)))),
        ("[::ffff:10.1.2.3]", Host(.v4(IPv4Address(10, 1, 2, 3)))),
        ("a.b32.i2p", nil), ("b32.i2p", nil), ("name.i2p", Host.i2p("name.i2p")),
        (onion.uppercased() + ".ONION.", Host.onion(onion + ".onion")),
        ("www." + onion + ".onion", Host.onion(onion + ".onion")), ("foo.onion", nil), ("onion", nil), ("i2p", nil),
        ("127.1", nil), ("0x7f000001", nil), ("2130706433", nil), ("a.b.exit", nil), ("a..b", nil), ("a b", nil),
        ("a\u{0}b", nil),
        ("", nil), (".", nil), ("1.2.3.999", nil), ("foo.onion.", nil),
    ])
    func hosts(text: String, host: Host?) {
        #expect((try? Host(name: Array(text.utf8))) == host)
    }

    @Test(arguments: ["localhost", "router", "printer.local", "a.localhost", "nas.home.arpa"])
    func localNames(text: String) throws {
        #expect(try Host(name: Array(text.utf8)).isLocalName)
    }

    @Test(arguments: ["127.0.0.1:9050", "[::1]:9050", "unix:/run/tor/socks"])
    func endpoints(text: String) {
        #expect(Endpoint(text)?.description == text)
    }

    @Test(arguments: [
        "localhost:9050", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:080", "::1:9050", "unix:tor", ":1",
        "unix:/" + String(repeating: "a", count: 107),
    ])
    func notEndpoints(text: String) {
        #expect(Endpoint(text) == nil)
    }
}
