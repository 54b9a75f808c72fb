public import Protocols

extension NodeQuorum {
    /// Every node as the status shows it: without its address.
    public func statuses(now: Instant) -> [WalletNodeStatus] {
        nodes.indices.map { index in
            let node = nodes[index]
            let reading = node.isFresh(now) ? node.reading : nil
            return WalletNodeStatus(
                name: name(index), kind: node.kind, state: readiness(of: index, now), height: reading?.height,
                latencyMilliseconds: reading?.latencyMilliseconds)
        }
    }

    private func readiness(of index: Int, _ now: Instant) -> Readiness {
        let node = nodes[index]
        if let failure = node.failure { return failure.answers ? .failing : .down }
        if node.isOdd(now) || trouble(of: index, now) != nil { return .failing }
        guard node.isFresh(now) else {
            // What an idle wallet's nodes do is not known: nobody asks them.
            return node.answeredAt.map { now - $0 < Self.freshness } == true ? .ready : .starting
        }
        return node.reading?.isSynchronized == false ? .failing : .ready
    }

    /// What an operator must know of these nodes, each in one sentence with their names, in the same order each time.
    public func threats(now: Instant) -> [String] {
        let judgement = judgement(now)
        var threats: [String] = []
        if nodes.count == 1, nodes.first?.isOwn == false {
            threats.append(
                "wallet.\(listener) has one node that nobody checks: name a second and a third [[wallet.node]], or "
                    + "one of your own")
        } else if let lone = judgement.voters.first, judgement.voters.count == 1, !judgement.isWaiting,
            !nodes[lone].isOwn
        {
            threats.append(
                "\(name(lone)) is the only node of wallet.\(listener) that counts now, and nobody checks what it says")
        }
        for split in judgement.splits {
            threats.append(
                "\(list(split.taken)) \(split.taken.count == 1 ? "disagrees" : "disagree") with \(list(split.others)) "
                    + "about \(split.dispute.rawValue), and there is no majority: the first in the file is used; a "
                    + "further node, or one of your own, would tell")
        }
        for index in nodes.indices {
            if let trouble = trouble(of: index, now) {
                if case .disputed = trouble { continue }
                threats.append(setAside(index, trouble))
            } else if let trouble = ownTrouble(of: index, judgement, now) {
                threats.append("\(name(index)) is this machine's own and is used, but \(trouble.sentence(name))")
            }
        }
        return threats
    }

    private func ownTrouble(of index: Int, _ judgement: NodeJudgement, _ now: Instant) -> NodeTrouble? {
        guard nodes[index].isOwn else { return nil }
        if let oddity = nodes[index].oddity, now < oddity.until { return .odd(oddity.sentence) }
        if let held = nodes[index].held, now < held.until { return held.trouble }
        return judgement.ownTroubles[index]
    }

    /// "wallet.0.node.1 is set aside: it is on another chain"; of a node of this machine, what is not used.
    func setAside(_ index: Int, _ trouble: NodeTrouble) -> String {
        let what = nodes[index].isOwn ? "gave an answer that is not used" : "is set aside"
        return "\(name(index)) \(what): \(trouble.sentence(name))"
    }

    func failureSentence(of index: Int, _ failure: Failure) -> String {
        "\(name(index)) \(failure.answers ? "does not answer as a node does" : "does not answer"): \(failure.sentence)"
    }

    private func list(_ indices: [Int]) -> String {
        let names = indices.map(name)
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension NodeQuorum {
    /// Events that nobody takes are not kept without end.
    private static let keptChanges = 64

    private mutating func tell(_ sentence: String, of node: Int) {
        if changes.count < Self.keptChanges { changes.append(Change(node: node, sentence: sentence)) }
    }

    /// Tells that a node fails: at most once a minute, and not again before its recovery was told, nor where it is
    /// told that the node is set aside for it.
    mutating func tellFailure(of node: Int, _ now: Instant) {
        guard let failure = nodes[node].failure, !nodes[node].isToldFailing,
            nodes[node].isOwn || !nodes[node].isOdd(now)
        else { return }
        if let told = nodes[node].toldAt, now - told < .seconds(60) { return }
        nodes[node].isToldFailing = true
        nodes[node].toldAt = now
        tell(failureSentence(of: node, failure), of: node)
    }

    /// Tells that it answers again, where the failure was told: not because it answers a wallet, while its probe is odd.
    mutating func tellRecovery(of node: Int, _ now: Instant) {
        guard nodes[node].isToldFailing, !nodes[node].isOdd(now) else { return }
        nodes[node].isToldFailing = false
        tell("\(name(node)) answers again", of: node)
    }

    /// Tells that it is set aside or good again. That the readings against it have aged acquits nobody.
    mutating func tellTrouble(of node: Int, _ now: Instant) {
        let trouble = trouble(of: node, now)
        if let trouble { return tell(trouble, of: node) }
        guard nodes[node].toldTrouble != nil, nodes[node].isFresh(now) else { return }
        nodes[node].toldTrouble = nil
        tell("\(name(node)) is good again", of: node)
    }

    /// Tells a trouble once, until it ends or becomes one of another kind.
    mutating func tell(_ trouble: NodeTrouble, of node: Int) {
        guard trouble.kind != nodes[node].toldTrouble else { return }
        nodes[node].toldTrouble = trouble.kind
        tell(setAside(node, trouble), of: node)
    }
}
