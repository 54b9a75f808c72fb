import Protocols

/// Which nodes are asked for outputs, after what they answered before.
struct OutputsTrust {
    private let listener: Int
    /// Nodes that two others contradicted, and until when that counts.
    private var liars: [(node: Int, until: Instant)] = []
    /// Who told them differently, and who did not tell them at all.
    private var dispute: (nodes: [Int], silent: [Int], until: Instant)?

    init(listener: Int) {
        self.listener = listener
    }

    func isLiar(_ node: Int, _ now: Instant) -> Bool { liars.contains { $0.node == node && now < $0.until } }

    /// Two nodes agreed against this one.
    ///
    /// - Returns: a sentence for the operator; nil where that was known.
    mutating func contradicted(_ node: Int, now: Instant) -> String? {
        let isKnown = isLiar(node, now)
        liars.removeAll { $0.node == node || $0.until <= now }
        liars.append((node, now + WalletLimits.liar))
        return isKnown ? nil : Self.sentence(name(node))
    }

    /// What was known of a node which had another number.
    mutating func takeOver(from old: OutputsTrust, _ before: Int, as node: Int) {
        for liar in old.liars where liar.node == before && !liars.contains(where: { $0.node == node }) {
            liars.append((node, liar.until))
        }
        guard let dispute = old.dispute, (dispute.nodes + dispute.silent).contains(before) else { return }
        let until = max(dispute.until, self.dispute?.until ?? dispute.until)
        var known = self.dispute ?? ([], [], until)
        if !known.nodes.contains(node), !known.silent.contains(node) {
            if dispute.nodes.contains(before) { known.nodes.append(node) } else { known.silent.append(node) }
        }
        self.dispute = (known.nodes, known.silent, until)
    }

    /// Nobody could say who is right.
    mutating func disputed(_ nodes: [Int], silent: [Int] = [], now: Instant) {
        dispute = (nodes, silent, now + WalletLimits.dispute)
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
        var sentences = liars.filter { now < $0.until }.map { Self.sentence(name($0.node)) }
        if let dispute, now < dispute.until {
            let names = dispute.nodes.map(name).joined(separator: " and ")
            let silent = dispute.silent.map(name).joined(separator: " and ")
            let what =
                dispute.silent.isEmpty
                ? "\(names) answered differently which outputs there are, and no third node could decide who lies"
                : "\(silent) did not answer which outputs there are, and what another node answered could not be compared"
            sentences.append(
                "\(what): no transaction can be made for ten minutes. Take one of them out of the file, or add a third")
        }
        return sentences
    }

    private func name(_ node: Int) -> String { "wallet.\(listener).node.\(node)" }

    private static func sentence(_ name: String) -> String {
        "\(name) lied about outputs: two other nodes answered otherwise. It is not asked for outputs for an hour"
    }
}
