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
        if let excess = fee.excess(on: network) { return lie(.excessive(excess), from: node, now) }
        guard !nodes[node].isOwn else {
            nodes[node].held = nil
            nodes[node].toldTrouble = nil
            return .agreed
        }
        let judgement = judgement(now)
        let probed = nodes[node].isFresh(now) ? nodes[node].reading?.fee : nil
        if let probed, !fee.isNear(probed) { return lie(.twoFaced, from: node, now) }
        var fees = judgement.fees
        fees[node] = probed ?? fee
        let electorate = fees.count + judgement.awaited.count { $0 != node }
        guard fees.count > 1, let camp = NodeJudgement.feeCamp(fees, electorate: electorate, nodes) else {
            return .unchecked
        }
        if camp.isMajority {
            let trouble = NodeJudgement.trouble(of: fee, from: node, camp, fees)
            return trouble.map { lie($0, from: node, now) } ?? .agreed
        }
        guard electorate == fees.count else { return .unchecked }
        if camp.members.contains(node) { return .agreed }
        // Two against two, or one against one, and this one is not of the first's: its answer is not used. Nothing is
        // proven against it that its next probe does not show.
        return .lie(setAside(node, .disputed(.fee, with: camp.center)))
    }

    private mutating func lie(_ trouble: NodeTrouble, from node: Int, _ now: Instant) -> FeeVerdict {
        nodes[node].held = Held(trouble: trouble, isLie: !nodes[node].isOwn, until: now + Self.memory)
        judge(now)
        if nodes[node].isOwn { tell(trouble, of: node) }
        return .lie(setAside(node, trouble))
    }
}
