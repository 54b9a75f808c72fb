internal import Protocols

/// What the readings of all nodes say together, at one moment.
struct NodeJudgement: Sendable {
    /// A question on which there is no majority, and who stands where.
    struct Split: Hashable, Sendable {
        var dispute: NodeTrouble.Dispute
        /// The camp that is taken, for its place in the file.
        var taken: [Int]
        /// Who disagrees with it.
        var others: [Int]
    }

    /// The height that most agree on.
    private(set) var height: UInt64?
    /// One node's whole tuple, of those that most agree with.
    private(set) var fee: FeeTuple?
    /// What is wrong with those that are not used.
    private(set) var troubles: [Int: NodeTrouble] = [:]
    /// In what nodes of this machine differ from the majority. They are used all the same.
    private(set) var ownTroubles: [Int: NodeTrouble] = [:]
    /// Those whose trouble a majority found.
    private(set) var lasting: Set<Int> = []
    /// Those with whom another node agrees.
    private(set) var backed: Set<Int> = []
    /// On what there is no majority.
    private(set) var splits: [Split] = []
    /// Who voted.
    private(set) var voters: [Int] = []
    /// The votes on the fee: of those with whom nothing else is wrong.
    private(set) var fees: [Int: FeeTuple] = [:]
    /// Those whose votes are still waited for.
    private(set) var awaited: [Int] = []
    /// Whether what has no majority may have one soon.
    var isWaiting: Bool { !awaited.isEmpty }
    /// When a reading ages, so that this is to be worked out anew.
    private(set) var validUntil = Instant(milliseconds: .min)

    /// Other nodes are waited for so long before the first one is believed.
    static let patience: Duration = .seconds(60)

    /// Nothing is known, and not even that for any time.
    init() {}

    /// The judgement of these nodes.
    init(of nodes: [NodeQuorum.Node], on network: MoneroNetwork, wokeAt: Instant, now: Instant) {
        // A clock that went back makes readings fresh for longer, never a liar good for longer than that.
        validUntil = Instant(milliseconds: .max)
        for (index, node) in nodes.enumerated() {
            if let held = node.held, now < held.until { validUntil = min(validUntil, held.until) }
            guard node.isFresh(now), !node.isOdd(now), let reading = node.reading else { continue }
            validUntil = min(validUntil, node.readAt + NodeQuorum.freshness)
            if !reading.isSynchronized {
                if node.isOwn { ownTroubles[index] = .synchronising } else { troubles[index] = .synchronising }
            } else if !node.isLiar(now) {
                voters.append(index)
            }
        }
        if now - wokeAt < Self.patience {
            awaited = nodes.indices.filter {
                !nodes[$0].isFresh(now) && nodes[$0].failure == nil && !nodes[$0].isOdd(now)
            }
            validUntil = min(validUntil, wokeAt + Self.patience)
        }
        judgeChains(nodes)
        judgeFees(nodes, network)
        backed.subtract(troubles.keys)
    }

    private mutating func judgeChains(_ nodes: [NodeQuorum.Node]) {
        let camp = AgreeingNodes.largest(
            of: voters, electorate: voters.count + awaited.count, isOwn: { nodes[$0].isOwn }
        ) { one, other in
            nodes[one].differs(from: nodes[other]) == nil
        }
        guard let camp else { return }
        // The lower of the two in the middle: a single node moves it nowhere that the others are not.
        let heights = camp.members.compactMap { nodes[$0].reading?.height }.sorted()
        guard let middle = heights.dropFirst((heights.count - 1) / 2).first else { return }
        if camp.isMajority {
            height = middle
            for voter in voters {
                let trouble = nodes[voter].trouble(among: camp.members.filter { $0 != voter }.map { nodes[$0] }, middle)
                note(trouble, of: voter, nodes)
                if trouble == nil { backed.insert(voter) }
            }
            return
        }
        // One node alone is believed where it is this machine's, or no other can be asked.
        if !isWaiting || voters.count == 1 && nodes[camp.center].isOwn { height = middle }
        if camp.members.count > 1 { backed.formUnion(camp.members) }
        let others = voters.filter { !camp.members.contains($0) }
        guard !others.isEmpty, !isWaiting else { return }
        var disputes: Set<NodeTrouble.Dispute> = []
        for other in others {
            let dispute = nodes[other].differs(from: nodes[camp.center]) ?? .chain
            disputes.insert(dispute)
            if !nodes[other].isOwn { troubles[other] = .disputed(dispute, with: camp.center) }
        }
        let dispute = disputes.contains(.chain) ? NodeTrouble.Dispute.chain : .height
        splits.append(Split(dispute: dispute, taken: camp.members, others: others))
    }

