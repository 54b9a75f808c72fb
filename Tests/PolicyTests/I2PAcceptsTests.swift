import Policy
import Protocols
import Testing

/// The connections at which our I2P service waits: always some, none for ever, and none without a session.
@Suite struct I2PAcceptsTests {
    private var now = Instant(milliseconds: 5_000)

    private func opened(_ effects: [I2PAccepts.Effect]) -> [UInt64] {
        effects.compactMap { if case .open(let id) = $0 { id } else { nil } }
    }

    /// Until as many wait as are to.
    private func filled(_ accepts: inout I2PAccepts, _ clock: inout Instant) -> [UInt64] {
        var ids = opened(accepts.start(clock))
        for id in ids { accepts.waits(id, random: id &* 7_001, now: clock) }
        while ids.count < I2PAccepts.count, let deadline = accepts.deadline {
            clock = max(clock, deadline)
            for id in opened(accepts.tick(clock)) {
                accepts.waits(id, random: id &* 7_001, now: clock)
                ids.append(id)
            }
        }
        return ids
    }

    @Test func severalWaitWhileASessionStandsAndTheyComeOneByOne() {
        var accepts = I2PAccepts()
        #expect(accepts.tick(now) == [])
        #expect(accepts.deadline == nil)
        var clock = now
        let ids = filled(&accepts, &clock)
        #expect(ids.count == I2PAccepts.count)
        #expect(accepts.waiting == I2PAccepts.count)
        #expect(clock - now == .seconds(12), "four seconds apart, or i2pd ends those before")
        #expect(Set(accepts.stop()) == Set(ids.map { .close($0) }))
        #expect(accepts.deadline == nil)
        #expect(accepts.waiting == 0)
    }

    @Test func whoeverIsTakenIsReplaced() {
        var accepts = I2PAccepts()
        var clock = now
        let ids = filled(&accepts, &clock)
        clock = clock + .seconds(5)
        let new = opened(accepts.taken(ids[0], now: clock))
        #expect(new.count == 1)
        #expect(!ids.contains(new[0]), "numbers are not used again")
        #expect(accepts.taken(ids[1], now: clock) == [], "one at a time")
        #expect(accepts.deadline == clock + .seconds(4))
    }

    @Test func whereNobodyWaitsOneDoesAtOnce() {
        var accepts = I2PAccepts()
        let first = opened(accepts.start(now))
        #expect(opened(accepts.taken(first[0], now: now)).count == 1)
    }

    @Test func aRefusedOneIsTriedAgainAfterAPause() {
        var accepts = I2PAccepts()
        let ids = opened(accepts.start(now))
        #expect(accepts.failed(ids[0], now: now) == [])
        #expect(accepts.failed(ids[0], now: now) == [], "it is gone")
        #expect(accepts.deadline == now + .seconds(1))
        #expect(opened(accepts.tick(now + .seconds(1))).count == 1)
    }

    @Test func oneThatTheBridgeDoesNotGreetIsLetGo() {
        var accepts = I2PAccepts()
        let ids = opened(accepts.start(now))
        let effects = accepts.tick(now + .seconds(10))
        #expect(effects == [.close(ids[0])])
    }

    @Test func eachIsReplacedInTimeAndTheOldEndsBeforeTheNewBegins() {
        var accepts = I2PAccepts()
        var clock = now
        var born: [UInt64: Instant] = [:]
        for id in filled(&accepts, &clock) { born[id] = clock }
        var oldest: Duration = .zero
        var last = clock
        for _ in 0..<400 {
            guard let deadline = accepts.deadline else { return #expect(Bool(false), "it would stand still") }
            clock = max(clock, deadline)
            let effects = accepts.tick(clock)
            for (index, effect) in effects.enumerated() {
                switch effect {
                case .close(let id):
                    oldest = max(oldest, clock - (born.removeValue(forKey: id) ?? clock))
                    #expect(effects[index...].contains { if case .open = $0 { true } else { false } })
                case .open(let id):
                    born[id] = clock
                    accepts.waits(id, random: id &* 7_001, now: clock)
                    last = clock
                }
            }
            #expect(accepts.waiting >= I2PAccepts.count - 1)
            #expect(clock - last <= .seconds(90))
        }
        #expect(oldest >= .seconds(60) && oldest <= .seconds(105))
    }
}
