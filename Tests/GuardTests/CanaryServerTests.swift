import EventLoop
import Policy
import Protocols
import Testing

@testable import Guard

/// canary.sock: only a held user dials, one at a time, and the counters decide.
@Suite(.serialized) struct CanaryServerTests {
    private final class Host: CanaryServer.Guardian {
        var refusal: String?
        var reading = GuardReading(
            digest: "d", handle: 1, keeper: .us,
            counts: GuardCounts(
                counters: Dictionary(
                    uniqueKeysWithValues: CanaryProbe.allCases.map {
                        (Ruleset.canaryCounter(ThisProcess.user, $0), UInt64(7))
                    })))
        var verdicts: [CanaryVerdict] = []

        func canaryReading(of user: UInt32) -> Result<(name: String, reading: GuardReading), GuardRefusal> {
            if let refusal { return .failure(GuardRefusal(refusal)) }
            return .success(("monero", reading))
        }
        func record(_ verdict: CanaryVerdict, of user: UInt32) { verdicts.append(verdict) }

        func count(_ packets: UInt64) {
            for name in reading.counts.counters.keys { reading.counts.counters[name]? += packets }
        }
    }

    private let bench: GuardBench
    private let host = Host()
    private let server: CanaryServer

    init() throws {
        bench = try GuardBench()
        server = try CanaryServer(path: bench.path("c.sock"), guardian: host, loop: bench.loop)
    }

    private let ask = #"{"verb":"canary"}"#
    private var tried: String {
        let line = CanaryConversation.Question.tried(
            CanaryProbe.allCases.map { CanaryTry($0, .failed, error: "EPERM") }
        ).line()
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    private func answer(_ client: LineClient) -> CanaryConversation.Answer? {
        try? CanaryConversation.Answer(line: Array((client.lines.last ?? "").utf8))
    }

    @Test func whatTheCountersShowIsProvenAndTold() throws {
        let client = try bench.client("c.sock")
        client.say(ask)
        #expect(bench.run { client.lines.count == 1 })
        #expect(answer(client) == .begin(user: "monero"))
        host.count(1)
        client.say(tried)
        #expect(bench.run { client.hasEnded })
        guard case .verdict(let verdict)? = answer(client) else {
            Issue.record("\(client.lines)")
            return
        }
        #expect(verdict.proven)
        #expect(verdict.tries.allSatisfy { $0.packets == 1 })
        #expect(host.verdicts == [verdict])
    }

    @Test(arguments: [0, 2] as [UInt64]) func whatTheyDoNotShowIsNot(_ packets: UInt64) throws {
        let client = try bench.client("c.sock")
        client.say(ask)
        #expect(bench.run { client.lines.count == 1 })
        host.count(packets)
        client.say(tried)
        #expect(bench.run { client.hasEnded })
        #expect(host.verdicts.map(\.proven) == [false])
    }

    @Test func whoIsNotHeldMayNotDial() throws {
        host.refusal = "not held"
        let client = try bench.client("c.sock")
        client.say(ask)
        #expect(bench.run { client.hasEnded })
        #expect(answer(client) == .refused(problem: "not held"))
    }

    @Test func aTableThatWasReplacedMeanwhileIsNeitherProofNorFailure() throws {
        let client = try bench.client("c.sock")
        client.say(ask)
        #expect(bench.run { client.lines.count == 1 })
        host.reading.handle = 2
        client.say(tried)
        #expect(bench.run { client.hasEnded })
        guard case .refused(let why)? = answer(client) else {
            Issue.record("\(client.lines)")
            return
        }
        #expect(why.contains("again"))
        #expect(host.verdicts == [])
    }

    @Test func aSecondOneWaitsForTheFirst() throws {
        let first = try bench.client("c.sock")
        let second = try bench.client("c.sock")
        first.say(ask)
        #expect(bench.run { first.lines.count == 1 })
        second.say(ask)
        bench.pause(.milliseconds(50))
        #expect(second.lines == [])
        host.count(1)
        first.say(tried)
        #expect(bench.run { second.lines.count == 1 })
        #expect(answer(second) == .begin(user: "monero"))
        // One who goes away makes room as well.
        let third = try bench.client("c.sock")
        third.say(ask)
        bench.pause(.milliseconds(20))
        #expect(third.lines == [])
        second.stream.close()
        #expect(bench.run { third.lines.count == 1 })
        #expect(host.verdicts.count == 1)
    }

    @Test(arguments: ["tried", "twice", "nonsense", "long"]) func whatIsOutOfTurnEndsIt(_ what: String) throws {
        let client = try bench.client("c.sock")
        switch what {
        case "tried": client.say(tried)
        case "twice":
            client.say(ask)
            client.say(ask)
        case "nonsense": client.say("nonsense")
        default: client.say(String(repeating: " ", count: 9000))
        }
        #expect(bench.run { client.hasEnded })
        guard case .refused? = answer(client) else {
            Issue.record("\(client.lines)")
            return
        }
        #expect(host.verdicts == [])
        // It holds up nobody.
        let next = try bench.client("c.sock")
        next.say(ask)
        #expect(bench.run { next.lines.count == 1 })
    }

    @Test func oneUserHasFourAtTheMost() throws {
        let clients = try (0..<6).map { _ in try bench.client("c.sock") }
        #expect(bench.run { clients.filter(\.hasEnded).count == 2 })
        bench.pause(.milliseconds(20))
        #expect(clients.filter(\.hasEnded).count == 2)
    }

    @Test func whoSaysNothingIsLetGo() throws {
        let silent = try bench.client("c.sock")
        let halfway = try bench.client("c.sock")
        halfway.say(ask)
        let next = try bench.client("c.sock")
        #expect(bench.run { halfway.lines.count == 1 })
        next.say(ask)
        #expect(bench.run(for: .seconds(8)) { silent.hasEnded && halfway.hasEnded && next.lines.count == 1 })
    }
}
