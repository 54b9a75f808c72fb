import Policy
import Protocols
import Testing

/// The connections at which our I2P service waits: always some, none for ever, and none without a session.
@Suite struct I2PAcceptsTests {
    private var now = Instant(milliseconds: 5_000)

    private func opened(_ effects: [I2PAccepts.Effect]) -> [UInt64] {
        effects.compactMap { if case .open(let id) = $0 { id } else { nil } }
    }

    @Test func severalWaitWhileASessionStands() {
        var accepts = I2PAccepts()
        #expect(accepts.tick(now) == [])
        #expect(accepts.deadline == nil)
        let ids = opened(accepts.start(now))
        #expect(ids.count == I2PAccepts.count)
        for id in ids { #expect(accepts.waits(id, random: 0, now: now) == []) }
        #expect(accepts.waiting == I2PAccepts.count)
        #expect(Set(accepts.stop()) == Set(ids.map { .close($0) }))
        #expect(accepts.deadline == nil)
        #expect(accepts.waiting == 0)
    }

    @Test func whoeverIsTakenIsReplacedAtOnce() {
        var accepts = I2PAccepts()
        let ids = opened(accepts.start(now))
        for id in ids { _ = accepts.waits(id, random: 0, now: now) }
        let new = accepts.taken(ids[0], now: now)
        #expect(opened(new).count == 1 && new.count == 1)
        #expect(!ids.contains(opened(new)[0]), "numbers are not used again")
    }

    @Test func aRefusedOneIsTriedAgainAfterAPause() {
        var accepts = I2PAccepts()
        let ids = opened(accepts.start(now))
        #expect(accepts.failed(ids[0], now: now) == [])
        #expect(accepts.failed(ids[0], now: now) == [], "it is gone")
        #expect(accepts.deadline == now + .seconds(1))
        #expect(opened(accepts.tick(now + .seconds(1))).count == 1)
    }

    @Test func oneThatTheBridgeDoesNotAnswerIsLetGo() {
        var accepts = I2PAccepts()
        let ids = opened(accepts.start(now))
        let later = now + .seconds(10)
        #expect(accepts.tick(later) == ids.map { .close($0) })
        #expect(opened(accepts.tick(later + .seconds(1))).count == I2PAccepts.count)
    }

    @Test func eachIsReplacedInTimeAndAsManyWaitAsEver() {
        var accepts = I2PAccepts()
        var clock = now
        var born: [UInt64: Instant] = [:]
        for id in opened(accepts.start(clock)) {
            _ = accepts.waits(id, random: id &* 7_001, now: clock)
            born[id] = clock
        }
        var oldest: Duration = .zero
        for _ in 0..<400 {
            guard let deadline = accepts.deadline else { return #expect(Bool(false), "it would stand still") }
            clock = max(clock, deadline)
            for effect in accepts.tick(clock) {
                guard case .open(let id) = effect else { continue }
                born[id] = clock
                for effect in accepts.waits(id, random: id &* 7_001, now: clock) {
                    guard case .close(let old) = effect, let since = born.removeValue(forKey: old) else { continue }
                    oldest = max(oldest, clock - since)
                }
            }
            #expect(accepts.waiting >= I2PAccepts.count)
            #expect(born.count <= I2PAccepts.count + 1)
        }
        #expect(oldest >= .seconds(60) && oldest <= .seconds(120))
    }
}
