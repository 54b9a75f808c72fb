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
        /// Two differ: a third node can decide.
        case differ
        /// Nobody agrees with anybody.
        case disputed
    }

    let request: WalletDispatch.RequestID
    private(set) var answers: [(node: Int, answer: WalletAnswer)] = []

    init(_ request: WalletDispatch.RequestID) {
        self.request = request
    }

    /// The nodes that have answered.
    var nodes: [Int] { answers.map(\.node) }

    /// A node's answer.
    mutating func note(_ answer: WalletAnswer, from node: Int, form: WalletCall.Form) -> Verdict {
        let equal = answers.first { Self.isSame($0.answer, answer, form) }
        answers.append((node, answer))
        if let equal {
            let liar = answers.first { $0.node != node && $0.node != equal.node }
            return .agreed(equal.answer, liar: liar?.node)
        }
        switch answers.count {
        case 1: return .open
        case 2: return .differ
        default: return .disputed
        }
    }

    /// Whether two answers hold the same outputs, byte for byte. What else is in them (the status, whether the node is
    /// trusted, credits, its top block) is its own.
    static func isSame(_ one: WalletAnswer, _ other: WalletAnswer, _ form: WalletCall.Form) -> Bool {
        guard let outputs = outputs(of: one, form), let others = self.outputs(of: other, form) else { return false }
        return one.body[outputs] == other.body[others]
    }

    private static func outputs(of answer: WalletAnswer, _ form: WalletCall.Form) -> Range<Int>? {
        switch form {
        case .portableStorage: PortableStorage.rootEntry("outs", in: answer.body.span)?.value
        case .json, .jsonRPC: NodeJSON.value(of: Array("outs".utf8), in: answer.body.span)
        }
    }
}

/// Which nodes are asked for outputs, after what they answered before.
struct OutputsTrust {
    private let listener: Int
    /// Nodes that two others contradicted. They stay so while the router runs.
    private(set) var liars: [Int] = []
    private var dispute: (nodes: [Int], until: Instant)?

    init(listener: Int) {
        self.listener = listener
    }

    func isLiar(_ node: Int) -> Bool { liars.contains(node) }

    /// Two nodes agreed against this one.
    ///
    /// - Returns: a sentence for the operator; nil where that was known.
    mutating func contradicted(_ node: Int) -> String? {
        guard !liars.contains(node) else { return nil }
        liars.append(node)
        return Self.sentence(name(node))
    }

    /// Nobody could say who is right.
    mutating func disputed(_ nodes: [Int], now: Instant) {
        dispute = (nodes, now + WalletLimits.dispute)
    }

    /// Whether outputs are not asked for at all now.
    ///
    /// Two nodes differ, and nobody can tell who lies. The wallet is told that the daemon is busy, and would ask again
    /// with new decoys: the real output is in both sets. One set is shown already; so nobody is shown a second one
    /// before the operator had the time to read why. To give one of the two answers would do more harm: a wrong one
    /// makes a transaction that is refused, which shows the second set as well, or one whose decoys the liar chose.
    func isDisputed(_ now: Instant) -> Bool { dispute.map { now < $0.until } ?? false }

    /// What the operator should know.
    func threats(now: Instant) -> [String] {
        var sentences = liars.map { Self.sentence(name($0)) }
        if let dispute, now < dispute.until {
            let names = dispute.nodes.map(name).joined(separator: " and ")
            sentences.append(
                "\(names) answered differently which outputs there are, and no third node could decide who lies: "
                    + "no transaction can be made for ten minutes. Take one of them out of the file, or add a third")
        }
        return sentences
    }

    private func name(_ node: Int) -> String { "wallet.\(listener).node.\(node)" }

    private static func sentence(_ name: String) -> String {
        "\(name) lied about outputs: two other nodes answered otherwise. It is not asked for outputs any more"
    }
}
