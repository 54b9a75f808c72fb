import Protocols

/// Which node is asked.
extension WalletDispatch {
    /// Whether requests may go there now.
    func isUsable(_ node: Int, _ now: Instant) -> Bool {
        isAllowed[node] && ways.isReady(node) && quorum.isGood(node, now: now)
    }

    /// Whether there is another node that requests may go to.
    func hasOther(than node: Int, _ now: Instant) -> Bool {
        places.contains { $0 != node && isUsable($0, now) }
    }

    /// Whether a request could be asked there at any time: what does not change by waiting.
    func mayEverAsk(_ node: Int, _ request: WaitingRequest, _ now: Instant) -> Bool {
        let call = request.request.call
        return isAllowed[node] && !request.barred.contains(node) && (call.role != .revealing || isTrusted[node])
            && (call.role != .outputs || !trust.isLiar(node, now)) && !isAskedOfTwin(node, request)
    }

    /// Whether it can be asked there now.
    func canAsk(_ node: Int, _ request: WaitingRequest, _ now: Instant) -> Bool {
        mayEverAsk(node, request, now) && isUsable(node, now)
            && (links.has(request.request.call.purpose, at: node) || ways.mayDial(node, now))
    }

    /// The node for a request; nil where none can be asked now.
    ///
    /// The session's first. Else one that did not fail it, is as high as what the wallet was shown, and will not be
    /// given the transaction that is made of the outputs; one after the other of these wishes is dropped.
    func node(for request: WaitingRequest, besides: Int? = nil, _ now: Instant) -> Int? {
        let isFirst = if case .request = request.errand { true } else { false }
        if isFirst, let node = session.node, canAsk(node, request, now), !request.failed.contains(node),
            !takesTransactionOf(request, node)
        {
            return node
        }
        let order = order(now).filter { $0 != besides && canAsk($0, request, now) }
        let fresh = order.filter { !request.failed.contains($0) }
        let others = fresh.filter { !takesTransactionOf(request, $0) }
        if let other = others.first(where: { isHighEnough($0, now) }) ?? others.first { return other }
        // Outputs that were shown are not shown to the transaction's node as well because the others have a pause of seconds.
        if request.isShown, request.asksForOutputs, now < request.until - WalletLimits.lastChance {
            if let again = order.first(where: { !takesTransactionOf(request, $0) }) { return again }
            if places.contains(where: { $0 != besides && isComing($0, request, now) }) { return nil }
        }
        return fresh.first ?? order.first
    }

    /// Whether a node that is not to be given the transaction can be asked for its outputs within seconds.
    private func isComing(_ node: Int, _ request: WaitingRequest, _ now: Instant) -> Bool {
        mayEverAsk(node, request, now) && !takesTransactionOf(request, node) && mayBeGivenTransactions(node, now)
            && !isLongDead(node, now)
    }

    /// Whether a node is not known to be lower than what the wallet was shown; a height that nobody else has does not count.
    func isHighEnough(_ node: Int, _ now: Instant) -> Bool {
        session.isHighEnough(node, limit: quorum.height(now: now).map { ($0, NodeQuorum.slack) })
    }

    /// When a request that no node can be asked now could be asked again; nil where waiting does not help.
    func chance(_ request: WaitingRequest, _ now: Instant) -> Instant? {
        var chance: Instant?
        for node in places
        where mayEverAsk(node, request, now) && ways.isReady(node) && quorum.trouble(of: node, now) == nil {
            let at = max(quorum.nextTry(of: node) ?? now, ways.pause(of: node) ?? now)
            if at > now { chance = min(chance ?? at, at) }
        }
        return chance
    }

    /// Sees to it that the session is at a node that can be asked, if there is one.
    mutating func settleSession(_ now: Instant) {
        if let node = session.node, canServe(node, now) { return }
        let able = order(now).filter { canServe($0, now) }
        guard let node = able.first(where: { isHighEnough($0, now) }) ?? able.first else { return }
        moveSession(to: node, now)
    }

    /// Whether the session's requests can go there now.
    func canServe(_ node: Int, _ now: Instant) -> Bool {
        isUsable(node, now) && (links.has(.sync, at: node) || ways.mayDial(node, now))
    }

