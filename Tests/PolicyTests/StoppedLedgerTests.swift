import Policy
import Protocols
import Testing

/// What a user tried, over all the tables that there were.
@Suite struct StoppedLedgerTests {
    private func element(
        _ transport: UInt8, _ port: UInt16? = nil, _ destination: IPAddress? = nil
    ) -> GuardCounts.Element {
        GuardCounts.Element(transport: transport, port: port, destination: destination)
    }

    private func rows(_ ledger: StoppedLedger) -> [String] {
        ledger.rows.map {
            "\($0.protocol) \($0.port.map { "\($0)" } ?? "-") \($0.packets)" + ($0.destination.map { " \($0)" } ?? "")
        }
    }

    @Test func everyCounterOfTheUserIsARowAndNoOthers() {
        var ledger = StoppedLedger(user: 107)
        ledger.observe(
            GuardCounts(
                counters: [
                    "inbound_107": 3, "rest_107": 2, "inbound_108": 9, "canary_107_tcp4": 5, "router_stopped": 8,
                ],
                sets: [
                    "stopped_107": [element(17, 53): 180, element(6, 18080): 30], "other_107": [element(1): 4],
                    "stopped_108": [element(17, 53): 1],
                ]))
        #expect(rows(ledger) == ["udp 53 180", "tcp 18080 30", "icmp - 4", "inbound - 3", "other - 2"])
    }

    @Test func totalsOutliveTheTable() {
        var ledger = StoppedLedger(user: 107)
        ledger.observe(GuardCounts(counters: ["rest_107": 2], sets: ["stopped_107": [element(17, 53): 5]]))
        ledger.tableIsGone()
        #expect(rows(ledger) == ["udp 53 5", "other - 2"])
        ledger.observe(GuardCounts(counters: ["rest_107": 0], sets: ["stopped_107": [element(17, 53): 7]]))
        #expect(rows(ledger) == ["udp 53 12", "other - 2"])
        ledger.observe(GuardCounts(counters: ["rest_107": 1], sets: ["stopped_107": [element(17, 53): 8]]))
        #expect(rows(ledger) == ["udp 53 13", "other - 3"])
    }

    @Test func countersThatSomebodyResetsLoseNothing() {
        var ledger = StoppedLedger(user: 107)
        ledger.observe(GuardCounts(counters: ["rest_107": 20], sets: ["stopped_107": [element(6, 80): 5]]))
        ledger.observe(GuardCounts(counters: ["rest_107": 1]))
        #expect(rows(ledger) == ["other - 21", "tcp 80 5"])
    }

    @Test func aPacketIsToldOnceWithItsDestinationWhereThatIsKnown() throws {
        let place = try #require(IPAddress("203.0.113.7"))
        var ledger = StoppedLedger(user: 107)
        ledger.observe(
            GuardCounts(sets: [
                "stopped_107": [element(6, 18080): 10], "stopped4_107": [element(6, 18080, place): 8],
            ]))
        #expect(rows(ledger) == ["tcp 18080 8 203.0.113.7", "tcp 18080 2"])
        ledger.observe(
            GuardCounts(sets: [
                "stopped_107": [element(6, 18080): 10], "stopped4_107": [element(6, 18080, place): 10],
            ]))
        #expect(rows(ledger) == ["tcp 18080 10 203.0.113.7"])
    }

    @Test func manyPortsAreToldTogetherAndNoPacketIsLost() {
        var ledger = StoppedLedger(user: 107)
        var sum: UInt64 = 0
        for round in 0..<8 {
            var set: [GuardCounts.Element: UInt64] = [:]
            for port in 0..<1024 { set[element(17, UInt16(round * 1024 + port))] = UInt64(port + 1) }
            sum += set.values.reduce(0, +)
            ledger.observe(GuardCounts(sets: ["stopped_107": set]))
            ledger.tableIsGone()
        }
        #expect(ledger.rows.count == 64)
        #expect(ledger.rows.reduce(0) { $0 + $1.packets } == sum)
    }
}
