import Policy
import Testing

/// The canary dials when the guard has begun, and not before; whatever else comes is no proof.
@Suite struct CanaryTrialTests {
    private typealias Answer = CanaryConversation.Answer
    private static let tries = CanaryProbe.allCases.map { CanaryTry($0, .failed, error: "EPERM") }
    private static let good = CanaryVerdict(
        tries: tries, rises: Dictionary(uniqueKeysWithValues: CanaryProbe.allCases.map { ($0, UInt64(1)) }))

    private func ending(_ effects: [CanaryTrial.Effect]) -> CanaryReport? {
        guard case .end(let report)? = effects.last else { return nil }
        return report
    }

    private func begun() -> CanaryTrial {
        var trial = CanaryTrial()
        #expect(trial.start() == .send(Array("{\"verb\":\"canary\"}\n".utf8)))
        #expect(trial.receive(Answer.begin(user: "monero").line()) == [.dial])
        return trial
    }

    @Test func provenInOneConversation() {
        var trial = begun()
        #expect(trial.tried(Self.tries) == [.send(CanaryConversation.Question.tried(Self.tries).line())])
        let report = ending(trial.receive(Answer.verdict(Self.good).line()))
        #expect(report?.ending == .proven)
        #expect(report?.sentence.hasPrefix("proven: the guard holds monero: the guard stopped tcp4, ") == true)
        #expect(report?.details.first == "tcp4   TCP to 192.0.2.1:18080       failed    1 counted by the guard")
    }

    @Test func cutAnywhere() {
        var trial = CanaryTrial()
        let line = Answer.begin(user: "monero").line()
        for byte in line.dropLast() { #expect(trial.receive([byte]).isEmpty) }
        #expect(trial.receive(line.suffix(1)) == [.dial])
    }

    @Test func aRefusalDialsNothing() {
        var trial = CanaryTrial()
        let report = ending(trial.receive(Answer.refused(problem: "the guard does not hold\u{1b} alice").line()))
        #expect(report == CanaryReport(.notProven, "not proven: the guard does not hold alice"))
        #expect(trial.receive(Answer.begin(user: "monero").line()).isEmpty)
        #expect(trial.tried(Self.tries).isEmpty)
    }

    @Test func theGuardsDoubtIsNotProof() {
        var trial = begun()
        _ = trial.tried(Self.tries)
        let bad = CanaryVerdict(tries: Self.tries, rises: [:])
        let report = ending(trial.receive(Answer.verdict(bad).line()))
        #expect(report?.ending == .notProven)
        #expect(report?.sentence.hasPrefix("not proven that the guard holds monero: ") == true)
    }

    @Test(arguments: [
        "", "x", "{}", #"{"kind":"begin"}"#, #"{"kind":"verdict","proven":true}"#, #"{"kind":"heartbeat"}"#,
    ])
    func nonsenseIsNoProof(_ line: String) {
        var trial = CanaryTrial()
        #expect(ending(trial.receive(Array("\(line)\n".utf8)))?.ending == .noGuard)
        var later = begun()
        _ = later.tried(Self.tries)
        #expect(ending(later.receive(Array("\(line)\n".utf8)))?.ending == .notProven)
    }

    /// A verdict before anything was tried is about somebody else's packets.
    @Test func aVerdictOutOfTurnIsNoProof() {
        var trial = CanaryTrial()
        #expect(ending(trial.receive(Answer.verdict(Self.good).line()))?.ending == .noGuard)
        var early = begun()
        #expect(ending(early.receive(Answer.verdict(Self.good).line()))?.ending == .notProven)
        var twice = begun()
        #expect(ending(twice.receive(Answer.begin(user: "monero").line()))?.ending == .notProven)
    }

    @Test func silenceAndEndlessLinesEnd() {
        var trial = begun()
        #expect(ending(trial.ended("the guard does not answer"))?.ending == .notProven)
        #expect(trial.ended("again").isEmpty)
        var flooded = CanaryTrial()
        let effects = flooded.receive(Array(repeating: 0x20, count: 20000))
        #expect(effects.count == 1 && ending(effects)?.ending == .noGuard)
    }

    @Test func bothSidesReadWhatTheOtherWrites() throws {
        for question in [CanaryConversation.Question.canary, .tried(Self.tries), .tried([])] {
            #expect(try CanaryConversation.Question(line: question.line()) == question)
        }
        for answer in [Answer.begin(user: "x"), .refused(problem: "é\n"), .verdict(Self.good)] {
            #expect(try Answer(line: answer.line()) == answer)
        }
        #expect(throws: DocumentFailure.self) {
            try CanaryConversation.Question(line: Array(#"{"verb":"tried","tries":[{"probe":"icmp"}]}"#.utf8))
        }
    }
}
