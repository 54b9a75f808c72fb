public import Protocols

/// What a node's answer to a wallet's get_fee_estimate is, against what the probes read.
public enum FeeVerdict: Hashable, Sendable {
    /// Most nodes say so, or the node is this machine's own.
    case agreed
    /// There is nothing to compare it with. It is under every limit.
    case unchecked
    /// The wallet must not get it: one sentence with the node's name. It is told as a change, too.
    case lie(String)
}

extension NodeQuorum {
    /// Judges what a node answers to a wallet. One that lies is set aside for an hour, whatever it tells probes
    /// meanwhile; of a node of this machine only the answer is refused, and only for what is over every limit.
    public mutating func verdict(on fee: FeeTuple, from node: Int, now: Instant) -> FeeVerdict {
        guard nodes.indices.contains(node) else { return .unchecked }
        if let excess = fee.excess { return lie(.excessive(excess), from: node, now) }
        guard !nodes[node].isOwn else {
            nodes[node].held = nil
            return .agreed
        }
        let judgement = judgement(now)
        var tuples = judgement.feeVoters.reduce(into: [:]) { $0[$1] = nodes[$1].reading?.fee }
        let probed = nodes[node].isFresh(now) ? nodes[node].reading?.fee : nil
        if let probed, !fee.isNear(probed) { return lie(.twoFaced, from: node, now) }
        tuples[node] = probed ?? fee
        guard tuples.count > 1, let camp = NodeJudgement.feeCamp(tuples, nodes), let most = tuples[camp.center] else {
            return .unchecked
        }
        if fee.isNear(most) { return camp.isMajority || !judgement.isWaiting ? .agreed : .unchecked }
        if camp.isMajority { return lie(.fee(fee, most: most), from: node, now) }
        guard !judgement.isWaiting else { return .unchecked }
        // Two against two, or one against one, and this one is not of the first's: its answer is not used. Nothing is
        // proven against it that its next probe does not show.
        return .lie(setAside(node, .disputed(.fee, with: camp.center)))
    }

    private mutating func lie(_ trouble: NodeTrouble, from node: Int, _ now: Instant) -> FeeVerdict {
        nodes[node].held = Held(trouble: trouble, isLie: !nodes[node].isOwn, until: now + Self.memory)
        judge(now)
        return .lie(setAside(node, trouble))
    }
}
