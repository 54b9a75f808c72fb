import Protocols

/// Transactions: held until a node took them, each try on a link of its own.
extension WalletDispatch {
    /// A wallet hands over a transaction.
    mutating func hold(_ id: RequestID, _ request: WalletRequest, _ now: Instant) {
        // The same bytes again: their wallet lost patience, and is back.
        if let index = held.firstIndex(where: { $0.wallet == nil && $0.request == request && !$0.isTaken }) {
            held[index].wallet = id
            held[index].until = now + WalletLimits.transaction
        } else if held.count < WalletLimits.inFlight {
            lastHeld += 1
            held.append(
                HeldTransaction(
                    lastHeld, request, wallet: id, copies: broadcast, nodes: nodes.count, now: now))
        } else {
            effects.append(.answer(id, BusyAnswer.to(request)))
            return
        }
        wake(at: now + WalletLimits.transaction)
    }

    /// Gives each copy that waits a node and a link, as far as there are.
    mutating func handOver(_ now: Instant) {
        var index = 0
        while index < held.count {
            for copy in held[index].copies.indices where held[index].copies[copy] == .waiting {
                handOver(index, copy, now)
            }
            if held[index].isOver { conclude(index, now) } else { index += 1 }
        }
    }

    private mutating func handOver(_ index: Int, _ copy: Int, _ now: Instant) {
        let transaction = held[index]
        let inUse = nodesInUse(by: transaction)
        let candidates = transactionNodes(
            failures: { transaction.attempts[$0].failures }, now, isSecondOpinion: transaction.isRefused,
            atLeast: transaction.copies.count, isBeforeOutputs: transaction.isRefused
        ).filter { transaction.isOpen($0) && !inUse.contains($0) }
        let ready = candidates.filter { transaction.mayTry($0, now) && ways.mayDial($0, now) }
        let hasOther = candidates.contains { isWorthWaiting($0, failures: transaction.attempts[$0].failures, now) }
        if isDecided(transaction, inUse, hasOther: hasOther, now) {
            held[index].copies[copy] = .over
            return
        }
        for node in candidates {
            for time in [transaction.attempts[node].notBefore, ways.pause(of: node)] {
                if let time, time > now { wake(at: time) }
            }
        }
        let patience = transaction.until - WalletLimits.transaction + WalletLimits.roomOfOwn
        // The link that stands already goes first; but a node of this machine may have come back since.
        if let link = way.link, ready.contains(link.node),
            isOwn[link.node] || now >= patience || !ready.contains(where: { isOwn[$0] }), let id = way.take()
        {
            finishOutputs()
            held[index].copies[copy] = .on(id)
            if let place = links.index(of: id), links[place].isIdle { sendHeld(index, on: place, now) }
            return
        }
        guard let node = firstWithRoom(ready, failures: { transaction.attempts[$0].failures }, patience, now) else {
            return
        }
        finishOutputs()
        held[index].copies[copy] = .on(open(.transaction, at: node, now))
    }

    /// The first of them that a further link may be opened to.
    ///
    /// One of this machine whose links are all in use has room as soon as a call there ends: nobody else is shown a
    /// transaction because of that, before it has taken long.
    ///
    /// - Parameters:
    ///   - failures: how often a node failed this transaction.
    ///   - patience: until when such a node is waited for.
    private mutating func firstWithRoom(
        _ nodes: [Int], failures: (Int) -> Int, _ patience: Instant, _ now: Instant
    ) -> Int? {
        for node in nodes {
            if makeRoom(at: node, for: .transaction, now) { return node }
            guard isOwn[node], now < patience, isWorthWaiting(node, failures: failures(node), now) else { continue }
            wake(at: patience)
            return nil
        }
        return nil
    }

    /// Whether no further node is to be asked: two refused it, or as many as it is given to, or there is no other.
    ///
    /// One node that refuses it may lie, so that the wallet builds another one and shows a second set of decoys; a
    /// second one is asked, if there is one that was not shown its outputs, also where that has a pause of seconds.
    private func isDecided(_ transaction: HeldTransaction, _ inUse: [Int], hasOther: Bool, _ now: Instant) -> Bool {
        let refusals = transaction.attempts.count { $0.isRefused }
        if refusals >= max(2, transaction.copies.count) || (refusals > 0 && !hasOther) { return true }
        return !places.contains { isAllowed[$0] && transaction.isOpen($0) && !inUse.contains($0) }
    }

