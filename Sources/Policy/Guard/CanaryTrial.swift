internal import Protocols

/// The canary's side of the conversation: it dials nothing unless the guard has said `begin`, since a user whom the
/// guard does not hold would leak by it.
public struct CanaryTrial: Sendable {
    /// How long the guard may take for each of its answers. Another canary of the same user may come first.
    public static let patience: Duration = .seconds(8)

    /// What is to be done.
    public enum Effect: Hashable, Sendable {
        /// Send this line to the guard.
        case send([UInt8])
        /// Send one packet for each probe, and call `tried`.
        case dial
        /// It is over.
        case end(CanaryReport)
    }

    private enum Stage {
        case asked, dialling, tried, over
    }

    private var stage = Stage.asked
    private var buffer: [UInt8] = []
    private var user = ""
    private var passed: [CanaryProbe] = []

    /// A conversation that has not begun.
    public init() {}

    /// The guard's socket is connected.
    public func start() -> Effect {
        .send(CanaryConversation.Question.canary.line())
    }

    /// Bytes of the guard, cut anywhere.
    public mutating func receive(_ bytes: some Sequence<UInt8>) -> [Effect] {
        var effects: [Effect] = []
        for byte in bytes where stage != .over {
            buffer.append(byte)
            if byte == 0x0a {
                defer { buffer = [] }
                effects.append(contentsOf: take(buffer))
            } else if buffer.count >= CanaryConversation.longestLine {
                effects.append(fail("the guard sends lines that are too long"))
            }
        }
        return effects
    }

    /// What became of the packets.
    public mutating func tried(_ tries: [CanaryTry]) -> [Effect] {
        guard stage == .dialling else { return [] }
        stage = .tried
        passed = tries.filter { $0.outcome == .passed }.map(\.probe)
        return [.send(CanaryConversation.Question.tried(tries).line())]
    }

    /// The conversation broke off, or the guard took too long: `why`.
    public mutating func ended(_ why: String) -> [Effect] {
        stage == .over ? [] : [fail(why)]
    }

    private mutating func take(_ line: [UInt8]) -> [Effect] {
        let answer: CanaryConversation.Answer
        do throws(DocumentFailure) {
            answer = try CanaryConversation.Answer(line: line)
        } catch {
            return [fail("the guard's answer cannot be read: \(error); use one version of both")]
        }
        switch (stage, answer) {
        case (.asked, .begin(let user)):
            self.user = user
            stage = .dialling
            return [.dial]
        case (.asked, .refused(let problem)), (.tried, .refused(let problem)):
            return [end(CanaryReport(.notProven, "not proven: \(problem)"))]
        case (.tried, .verdict(let verdict)) where verdict.proven && !passed.isEmpty:
            return [fail("\(passed[0].rawValue) PASSED, whatever the guard says; use one version of both")]
        case (.tried, .verdict(let verdict)):
            let whom = "the guard holds \(user)"
            return [
                end(
                    verdict.proven
                        ? CanaryReport(.proven, "proven: \(whom): \(verdict.detail)", verdict.tries)
                        : CanaryReport(.notProven, "not proven that \(whom): \(verdict.detail)", verdict.tries))
            ]
        default: return [fail("the guard answers out of turn; use one version of both")]
        }
    }

    private mutating func fail(_ why: String) -> Effect {
        end(CanaryReport(stage == .asked ? .noGuard : .notProven, "not proven: \(why)"))
    }

    private mutating func end(_ report: CanaryReport) -> Effect {
        stage = .over
        return .end(report)
    }
}

/// How the canary ended.
public struct CanaryReport: Hashable, Sendable {
    /// In a word, and what `xmr-routed canary` exits with.
    public enum Ending: Int32, Hashable, Sendable {
        /// The guard holds this user.
        case proven = 0
        /// It does not, or nothing shows that it does.
        case notProven = 2
        /// No guard answers, so nothing was dialled.
        case noGuard = 4
    }

    /// In a word.
    public var ending: Ending
    /// In one sentence, safe on a terminal.
    public var sentence: String
    /// Each probe with its counter; empty where nothing was judged.
    public var tries: [CanaryProbed]

    /// This ending.
    public init(_ ending: Ending, _ sentence: String, _ tries: [CanaryProbed] = []) {
        self.ending = ending
        self.sentence = sentence.oneLine
        self.tries = tries
    }

    /// A line for each probe, for `--verbose`.
    public var details: [String] {
        tries.map { probed in
            let probe = probed.probe
            let way = (probe.transport == .tcp ? "TCP to " : "UDP to ") + "\(probe.endpoint)"
            return probe.rawValue.padded(to: 7) + way.padded(to: 29) + probed.outcome.rawValue.padded(to: 10)
                + "\(probed.packets) counted by the guard"
        }
    }
}