    /// The session goes to this node from now on, and lets its old ones be.
    mutating func moveSession(to node: Int, _ now: Instant) {
        guard session.node != node else { return }
        session.move(to: node, now)
        for index in links.all.indices.reversed() {
            let link = links[index]
            if link.purpose == .sync, link.node != node, link.isIdle || link.isOpening { close(index, now) }
        }
    }

    /// Where a node of this machine is back: the session returns from the remote one that stood in for it, between
    /// requests, and not while a transaction is made.
    mutating func returnHome(_ now: Instant) {
        guard let node = session.node, !isOwn[node], waiting.isEmpty, !way.isWanted,
            now - session.movedAt >= WalletLimits.away,
            let home = places.first(where: { isOwn[$0] && session.heights[$0] != nil && isHighEnough($0, now) }),
            isUsable(home, now)
        else { return }
        moveSession(to: home, now)
    }

    /// With `order = "best"` a session begins at any node, since no probe has told yet how soon each answers. When all have, it
    /// goes to the quickest, once, between requests, and not while a transaction is made.
    mutating func settleAtBest(_ now: Instant) {
        guard order == .best, !session.isSettled, let node = session.node, !isOwn[node], waiting.isEmpty, held.isEmpty,
            !way.isWanted, session.heights[node] != nil, !awaitsReading(besides: nil, now)
        else { return }
        session.settle()
        let best = order(now).first { canServe($0, now) && session.heights[$0] != nil && isHighEnough($0, now) }
        if let best { moveSession(to: best, now) }
    }

    /// The nodes in the order that they are taken: nodes of this machine, then by the file or by how soon they answer.
    private func order(_ now: Instant) -> [Int] {
        guard order == .best else { return places }
        return places.sorted { one, other in
            if isOwn[one] != isOwn[other] { return isOwn[one] }
            let latencies = (quorum.latency(of: one, now: now) ?? .max, quorum.latency(of: other, now: now) ?? .max)
            return latencies.0 != latencies.1 ? latencies.0 < latencies.1 : one < other
        }
    }

    /// Whether the request is for outputs and the transaction that is made of them will go to this remote node.
    func takesTransactionOf(_ request: WaitingRequest, _ node: Int) -> Bool {
        request.asksForOutputs && !isOwn[node] && way.link?.node == node
    }

    /// Whether the request that this one is compared with goes to that node, or was answered by it.
    private func isAskedOfTwin(_ node: Int, _ request: WaitingRequest) -> Bool {
        guard !comparisons.isEmpty else { return false }
        let twin: WalletErrand
        let id: RequestID
        switch request.errand {
        case .request(let request): (twin, id) = (.check(request), request)
        case .check(let request): (twin, id) = (.request(request), request)
        case .copy, .probe: return false
        }
        if comparisons.contains(where: { $0.request == id && $0.nodes.contains(node) }) { return true }
        guard let other = waiting.first(where: { $0.errand == twin }), case .asked(let link) = other.state else {
            return false
        }
        return links.index(of: link).map { links[$0].node == node } ?? false
    }

    /// Whether there is any node that a transaction could be given.
    func hasTransactionNode(_ now: Instant) -> Bool {
        places.contains { mayBeGivenTransactions($0, now) }
    }

    /// A pause after a failure does not count here: a transaction is worth a try.
    func mayBeGivenTransactions(_ node: Int, _ now: Instant) -> Bool {
        isAllowed[node] && ways.isReady(node) && quorum.trouble(of: node, now) == nil
    }

    /// Whether a remote node saw which outputs were asked for, or will see it next.
    func isShownOutputs(_ node: Int, _ now: Instant, isBeforeOutputs: Bool) -> Bool {
        !isOwn[node] && (session.outputsShown(to: node, now) != nil || isBeforeOutputs && session.node == node)
    }

    /// Whether it failed again and again before now.
    func isLongDead(_ node: Int, _ now: Instant) -> Bool {
        quorum.nextTry(of: node).map { $0 - now > .seconds(3) } ?? false
    }
}