    private mutating func judgeFees(_ nodes: [NodeQuorum.Node], _ network: MoneroNetwork) {
        for voter in voters where troubles[voter] == nil {
            guard let excess = nodes[voter].reading?.fee.excess(on: network) else {
                fees[voter] = nodes[voter].reading?.fee
                continue
            }
            if nodes[voter].isOwn {
                ownTroubles[voter] = .excessive(excess)
            } else {
                troubles[voter] = .excessive(excess)
            }
        }
        guard let camp = Self.feeCamp(fees, electorate: fees.count + awaited.count, nodes) else { return }
        if camp.isMajority {
            for (voter, tuple) in fees { note(Self.trouble(of: tuple, from: voter, camp, fees), of: voter, nodes) }
        } else if !isWaiting {
            let others = fees.keys.filter { !camp.members.contains($0) }.sorted()
            for other in others where !nodes[other].isOwn { troubles[other] = .disputed(.fee, with: camp.center) }
            if !others.isEmpty { splits.append(Split(dispute: .fee, taken: camp.members, others: others)) }
        }
        if camp.isMajority || !isWaiting { fee = Self.common(camp.members.compactMap { fees[$0] }) }
    }

    /// Who agrees on the fee.
    static func feeCamp(_ fees: [Int: FeeTuple], electorate: Int, _ nodes: [NodeQuorum.Node]) -> AgreeingNodes? {
        let voters = fees.keys.sorted()
        return AgreeingNodes.largest(of: voters, electorate: electorate, isOwn: { nodes[$0].isOwn }) { one, other in
            guard let one = fees[one], let other = fees[other] else { return false }
            return one.isNear(other)
        }
    }

    /// What is wrong with a node's fee for a majority: it is far from more than half of the others of it. Nearness to
    /// one in the middle would not do: a liar at three times the fee would make nine times the fee near.
    static func trouble(
        of tuple: FeeTuple, from node: Int, _ camp: AgreeingNodes, _ fees: [Int: FeeTuple]
    ) -> NodeTrouble? {
        let others = camp.members.filter { $0 != node }.compactMap { fees[$0] }
        guard others.count(where: { !tuple.isNear($0) }) * 2 > others.count, let most = common(others) else {
            return nil
        }
        return .fee(tuple, most: most)
    }

    /// A majority's verdict on a voter; on one of this machine it is only said.
    private mutating func note(_ trouble: NodeTrouble?, of voter: Int, _ nodes: [NodeQuorum.Node]) {
        guard let trouble else { return }
        guard !nodes[voter].isOwn else { return ownTroubles[voter] = trouble }
        troubles[voter] = trouble
        lasting.insert(voter)
    }

    /// The tuple that more than half say, else the one in the middle by its base fee: always a whole one.
    private static func common(_ tuples: [FeeTuple]) -> FeeTuple? {
        let said = tuples.first { tuple in tuples.count { $0 == tuple } * 2 > tuples.count }
        // Sorting is by the fee alone; of the same fee the first of the file stays first.
        return said ?? tuples.sorted { $0.fee < $1.fee }.dropFirst((tuples.count - 1) / 2).first
    }
}

extension NodeQuorum.Node {
    /// In what two nodes contradict each other; nil where they do not, or cannot be compared.
    fileprivate func differs(from other: NodeQuorum.Node) -> NodeTrouble.Dispute? {
        if hasSameHash(as: other) == false { return .chain }
        guard let one = reading?.height, let two = other.reading?.height else { return nil }
        return max(one, two) - min(one, two) > NodeQuorum.slack ? .height : nil
    }

    /// Whether both have one hash at the highest block that both were asked for; nil where there is none. A hash
    /// stands for all blocks under it, so that lower ones need not be compared.
    private func hasSameHash(as other: NodeQuorum.Node) -> Bool? {
        for (height, hash) in hashes.reversed() {
            if let match = other.hashes.last(where: { $0.height == height }) { return match.hash == hash }
        }
        return nil
    }

    /// What is wrong with it for the others of a majority, whose height in the middle this is.
    fileprivate func trouble(among others: [NodeQuorum.Node], _ middle: UInt64) -> NodeTrouble? {
        let matches = others.compactMap { hasSameHash(as: $0) }
        if matches.count(where: { !$0 }) * 2 > matches.count { return .forked }
        guard let height = reading?.height else { return nil }
        if height < middle, middle - height > NodeQuorum.slack { return .behind(middle - height) }
        if height > middle, height - middle > NodeQuorum.slack { return .ahead(height - middle) }
        return nil
    }
}
