public import Protocols

/// What time alone does.
extension WalletDispatch {
    /// The time has come to this point.
    public mutating func tick(now: Instant) -> [Effect] {
        guard let due = soonest, due <= now else { return [] }
        soonest = nil
        endLinks(now)
        endRequests(now)
        askApartAgain(now)
        for index in held.indices.reversed() where held[index].until <= now { abandon(index, now) }
        for index in probes.runs.indices.reversed() where probes[index].until <= now {
            guard let link = links.index(of: probes[index].link) else { continue }
            if links[link].isHeldUp { lose(link, Self.heldUp, .heldUp, now) } else { lose(link, Self.late, .node, now) }
        }
        if let test, test.until <= now {
            finishTest("its connections were all in use, or its probe was not over in time")
        }
        if let end = session.end, end <= now { endSession(now) }
        pump(now)
        if let earliest { wake(at: earliest) }
        return take()
    }

    private static let late = "it did not answer in time"
    private static let heldUp = "our way to it was not ready in time; it was not dialled"

    /// When something ends by itself, next. Pauses that pass are not in it: what waits for one has asked to be woken.
    var earliest: Instant? {
        var earliest: Instant?
        func take(_ time: Instant?) {
            if let time, time < earliest ?? time + .milliseconds(1) { earliest = time }
        }
        for link in links.all { take(link.until) }
        for request in waiting where !request.isForwarding {
            take(request.until)
            if request.asksForOutputs, !request.isShown, !request.isOfBegun {
                take(request.askedAt + WalletLimits.transactionWay)
            }
        }
        for comparison in comparisons { take(comparison.againAt) }
        for transaction in held { take(transaction.until) }
        for run in probes.runs { take(run.until) }
        // While nothing may pass, no probe is started, however long it is due.
        if refusal == nil { take(probes.next) }
        take(test?.until)
        take(session.end)
        take(way.wantedUntil)
        return earliest
    }

    /// How long a request that is sent on a link waits for its answer's first byte, where another node could be asked
    /// instead. A node that has stopped is known the sooner by how quick it was.
    ///
    /// - Parameter wait: the longest that the node took on such a link; nil where that says nothing.
    static func patience(_ wait: Duration?, isOwn: Bool) -> Duration {
        guard let wait else { return WalletLimits.firstByteOfSeveral }
        let shortest = isOwn ? WalletLimits.firstByteOfQuickOwn : WalletLimits.firstByteOfQuick
        return min(max(wait * WalletLimits.firstByteTimes, shortest), WalletLimits.firstByteOfSeveral)
    }

    /// The same of a link.
    func patience(_ link: WalletLink) -> Duration {
        Self.patience(link.purpose == .sync ? session.waits[link.node] : nil, isOwn: isOwn[link.node])
    }

    /// The first byte of an answer came.
    mutating func noteWait(_ link: WalletLink, _ now: Instant) {
        guard link.purpose == .sync, let sentAt = link.sentAt else { return }
        session.waited(now - sentAt, for: link.node)
    }

    /// Links that did not open, or did not answer, in time: sooner where another node can be asked instead.
    private mutating func endLinks(_ now: Instant) {
        for id in links.all.filter({ $0.until.map { $0 <= now } ?? false }).map(\.id) {
            guard let index = links.index(of: id) else { continue }
            let link = links[index]
            let longest: Instant
            switch link.phase {
            case .opening where link.isHeldUp:
                if isToBeLeft(link, now) {
                    lose(index, Self.heldUp, .heldUp, now)
                } else {
                    // A probe ends by its own time, and what a wallet asked by its own. Another node may come.
                    links[index].until = now + .seconds(5)
                }
                continue
            case .opening: longest = link.dialledAt + WalletLimits.opening
            case .asked(_, let since): longest = since + WalletLimits.firstByte
            case .answering(let errand):
                let end = endOfAnswer(errand, from: link.node, now)
                guard let end, end <= now else {
                    // Another node may be out of its pause by then.
                    links[index].until = end ?? now + .seconds(5)
                    continue
                }
                // A second try at a node that drips would take as long.
                if case .copy(let number) = errand { noteDrip(of: number, at: link.node) }
                longest = now
            case .idle, .forwarding: continue
            }
            if now < longest, !hasOther(than: link.node, now) {
                links[index].until = longest
            } else {
                let sentence =
                    switch link.phase {
                    case .opening: "no connection to it came about in time"
                    case .answering: "its answer did not end in time"
                    default: Self.late
                    }
                lose(index, sentence, .node, now)
            }
        }
    }

