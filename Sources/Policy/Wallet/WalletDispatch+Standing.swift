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
        way.finish()
        while !links.all.isEmpty { close(0, now) }
        return take()
    }

    /// Another dispatcher takes its place: nothing more is asked of it. What waits and what is held comes to its end, which
    /// takes `longestFarewell` at most; nothing else is opened, kept or probed.
    public mutating func retire(now: Instant) -> [Effect] {
        isRetired = true
        probes.end()
        finishTest("its table was changed by a reload")
        for index in links.all.indices.reversed() where links[index].isIdle && links[index].purpose != .transaction {
            close(index, now)
        }
        pump(now)
        return take()
    }

    /// Takes over what the dispatcher before it knows of nodes that are its own too: who was shown outputs of a transaction
    /// that is yet to come, and who lied about outputs.
    public mutating func takeOver(from old: WalletDispatch, now: Instant) {
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
