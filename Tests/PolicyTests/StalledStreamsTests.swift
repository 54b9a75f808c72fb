import Policy
import Protocols
import Testing

/// When a silent stream is cut, and when not.
@Suite struct StalledStreamsTests {
    typealias Limits = StalledStreams.Limits

    /// Looks each second, as the driver does.
    struct Run {
        var machine = StalledStreams()
        var now = Instant(milliseconds: 5_000_000)
        var random = SeededGenerator(seed: 1)
        /// Who waits and is silent, by number; who waits and is not.
        var silent: [UInt64] = []
        var flowing: [UInt64] = []
        /// Of the further streams of an egress, those that nobody waits on.
        var heard: Set<UInt32> = []
        var egressOf: (UInt64) -> UInt32 = { _ in 1 }

        /// - Returns: who was cut, in their order, and after how many seconds each; and how often the limit was told.
        mutating func run(
            seconds: Int, step: Duration = .seconds(1)
        ) -> (cut: [UInt64], after: [Int], limits: Int) {
            var cut: [UInt64] = []
            var after: [Int] = []
            var limits = 0
            for second in 1...seconds {
                now = now + step
                let outcome = machine.look(
                    at: silent.map { StalledStreams.Stream(number: $0, egress: egressOf($0), isSilent: true) }
                        + flowing.map { StalledStreams.Stream(number: $0, egress: egressOf($0), isSilent: false) },
                    heard: heard.union(flowing.map(egressOf)), now: now, random: &random)
                cut += outcome.cut
                after += outcome.cut.map { _ in second }
                limits += outcome.reachedLimit ? 1 : 0
                silent.removeAll(where: outcome.cut.contains)
            }
            return (cut, after, limits)
        }
    }

    @Test func aSilentStreamIsCutAndTheOthersStay() {
        var run = Run()
        run.silent = [7]
        run.flowing = [1, 2, 3]
        let (cut, after, _) = run.run(seconds: 60)
        #expect(cut == [7])
        #expect((13...20).contains(after.first ?? 0), "\(after)")
    }

    /// Whoever is answered a little in each 11 s is never cut, however slow he is beside others.
    @Test func aSlowStreamIsNeverCut() {
        var run = Run()
        for round in 0..<200 {
            (run.silent, run.flowing) = ([7], [1])
            let (cut, _, _) = run.run(seconds: 11)
            #expect(cut.isEmpty, "round \(round)")
            (run.silent, run.flowing) = ([], [1, 7])
            _ = run.run(seconds: 1)
        }
    }

    @Test func whoeverIsAnsweredBeginsAnew() {
        var run = Run()
        (run.silent, run.flowing) = ([7], [1])
        #expect(run.run(seconds: 12).cut.isEmpty)
        run.silent = []
        _ = run.run(seconds: 1)
        run.silent = [7]
        let (cut, after, _) = run.run(seconds: 40)
        #expect(cut == [7] && after[0] >= 13)
    }

    /// A router that was stopped for a minute, or a machine that slept, has heard nothing of what came meanwhile.
    @Test func timeInWhichNobodyLookedCountsForLittle() {
        var run = Run()
        (run.silent, run.flowing) = ([7], [1])
        _ = run.run(seconds: 2)
        #expect(run.run(seconds: 1, step: .seconds(3600)).cut.isEmpty)
        #expect(run.run(seconds: 1, step: .seconds(-50)).cut.isEmpty)
        #expect(run.run(seconds: 7).cut.isEmpty)
    }

    @Test func whatWasMeasuredEndsWithARest() {
        var run = Run()
        (run.silent, run.flowing) = ([7], [1])
        _ = run.run(seconds: 12)
        run.machine.rest()
        let (cut, after, _) = run.run(seconds: 40)
        #expect(cut == [7] && after[0] >= 13)
    }

    @Test func noTwoAreCutAfterTheSameTimeByRule() {
        var times: Set<Int> = []
        for seed in 0..<60 as Range<UInt64> {
            var run = Run()
            run.random = SeededGenerator(seed: seed)
            (run.silent, run.flowing) = ([7], [1])
            times.formUnion(run.run(seconds: 40).after)
        }
        #expect(times.count >= 5 && times.isSubset(of: Set(13...20)), "\(times.sorted())")
    }

    @Test func theCapHoldsInAnyHourAndIsToldOnceInEach() {
        var run = Run()
        run.flowing = [1]
        run.silent = Array(100..<140)
        let first = run.run(seconds: 3500)
        #expect(first.cut.count == Limits.cuts)
        #expect(first.limits == 1)
        let second = run.run(seconds: 3500)
        #expect(second.cut.count == Limits.cuts)
        #expect(second.limits == 1)
    }

    /// All streams silent at once: the line or the guard, and not a circuit each. One is tried.
    @Test func whereNothingComesAtAllOneIsTried() {
        var run = Run()
        run.silent = [1, 2, 3, 4, 5]
        let (cut, _, limits) = run.run(seconds: 600)
        #expect(cut.count == 1)
        #expect(limits == 0)
        run.heard = [1]
        #expect(
            Set(run.run(seconds: 30).cut + cut) == [1, 2, 3, 4, 5], "as soon as something comes, the others follow")
    }

    @Test func aSingleStreamIsCutThoughNothingElseComes() {
        var run = Run()
        run.silent = [1]
        #expect(run.run(seconds: 30).cut == [1])
    }

    @Test func eachEgressIsJudgedAlone() {
        var run = Run()
        run.egressOf = { $0 < 10 ? 1 : 2 }
        run.silent = [1, 2, 11, 12]
        run.flowing = [13]
        let (cut, _, _) = run.run(seconds: 60)
        #expect(cut.filter { $0 < 10 }.count == 1)
        #expect(Set(cut.filter { $0 > 10 }) == [11, 12])
    }

    /// Random lives of many streams: none is cut that was not silent for as long as it must be, and never too many.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func nobodyIsCutWithoutTheWholeSilence(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var machine = StalledStreams()
        var now = Instant(milliseconds: 0)
        var silentSince: [UInt64: Instant] = [:]
        var cuts: [Instant] = []
        for _ in 0..<4000 {
            now = now + .milliseconds(Int64.random(in: 900...1500, using: &random))
            var streams: [StalledStreams.Stream] = []
            var heard: Set<UInt32> = []
            for number in 0..<6 as Range<UInt64> where Int.random(in: 0..<50, using: &random) > 0 {
                let egress = UInt32(number % 2)
                let isSilent = Int.random(in: 0..<20, using: &random) > 0
                if !isSilent { heard.insert(egress) }
                streams.append(StalledStreams.Stream(number: number, egress: egress, isSilent: isSilent))
            }
            let silent = Set(streams.filter(\.isSilent).map(\.number))
            silentSince = silentSince.filter { silent.contains($0.key) }
            for number in silent where silentSince[number] == nil { silentSince[number] = now }
            let outcome = machine.look(at: streams, heard: heard, now: now, random: &random)
            for number in outcome.cut {
                #expect(silentSince[number].map { now - $0 >= Limits.patience } == true)
                silentSince[number] = nil
                cuts.append(now)
            }
            cuts.removeAll { $0 + Limits.window <= now }
            #expect(cuts.count <= Limits.cuts)
        }
    }
}
