public import Protocols

/// What the rest of the router says: whether anything may pass, and which ways there are.
extension WalletDispatch {
    /// Why nothing may pass at all (the lock, the guard); nil when it may.
    ///
    /// At a refusal all ends at once: links, requests and transactions alike.
    public mutating func stand(_ refusal: Refusal?, now: Instant) -> [Effect] {
        self.refusal = refusal
        guard let refusal else {
            pump(now)
            return take()
        }
        finishTest(refusal.sentence())
        for request in waiting {
            guard case .request(let id) = request.errand else { continue }
            if case .forwarding = request.state {
                effects.append(.breakOff(id))
            } else {
                effects.append(.answer(id, busy(request.request)))
            }
        }
        waiting = []
        comparisons = []
        for transaction in held {
            if let wallet = transaction.wallet { effects.append(.answer(wallet, BusyAnswer.to(transaction.request))) }
        }
        held = []
        way.forget()
        while !links.all.isEmpty { close(0, now) }
        return take()
    }

    /// Another dispatcher takes its place: nothing more is asked of it. What waits and what is held comes to its end, which
    /// takes `longestFarewell` at most, or is passed on where no node is left for it; nothing else is opened, kept or probed.
    ///
    /// - Parameter kept: whether the configuration that is now in force has a node, and lets requests go to it. To no other a
    ///   link is opened any more.
    public mutating func retire(now: Instant, _ kept: (WalletNodeConfiguration) -> Bool) -> [Effect] {
        isRetired = true
        for node in places where !kept(nodes[node]) {
            isAllowed[node] = false
            isTrusted[node] = false
        }
        probes.end()
        finishTest("its table was changed by a reload")
        // Nobody has seen these: the wallet asks the dispatcher in its place, which then knows who was shown what.
        while let index = waiting.firstIndex(where: { $0.asksForOutputs && !$0.isShown && !$0.isOfBegun }) {
            giveUp(index, now)
        }
        for index in links.all.indices.reversed() where !isStillNeeded(links[index]) { close(index, now) }
        pump(now)
        return take()
    }

    /// Whether a link of a retired dispatcher carries something, or will.
    private func isStillNeeded(_ link: WalletLink) -> Bool {
        switch link.purpose {
        case .probe: false
        case .transaction: true
        case .sync, .outputs:
            link.errand != nil
                || isAllowed[link.node] && waiting.contains { $0.isWaiting && $0.request.call.purpose == link.purpose }
        }
    }

    /// What a retired dispatcher's links came to be idle for is over.
    mutating func closeNeedless(_ now: Instant) {
        for index in links.all.indices.reversed() where links[index].isIdle && !isStillNeeded(links[index]) {
            close(index, now)
        }
    }

    /// Takes over what the dispatcher before it knows of nodes that are its own too: who was shown outputs of a transaction
    /// that is yet to come, and who lied about outputs.
    public mutating func takeOver(from old: WalletDispatch, now: Instant) {
        way.takeOver(from: old.way)
        for node in places {
            guard let before = old.nodes.firstIndex(where: { $0.destination == nodes[node].destination }) else {
                continue
            }
            if let shown = old.session.outputsShown(to: before, now) { session.showedOutputs(to: node, shown) }
            trust.takeOver(from: old.trust, before, as: node)
        }
    }

    /// How long a dispatcher that is retired may still have something under way.
    public static let longestFarewell = WalletLimits.transaction + .seconds(10)

    /// Which nodes have a way to them, by their place: a proven egress and a route. Loopback nodes always have.
    public mutating func routes(_ ready: [Bool], now: Instant) -> [Effect] {
        for (node, isReady) in zip(places, ready) where !isOwn[node] {
            guard ways.set(node, isReady: isReady) else { continue }
            if isReady {
                if session.isActive, isAllowed[node] { probes.begin(node, now) }
            } else {
                while let index = links.all.firstIndex(where: { $0.node == node }) {
                    lose(index, Refusal.egressNotReady.sentence(), .none, now)
                }
            }
        }
        pump(now)
        return take()
    }
}
