import Protocols

/// What several nodes answered to one request for outputs, side by side.
///
/// A node that lies about outputs makes a transaction that no other node takes, so that the wallet builds a second one
/// and shows a second set of decoys; or it says that outputs are locked until only those are left that it knows.
struct OutputsComparison {
    enum Verdict: Hashable {
        /// Another answer is awaited.
        case open
        /// These two agree; a third one, if it was asked, does not.
        case agreed(WalletAnswer, liar: Int?)
        /// Two differ in nothing but which outputs are unlocked, as honest nodes do that are a block apart: to be asked
        /// again shortly. A third one, if it was asked, tells others than both.
        case apart(liar: Int?)
        /// Two differ: a third node can decide.
        case differ
        /// Nobody agrees with anybody.
        case disputed
    }

    let request: WalletDispatch.RequestID
    private(set) var answers: [(node: Int, answer: WalletAnswer)] = []
    /// The nodes that have told outputs, in this round or before.
    private(set) var told: [Int] = []
    /// When they are asked again; nil while they are not to be.
    private(set) var againAt: Instant?
    private var rounds = 0

    init(_ request: WalletDispatch.RequestID) {
        self.request = request
    }

    /// The nodes that have answered.
    var nodes: [Int] { answers.map(\.node) }

    /// A node's answer.
    mutating func note(_ answer: WalletAnswer, from node: Int, form: WalletCall.Form) -> Verdict {
        let before = answers
        answers.append((node, answer))
        if !told.contains(node) { told.append(node) }
        func isNear(_ one: Int, _ other: Int) -> Bool {
            Self.isSame(answers[one].answer, answers[other].answer, form, exceptLocks: true)
        }
        if let equal = before.indices.first(where: { Self.isSame(before[$0].answer, answer, form) }) {
            let liar = before.indices.first { $0 != equal && !isNear($0, equal) }
            return .agreed(before[equal].answer, liar: liar.map { before[$0].node })
        }
        switch answers.count {
        case 1: return .open
        case 2: return isNear(0, 1) ? .apart(liar: nil) : .differ
        default:
            let near = [(0, 1, 2), (0, 2, 1), (1, 2, 0)].first { isNear($0.0, $0.1) }
            guard let (one, other, third) = near else { return .disputed }
            return .apart(liar: isNear(one, third) || isNear(other, third) ? nil : answers[third].node)
        }
    }

    /// Whether it was asked more than once.
    var isAskedAgain: Bool { rounds > 0 }

    /// Whether two were asked again for long enough that a third is asked, if there is one.
    var needsThird: Bool { answers.count == 2 && rounds >= 3 }

    /// They are asked again then.
    mutating func rest(until at: Instant) { againAt = at }

    /// Another round: nobody has answered.
    mutating func again() {
        rounds += 1
        againAt = nil
        answers = []
    }

    /// Whether two answers hold the same outputs, byte for byte. What else is in them (the status, whether the node is
    /// trusted, credits, its top block) is its own.
    ///
    /// - Parameter exceptLocks: which of the outputs are unlocked makes no difference.
    static func isSame(
        _ one: WalletAnswer, _ other: WalletAnswer, _ form: WalletCall.Form, exceptLocks: Bool = false
    ) -> Bool {
        guard let outputs = outputs(of: one, form), let others = self.outputs(of: other, form) else { return false }
        guard exceptLocks else { return one.body[outputs] == other.body[others] }
        // A boolean has one byte in portable storage.
        guard form != .portableStorage || outputs.count == others.count else { return false }
        return withoutLocks(one.body[outputs], form) == withoutLocks(other.body[others], form)
    }

    private static func outputs(of answer: WalletAnswer, _ form: WalletCall.Form) -> Range<Int>? {
        switch form {
        case .portableStorage: PortableStorage.rootEntry("outs", in: answer.body.span)?.value
        case .json, .jsonRPC: NodeJSON.value(of: Array("outs".utf8), in: answer.body.span)
        }
    }

    /// The outputs with every `unlocked` taken for true.
    ///
    /// ```
    ///  portable storage:  08 "unlocked" 0b 00|01        a name with its length, the type of a boolean, its value
    ///  JSON:              "unlocked": false|true
    /// ```
    /// The rest of an output is hashes and keys, of which nobody makes one that holds these ten bytes.
    private static func withoutLocks(_ outputs: ArraySlice<UInt8>, _ form: WalletCall.Form) -> [UInt8] {
        let isJSON = form != .portableStorage
        let name = isJSON ? Array("\"unlocked\":".utf8) : [8] + Array("unlocked".utf8) + [0x0b]
        var rest = outputs
        var kept: [UInt8] = []
        while let first = rest.first {
            guard first == name[0], rest.starts(with: name) else {
                kept.append(first)
                rest.removeFirst()
                continue
            }
            kept += name
            rest.removeFirst(name.count)
            if isJSON {
                rest = rest.drop { $0 == UInt8(ascii: " ") }
                for word in ["true", "false"] where rest.starts(with: word.utf8) { rest.removeFirst(word.utf8.count) }
            } else {
                rest = rest.dropFirst()
            }
        }
        return kept
    }
}