    /// What was asked for the sake of this transaction is over: its links carry nothing for another one.
    private mutating func finishOutputs() {
        guard !waiting.contains(where: { $0.request.call.purpose == .outputs }) else { return }
        way.finish()
    }

    private func nodesInUse(by transaction: HeldTransaction) -> [Int] {
        transaction.copies.compactMap { copy in
            guard case .on(let link) = copy else { return nil }
            return links.index(of: link).map { links[$0].node }
        }
    }

    /// A transaction's link opened: it carries its copy.
    mutating func sendCopy(on link: Int, _ now: Instant) {
        let id = links[link].id
        guard let index = held.firstIndex(where: { $0.copies.contains(.on(id)) }) else { return }
        sendHeld(index, on: link, now)
    }

    private mutating func sendHeld(_ index: Int, on link: Int, _ now: Instant) {
        let until = now + WalletLimits.firstByteOfSeveral
        links.ask(link, .copy(held[index].number), until: until, now: now)
        wake(at: until)
        effects.append(.send(links[link].id, held[index].request))
    }

    /// A node answered a copy.
    mutating func copyAnswered(
        _ number: UInt64, on link: LinkID, _ answer: WalletAnswer, by node: Int, _ now: Instant
    ) {
        guard let index = held.firstIndex(where: { $0.number == number }),
            let copy = held[index].copies.firstIndex(of: .on(link))
        else { return }
        let request = held[index].request
        held[index].copies[copy] = .waiting
        if let problem = AnswerJudge.problem(of: answer, to: request) {
            blame(node, problem, answers: true, now)
            held[index].failed(at: node, now)
        } else if AnswerJudge.isBusy(answer, to: request) {
            held[index].failed(at: node, now)
        } else if AnswerJudge.isOK(answer, to: request) {
            quorum.answered(node, now: now)
            held[index].attempts[node].isTaken = true
            held[index].copies[copy] = .over
            if let wallet = held[index].wallet { effects.append(.answer(wallet, answer)) }
            held[index].wallet = nil
        } else {
            held[index].attempts[node].isRefused = true
            held[index].refusal = answer
        }
    }

    /// The link of a copy came to nothing.
    mutating func copyLost(_ link: WalletLink, _ fault: LinkFault, _ now: Instant) {
        guard let index = held.firstIndex(where: { $0.copies.contains(.on(link.id)) }),
            let copy = held[index].copies.firstIndex(of: .on(link.id))
        else { return }
        held[index].copies[copy] = .waiting
        // A link that idled was closed while the bytes were on their way: the next try is at once.
        if fault == .node || fault == .answers || fault == .heldUp { held[index].failed(at: link.node, now) }
    }

    /// Its end: the wallet is told what the last node said, or that the daemon is busy. A reload that took its nodes out,
    /// and named others, is not its end.
    mutating func conclude(_ index: Int, _ now: Instant) {
        let transaction = held.remove(at: index)
        guard let wallet = transaction.wallet else { return }
        if isRetired, transaction.refusal == nil, now < transaction.until {
            effects.append(.passOn(wallet, transaction.request))
        } else {
            effects.append(.answer(wallet, transaction.refusal ?? BusyAnswer.to(transaction.request)))
        }
    }

    /// Opens the link that the next transaction will take, as long as a wallet builds one, and closes what was opened
    /// for one that is over.
    mutating func keepTransactionWay(_ now: Instant) {
        if let until = way.wantedUntil, until <= now {
            // What a node is late to answer is given on only while the transaction's way stands.
            if waiting.contains(where: { $0.request.call.purpose == .outputs }) { way.want(now) } else { way.finish() }
        }
        // The transaction will be given to the dispatcher that took this one's place.
        if isRetired { finishOutputs() }
        guard way.isWanted else {
            if let id = way.take(), let index = links.index(of: id) { close(index, now) }
            retireOutputs(now)
            return
        }
        if let link = way.link {
            guard !mayBeGivenTransactions(link.node, now), let index = links.index(of: link.id) else {
                leaveWorseWay(link.id, link.node, now)
                return
            }
            // Its node was set aside since.
            close(index, now)
        }
        // Where outputs will be asked for decides where the transaction goes.
        settleSession(now)
        if let until = way.wantedUntil { wake(at: until) }
        let candidates = transactionNodes(failures: { way.failures[$0] }, now, isBeforeOutputs: true)
        let ready = candidates.filter { ways.mayDial($0, now) }
        let patience = (way.wantedSince ?? now) + WalletLimits.transactionWay / 2
        let failures = way.failures
        let good = ready.filter { isOwn[$0] || quorum.isGood($0, now: now) }
        if let node = firstWithRoom(good + ready, failures: { failures[$0] }, patience, now) {
            way.set(open(.transaction, at: node, now), at: node)
            return
        }
        for node in candidates { if let at = ways.pause(of: node), at > now { wake(at: at) } }
    }

