import Policy
import Protocols
import Testing

/// When a proxy counts as proven, and how soon after its return.
@Suite struct ProxyReadinessTests {
    private static let start = Instant(milliseconds: 50_000)

    /// The machine as an object: `#expect` calls nothing that mutates a value.
    @dynamicMemberLookup private final class Probed {
        private var machine = ProxyReadiness(what: "the proxy at p")

        subscript<Value>(dynamicMember path: KeyPath<ProxyReadiness, Value>) -> Value { machine[keyPath: path] }

        func tick(_ now: Instant) -> Bool { machine.tick(now) }
        func probeSucceeded(_ now: Instant) { machine.probeSucceeded(now) }
        func probeFailed(_ sentence: String, reached: Bool, now: Instant) {
            machine.probeFailed(sentence, reached: reached, now: now)
        }
        func dialFailed(_ now: Instant) { machine.dialFailed(now) }
    }

    private func ready(_ now: Instant = start) -> Probed {
        let machine = Probed()
        _ = machine.tick(now)
        machine.probeSucceeded(now)
        return machine
    }

    @Test func nothingIsProvenBeforeTheFirstHandshake() {
        let machine = Probed()
        #expect(machine.readiness == EgressReadiness(.starting, "asking the proxy at p"))
        #expect(!machine.readiness.isReady)
        #expect(machine.deadline.map { $0 <= Self.start } == true, "the first probe is due at once")
        #expect(machine.tick(Self.start))
        #expect(!machine.tick(Self.start), "one probe at a time")
        #expect(machine.deadline == nil)
        #expect(!machine.readiness.isReady)
        machine.probeSucceeded(Self.start)
        #expect(machine.readiness == EgressReadiness(.ready, "the proxy at p answers"))
    }

    @Test func aGoodProxyIsAskedAgainEachTenSeconds() {
        let machine = ready()
        #expect(machine.deadline == Self.start + .seconds(10))
        #expect(!machine.tick(Self.start + .milliseconds(9999)))
        #expect(machine.tick(Self.start + .seconds(10)))
        #expect(machine.readiness.isReady, "it is good until a probe says otherwise")
    }

    @Test(arguments: [true, false])
    func aFailedProbeIsToldAtOnce(_ reached: Bool) {
        let machine = ready()
        _ = machine.tick(Self.start + .seconds(10))
        machine.probeFailed("the proxy refused our credentials", reached: reached, now: Self.start + .seconds(11))
        #expect(
            machine.readiness == EgressReadiness(reached ? .failing : .down, "the proxy refused our credentials"))
    }

    @Test func pausesGrowToFiveSecondsAndBeginAnewAfterSuccess() {
        let machine = Probed()
        var now = Self.start
        var pauses: [Int64] = []
        for _ in 0..<9 {
            #expect(machine.tick(now))
            machine.probeFailed("no", reached: false, now: now)
            guard let next = machine.deadline else {
                Issue.record("no next probe")
                return
            }
            pauses.append((next - now).milliseconds)
            #expect(!machine.tick(Instant(milliseconds: next.milliseconds - 1)))
            now = next
        }
        #expect(pauses == [250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000])
        #expect(machine.tick(now))
        machine.probeSucceeded(now)
        now = now + .seconds(10)
        #expect(machine.tick(now))
        machine.probeFailed("no", reached: false, now: now)
        #expect(machine.deadline == now + .milliseconds(250))
    }

    /// However long it was away, however it fails (a refused connect at once, a hanging handshake after the whole
    /// time a probe may take) and whenever it returns.
    @Test(arguments: [0, 1, 2500, 5000] as [Int64])
    func readyWithinTwentySecondsOfItsReturn(_ failsAfter: Int64) {
        for away in stride(from: Int64(0), through: 120_000, by: 777) {
            let machine = ready()
            let back = Self.start + .milliseconds(away)
            var now = Self.start
            while true {
                guard let due = machine.deadline else {
                    Issue.record("a probe was never ended")
                    return
                }
                now = max(now, due)
                #expect(machine.tick(now))
                // A handshake that began before the return fails, though it be back by its end.
                if now >= back {
                    now = now + .milliseconds(200)
                    machine.probeSucceeded(now)
                    break
                }
                now = now + .milliseconds(failsAfter)
                machine.probeFailed("no", reached: failsAfter > 0, now: now)
            }
            #expect(machine.readiness.isReady)
            #expect(now - back <= .seconds(20), "away \(away) ms, ready after \(now - back)")
        }
    }

    @Test func aDialThatFailsAsksAtOnceWhereTheProxyWasGood() {
        let machine = ready()
        let now = Self.start + .seconds(3)
        machine.dialFailed(now)
        #expect(machine.deadline == now)
        #expect(machine.readiness.isReady, "one stream's failure proves nothing: the probe does")
        #expect(machine.tick(now))
        machine.dialFailed(now)
        #expect(machine.deadline == nil, "a probe that runs is not begun anew")
        machine.probeFailed("no", reached: false, now: now)
        let next = machine.deadline
        machine.dialFailed(now)
        #expect(machine.deadline == next, "failing dials do not undo the pauses")
    }
}
