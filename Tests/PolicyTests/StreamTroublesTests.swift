import Policy
import Protocols
import Testing

/// What is kept of the answers of exits and onion services, and what is said of it.
@Suite struct StreamTroublesTests {
    private let start = Instant(milliseconds: 5_000_000)

    @Test func nothingHappened() {
        #expect(StreamTroubles().sentence(now: start) == nil)
    }

    @Test func theMostFrequentComesFirst() {
        var troubles = StreamTroubles()
        for _ in 0..<3 { troubles.record(.onionNotFound, port: 18080, now: start) }
        for _ in 0..<12 { troubles.record(.exitRefused, port: 18080, now: start) }
        troubles.record(.exitRefused, port: 4444, now: start)
        troubles.record(.onionUnreachable, port: 18080, now: start)
        #expect(
            troubles.sentence(now: start)
                == "in the last 10 minutes exits refused port 18080 12 times, onion services were not found 3 times, "
                + "exits refused an uncommon port once, onion services did not answer once")
        #expect(troubles.totals == [.exitRefused: 13, .onionNotFound: 3, .onionUnreachable: 1])
    }

    /// Most peers of a network of peers are gone: that is counted, and not worth a word.
    @Test func ordinaryFailuresAreCountedAlone() {
        var troubles = StreamTroubles()
        for refusal in [Refusal.timeout, .connectionRefused, .unreachable] {
            troubles.record(refusal, port: 1, now: start)
        }
        #expect(troubles.sentence(now: start) == nil)
        #expect(troubles.totals.count == 3)
    }

    /// The router's own refusals say nothing of an egress.
    @Test func ourOwnRefusalsAreNotKept() {
        var troubles = StreamTroubles()
        for refusal in [Refusal.locked, .banned, .notLevin, .clientGone, .egressNotReady, .circuitLimit] {
            troubles.record(refusal, port: 18080, now: start)
        }
        #expect(troubles == StreamTroubles())
    }

    @Test func tenMinutesAreKept() {
        var troubles = StreamTroubles()
        troubles.record(.exitRefused, port: 18080, now: start)
        for minute in 1..<20 as Range<Int64> {
            let now = start + .seconds(60 * minute)
            #expect((troubles.sentence(now: now) == nil) == (minute >= 10), "\(minute)")
        }
        // A clock that a machine's sleep has moved far, and one that is back.
        troubles.record(.onionAuth, port: 1, now: start + .seconds(86_400))
        #expect(
            troubles.sentence(now: start + .seconds(86_400))
                == "in the last 10 minutes onion services asked for a key once")
        #expect(troubles.totals == [.exitRefused: 1, .onionAuth: 1])
    }

    /// Whoever fills a node's peer list chooses its ports.
    @Test func itDoesNotGrow() {
        var troubles = StreamTroubles()
        for port in 0..<20_000 {
            troubles.record(.exitRefused, port: UInt16(port), now: start + .seconds(Int64(port)))
        }
        #expect((troubles.sentence(now: start + .seconds(20_000)) ?? "").utf8.count < 300)
        #expect("\(troubles)".utf8.count < 20_000)
    }

    @Test func portsThatCouldNameAPeerAreNotNamed() {
        #expect(SharedPort.sentence([]) == "")
        #expect(SharedPort.sentence([SharedPort(18080)]) == "port 18080")
        #expect(SharedPort.sentence([SharedPort(18080), SharedPort(80)]) == "ports 80 and 18080")
        #expect(
            SharedPort.sentence([SharedPort(28080), SharedPort(80), SharedPort(18080), SharedPort(48123)])
                == "ports 80, 18080 and 28080 and uncommon ones")
        #expect(SharedPort.sentence([SharedPort(48123)]) == "an uncommon port")
    }

    /// Each reason has words of its own, and none says more than why.
    @Test(arguments: Refusal.allCases)
    func everyRefusalHasASentence(refusal: Refusal) {
        let sentence = refusal.sentence()
        #expect(sentence.split(separator: " ").count >= 3 && sentence.utf8.count < 80 && !sentence.hasSuffix("."))
        #expect(Refusal.allCases.filter { $0.sentence() == sentence } == [refusal])
    }
}