    /// The way leads to a node that saw outputs, or to somebody else's where one's own is there again: it is left where a
    /// better one has room.
    private mutating func leaveWorseWay(_ link: LinkID, _ present: Int, _ now: Instant) {
        guard !isOwn[present], !waiting.contains(where: { $0.asksForOutputs && !$0.isWaiting }) else { return }
        let isShown = session.outputsShown(to: present, now) != nil
        let failures = way.failures
        let better = transactionNodes(failures: { failures[$0] }, now, isBeforeOutputs: true).first {
            (isOwn[$0] || isShown && session.outputsShown(to: $0, now) == nil)
                && ways.mayDial($0, now) && isWorthWaiting($0, failures: failures[$0], now)
        }
        guard let better, makeRoom(at: better, for: .transaction, now), let index = links.index(of: link) else {
            return
        }
        close(index, now)
        way.set(open(.transaction, at: better, now), at: better)
    }

    /// Links that outputs were asked on are of one transaction: the next one has others.
    private mutating func retireOutputs(_ now: Instant) {
        for index in links.all.indices.reversed() where links[index].purpose == .outputs {
            if links[index].errand == nil {
                close(index, now)
            } else {
                links[index].isRetired = true
            }
        }
    }

    /// Whether the link that a transaction will take stands.
    var isWayOpen: Bool {
        way.link.flatMap { links.index(of: $0.id) }.map { links[$0].isIdle } ?? false
    }

    /// The nodes for a transaction, best first.
    ///
    /// Nodes of this machine. Then remote ones that were not shown its outputs: who sees both, knows whose they are.
    /// A node that was shown them takes it only where none of those can: they have no way to them, were set aside,
    /// are long dead or failed this twice. To be seen together by one node is less harm than BUSY, after which both
    /// sets of decoys are seen.
    ///
    /// - Parameters:
    ///   - failures: how often a node failed this transaction.
    ///   - isSecondOpinion: whether a node refused it already: then no node that was shown its outputs is asked.
    ///   - atLeast: how many nodes it must be given.
    ///   - isBeforeOutputs: whether outputs are still to be asked for, its own or, where a node refused it, those of the one
    ///     that is built in its place: the session's node will see them. Else that node comes last of those that saw none.
    func transactionNodes(
        failures: (Int) -> Int, _ now: Instant, isSecondOpinion: Bool = false, atLeast: Int = 1,
        isBeforeOutputs: Bool = false
    ) -> [Int] {
        let first = places.filter { isAllowed[$0] && !isShownOutputs($0, now, isBeforeOutputs: isBeforeOutputs) }
        let remote = first.filter { !isOwn[$0] }
        let ready =
            (first.filter { isOwn[$0] } + remote.filter { $0 != session.node } + remote.filter { $0 == session.node })
            .filter { mayBeGivenTransactions($0, now) }
        guard !isSecondOpinion else { return ready }
        let isEnough = ready.contains { isWorthWaiting($0, failures: failures($0), now) }
        guard !isEnough || first.count < atLeast else { return ready }
        let others = places.filter {
            isShownOutputs($0, now, isBeforeOutputs: isBeforeOutputs) && mayBeGivenTransactions($0, now)
        }
        // The one that was shown them longest ago; last the one that is about to be.
        func shown(_ node: Int) -> Int64 { session.outputsShown(to: node, now)?.milliseconds ?? .max }
        return ready + others.sorted { (shown($0), $0) < (shown($1), $1) }
    }

    /// Whether it is likely to take a transaction within seconds.
    ///
    /// - Parameter failures: how often it failed this one.
    private func isWorthWaiting(_ node: Int, failures: Int, _ now: Instant) -> Bool {
        isOwn[node] ? failures < 1 : failures < 2 && !isLongDead(node, now)
    }
}