    /// Whether another node is to be taken for a link that waits for our own way to its node. A transaction is given to one
    /// that has a pause of seconds as well, rather than told BUSY.
    private func isToBeLeft(_ link: WalletLink, _ now: Instant) -> Bool {
        switch link.purpose {
        case .probe: false
        case .sync, .outputs: hasOther(than: link.node, now)
        case .transaction:
            hasOther(than: link.node, now)
                || now >= link.begunAt + WalletLimits.opening
                    && places.contains { $0 != link.node && mayBeGivenTransactions($0, now) }
        }
    }

    /// When an answer that has begun and does not end is given up for another node's; nil where there is none that could be
    /// asked: then the errand's own time decides.
    private func endOfAnswer(_ errand: WalletErrand, from node: Int, _ now: Instant) -> Instant? {
        let others: [Int]
        let until: Instant
        let seesBoth: (Int) -> Bool
        if case .copy(let number) = errand {
            guard let held = held.first(where: { $0.number == number }) else { return nil }
            let isShown = { isShownOutputs($0, now, isBeforeOutputs: held.isRefused) }
            others = places.filter {
                $0 != node && held.isOpen($0) && isUsable($0, now) && !(held.isRefused && isShown($0))
            }
            until = held.until
            seesBoth = isShown
        } else {
            guard let request = waiting.first(where: { $0.errand == errand }) else { return nil }
            others = places.filter { $0 != node && canAsk($0, request, now) }
            until = request.until
            seesBoth = { takesTransactionOf(request, $0) }
        }
        if others.contains(where: { !seesBoth($0) }) { return now }
        // To be seen together by one node, outputs and transaction, is less harm than BUSY, so that comes last.
        return others.isEmpty ? nil : max(now, until - WalletLimits.lastChance)
    }

    private mutating func noteDrip(of number: UInt64, at node: Int) {
        guard let index = held.firstIndex(where: { $0.number == number }) else { return }
        held[index].attempts[node].failures += 1
    }

    private mutating func endRequests(_ now: Instant) {
        while let index = waiting.firstIndex(where: { $0.until <= now && !$0.isForwarding }) {
            if case .unsettled(let answer, let node) = waiting[index].state {
                feeAnswered(index, answer, by: node, now)
            } else {
                if case .asked(let link) = waiting[index].state, let place = links.index(of: link),
                    hasHadTime(links[place], now)
                {
                    blame(links[place].node, Self.late, now)
                }
                giveUp(index, now)
            }
        }
    }

    /// Whether a node has had the time that it is given: what was asked of it may have waited long for a link before.
    private func hasHadTime(_ link: WalletLink, _ now: Instant) -> Bool {
        if case .asked(_, let since) = link.phase { now - since >= patience(link) } else { true }
    }

    /// A transaction that no node took in time.
    private mutating func abandon(_ index: Int, _ now: Instant) {
        for case .on(let link) in held[index].copies {
            if let place = links.index(of: link) { close(place, now) }
        }
        conclude(index, now)
    }

    /// The wallet polls no more: nothing of it is to be seen on the wire.
    private mutating func endSession(_ now: Instant) {
        guard waiting.isEmpty else {
            session.touch(now)
            return
        }
        session.finish()
        way.forget()
        for node in places { probes.cancel(node) }
        for index in links.all.indices.reversed() {
            let link = links[index]
            if case .copy = link.errand { continue }
            if held.contains(where: { $0.copies.contains(.on(link.id)) }) { continue }
            if let place = probes.index(of: link.id), probes[place].isTest { continue }
            close(index, now)
        }
    }
}

extension WaitingRequest {
    var isForwarding: Bool { if case .forwarding = state { true } else { false } }
}
