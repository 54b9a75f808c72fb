import Policy
import Protocols
import Testing

/// Monero's ban lists: read strictly, looked up in any form of an address.
@Suite struct BanListTests {
    static func list(_ text: String) throws -> BanList {
        switch BanList.read(Array(text.utf8)) {
        case .list(let list): return list
        case .problems(let problems): throw problems[0]
        }
    }

    static let text = """
        # spies
        192.0.2.7
          198.51.100.0/24  # a whole provider\r
        \t
        203.0.113.99/25
        2001:db8::7
        2001:db8:1::/48
        ::ffff:100.64.1.0/120
        0.0.0.0/8
        """

    @Test(arguments: [
        ("192.0.2.7", true), ("192.0.2.6", false), ("192.0.2.8", false), ("::ffff:192.0.2.7", true),
        ("64:ff9b::c000:207", true), ("2002:c000:207::9", true), ("2002:c000:208::9", false),
        ("198.51.100.0", true), ("198.51.100.255", true), ("198.51.99.255", false), ("198.51.101.0", false),
        ("203.0.113.0", true), ("203.0.113.127", true), ("203.0.113.128", false), ("203.0.112.255", false),
        ("2001:db8::7", true), ("2001:db8::8", false), ("2001:db8:1:ffff::1", true), ("2001:db8:2::", false),
        ("100.64.1.255", true), ("100.64.2.0", false), ("0.255.255.255", true), ("1.0.0.0", false),
        ("64:ff9b::c000:208", false), ("255.255.255.255", false), ("::", false),
    ])
    func lookUp(address: String, isBanned: Bool) throws {
        let list = try Self.list(Self.text)
        #expect(list.entryCount == 7)
        let address = try #require(IPAddress(address))
        #expect(list.contains(address) == isBanned)
    }

    @Test func subnetsInsideSubnets() throws {
        let list = try Self.list("192.0.2.0/24\n192.0.0.0/16\n192.0.2.7\n192.1.0.0/16\n192.0.0.0/24")
        for (text, isBanned) in [
            ("192.0.200.1", true), ("192.1.255.255", true), ("192.2.0.0", false), ("191.255.255.255", false),
        ] {
            #expect(list.contains(try #require(IPAddress(text))) == isBanned, "\(text)")
        }
    }

    @Test func widestSubnets() throws {
        let list = try Self.list("255.0.0.0/1\n8000::/1")
        for (text, isBanned) in [
            ("128.0.0.0", true), ("255.255.255.255", true), ("127.255.255.255", false), ("ffff::", true),
            ("7fff::", false),
        ] {
            #expect(list.contains(try #require(IPAddress(text))) == isBanned, "\(text)")
        }
    }

    @Test(arguments: [
        "192.0.2.7/33", "192.0.2", "192.0.2.7/", "192.0.2.7/+8", "192.0.2.7/08", "192.0.2.07", "node.example", "/8",
        "192.0.2.7 192.0.2.8", "2001:db8::/129", "1.2.3.4:18080", "[2001:db8::7]", "2001:db8::7%eth0", "é", "\u{0}",
        "192.0.2.0-192.0.2.9", "1.2.3.4/24/8",
    ])
    func badLines(line: String) {
        guard case .problems(let problems) = BanList.read(Array("192.0.2.7\n# x\n\(line)\n".utf8)) else {
            Issue.record("\(line) was read")
            return
        }
        #expect(problems.map(\.line) == [3])
    }

    @Test(arguments: ["192.0.2.0/\u{301}8", "192.0.2.0\u{301}/8", "192.0.2.0/8\u{301}", "", "/", "[::1]/64"])
    func notSubnets(text: String) {
        #expect(Subnet(text) == nil)
    }

    @Test(arguments: ["0.0.0.0/0", "::/0"])
    func nobodyBansEverybody(line: String) {
        let message = "`\(line)` would ban everybody: write route.clearnet = \"block\" instead"
        #expect(BanList.read(Array(line.utf8)) == .problems([.init(line: 1, message: message)]))
    }

    @Test func atMostTenProblems() {
        let reading = BanList.read(Array(String(repeating: "x\n", count: 100).utf8))
        guard case .problems(let problems) = reading else {
            Issue.record("it was read")
            return
        }
        #expect(problems.map(\.line) == Array(1...10))
        #expect(problems[0].message == "`x` is neither an address nor a subnet: write one a line, such as 192.0.2.0/24")
    }

    @Test(arguments: ["", "\n\n", "# nobody", "   \t\r\n"])
    func emptyLists(text: String) throws {
        let list = try Self.list(text)
        #expect(list == BanList() && list.isEmpty && !list.contains(.v4(IPv4Address(192, 0, 2, 7))))
    }

    @Test func tooLarge() {
        let bytes = [UInt8](repeating: 0x0a, count: BanList.maximumSize)
        #expect(BanList.read(bytes) == .list(BanList()))
        guard case .problems = BanList.read(bytes + [0x0a]) else {
            Issue.record("it was read")
            return
        }
    }

    /// A list of 100,000 lines, against a set of the same addresses.
    @Test func longLists() throws {
        var text = ""
        var banned: Set<UInt32> = []
        var state: UInt32 = 1
        for _ in 0..<100_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            banned.insert(state)
            text += IPv4Address(bits: state).description + "\n"
        }
        let list = try Self.list(text)
        #expect(list.entryCount == 100_000)
        #expect(banned.allSatisfy { list.contains(.v4(IPv4Address(bits: $0))) })
        for probe in banned.prefix(10_000) {
            for neighbour in [probe &- 1, probe &+ 1] {
                #expect(list.contains(.v4(IPv4Address(bits: neighbour))) == banned.contains(neighbour))
            }
        }
    }
}
