import Policy
import Protocols
import Testing

/// What is told of the packets that the guard stopped.
@Suite struct StoppedTests {
    private var telling = StoppedTelling()
    private static let time = UTCTime(unixSeconds: 1_767_323_045)

    private static func row(_ name: String, _ port: UInt16?, _ packets: UInt64, to: String? = nil) -> StoppedPackets {
        StoppedPackets(protocol: name, port: port, packets: packets, destination: to)
    }

    private mutating func observe(_ rows: [StoppedPackets], at seconds: Int64) -> StatusEvent? {
        telling.observe(rows, now: Instant(milliseconds: seconds * 1000), at: Self.time)
    }

    @Test mutating func whatGrewIsToldOnceInTenSeconds() throws {
        #expect(observe([Self.row("udp", 53, 100)], at: 0) == nil, "what there was before us")
        #expect(observe([Self.row("udp", 53, 100)], at: 1) == nil)
        let first = try #require(observe([Self.row("udp", 53, 180), Self.row("tcp", 18080, 30)], at: 2))
        #expect(first.kind == .stopped)
        #expect(first.sentence == "the guard stopped 110 packets: 80 DNS, 30 to port 18080")
        #expect(first.fields["packets"] == .integer(110))
        for second in Int64(3)..<12 {
            #expect(
                observe([Self.row("udp", 53, 180 + UInt64(second)), Self.row("tcp", 18080, 30)], at: second) == nil)
        }
        let second = try #require(observe([Self.row("udp", 53, 200), Self.row("tcp", 18080, 30)], at: 12))
        #expect(second.sentence == "the guard stopped 20 packets: 20 DNS")
        #expect(observe([Self.row("udp", 53, 200), Self.row("tcp", 18080, 30)], at: 60) == nil, "nothing grew")
        let anew = try #require(observe([Self.row("udp", 53, 4)], at: 70))
        #expect(anew.sentence == "the guard stopped 4 packets: 4 DNS", "it counts from nothing")
    }

    @Test func theScreenSaysWhatTheNodeTried() {
        func screen(_ rows: [StoppedPackets]) -> String {
            StatusScreen.render(
                StatusDocument(
                    version: "", state: .blocked, reason: "", uptimeSeconds: nil,
                    killSwitch: KillSwitchStatus(
                        locked: false, guardStatus: GuardStatus(state: .unproven), stopped: rows)), palette: .plain)
        }
        let rows = [
            Self.row("udp", 53, 170), Self.row("tcp", 53, 10), Self.row("tcp", 18080, 30), Self.row("udp", 1900, 4),
        ]
        #expect(screen(rows).contains("  stopped 214 packets: 180 DNS, 30 to port 18080, 4 UPnP\n"))
        #expect(!screen([]).contains("stopped"))
        let words = screen([
            Self.row("inbound", nil, 1), Self.row("tcp", 853, 1), Self.row("udp", 5351, 1), Self.row("udp", 123, 1),
            Self.row("tcp", 443, 1), Self.row("icmpv6", nil, 1), Self.row("ip-99", nil, 1), Self.row("other", nil, 1),
        ])
        for word in [
            "answers to connections from outside", "DNS over TLS", "NAT-PMP", "NTP", "web", "ICMP", "of ip-99",
            "of other kinds",
        ] {
            #expect(words.split(separator: "\n").joined(separator: " ").contains(word.split(separator: " ")[0]))
            #expect(words.filter { $0 != "\n" }.split(separator: " ").joined(separator: " ").contains(word), "\(word)")
        }
        let named = screen([Self.row("tcp", 18080, 3, to: "203.0.113.7")])
        #expect(named.contains("3 to port 18080, 203.0.113.7"))
    }

    /// The document has the key only where it names something.
    @Test func theDocumentNamesNoDestinationUnlessThereIsOne() throws {
        func encoded(_ row: StoppedPackets) -> JSONValue {
            StatusDocument(
                version: "", state: .blocked, reason: "", uptimeSeconds: nil,
                killSwitch: KillSwitchStatus(
                    locked: false, guardStatus: GuardStatus(state: .unproven), stopped: [row])
            ).encode()["kill_switch"]?["stopped"]?.asArray?.first ?? .null
        }
        #expect(encoded(Self.row("udp", 53, 1))["destination"] == nil)
        #expect(encoded(Self.row("udp", 53, 1, to: "::1"))["destination"]?.asString == "::1")
    }

    /// A scraper takes no line twice: two listeners of one name are one.
    @Test func listenersOfOneNameAreOneLine() {
        let listeners = ["127.0.0.1:18953", "[::1]:18953"].map {
            ListenerStatus(name: "node.strays", address: $0, open: 1, accepted: 2, refused: ["banned": 3], bytesUp: 4)
        }
        let text = StatusMetrics.render(
            StatusDocument(
                version: "", state: .blocked, reason: "", uptimeSeconds: nil,
                killSwitch: KillSwitchStatus(locked: false, guardStatus: GuardStatus(state: .off)),
                listeners: listeners))
        for line in [
            "listener_open{listener=\"node.strays\"} 2", "listener_accepted_total{listener=\"node.strays\"} 4",
            "listener_refused_total{listener=\"node.strays\",reason=\"banned\"} 6",
            "listener_bytes_total{listener=\"node.strays\",direction=\"up\"} 8",
        ] {
            #expect(text.contains("xmr_routed_\(line)\n"), "\(line)")
        }
        #expect(text.split(separator: "listener_open{").count == 2)
    }
}
