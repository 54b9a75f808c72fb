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
