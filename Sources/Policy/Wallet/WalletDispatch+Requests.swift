public import Protocols

/// A wallet's requests: taken, given a node and a link, answered.
///
/// Every call that a wallet may make only reads, but for the one that hands over a transaction; and nodes answer OK to
/// a transaction that they have already. So each may be asked again, of another node, with the same bytes, until the
/// first byte of an answer was given to the wallet; after that nothing is asked again.
extension WalletDispatch {
    /// A wallet asks this.
    public mutating func request(_ id: RequestID, _ request: WalletRequest, now: Instant) -> [Effect] {
        guard refusal == nil else { return [.answer(id, busy(request))] }
        if session.asked(now) { beginProbes(now) }
        wake(at: now + WalletLimits.warm)
        if request.call.role == .transaction {
            hold(id, request, now)
        } else if waiting.count >= WalletLimits.inFlight * (isOfBegun(request, now) ? 2 : 1) {
            return [.answer(id, busy(request))]
        } else if request.call.role == .revealing, !places.contains(where: { isAllowed[$0] && isTrusted[$0] }) {
            return [.answer(id, RefusalAnswer.to(request, Self.untrusted))]
        } else {
            returnHome(now)
            settleAtBest(now)
            waiting.append(
                WaitingRequest(.request(id), request, isOfBegun: isOfBegun(request, now), now: now))
            wake(at: now + WalletLimits.request)
            if request.call.purpose == .outputs { way.want(now) }
            if isLastOfMany { return take() }
        }
        pump(now)
        return take()
    }

    /// Whether it is asked for a transaction of which a node has seen outputs already.
    private func isOfBegun(_ request: WalletRequest, _ now: Instant) -> Bool {
        request.call.purpose == .outputs && way.isBegun(now)
    }

    /// Whether the request that came last waits behind so many of its kind that nothing more can be done for it than
    /// was done for them: every event that gives room ends in `pump`, and every pause that passes in `tick`.
    private var isLastOfMany: Bool {
        let first = waiting.count - WalletLimits.linksPerNode - 1
        guard first >= 0 else { return false }
        for index in first..<waiting.count where !waiting[index].isWaiting || !waiting[index].isUsual { return false }
        return true
    }

    private static let untrusted =
        "This call shows key images or amounts, and no node is trusted with them: set trusted = true for one that is "
        + "yours"

    /// The wallet that asked this went away: no answer is wanted. A transaction is handed over all the same.
    public mutating func requestGone(_ id: RequestID, now: Instant) -> [Effect] {
        for index in held.indices where held[index].wallet == id { held[index].wallet = nil }
        dispute(id, isLeft: true, now)
        remove(id, now)
        pump(now)
        return take()
    }

    /// Gives every request that waits a node and a link, as far as there are.
    mutating func place(_ now: Instant) {
        var index = 0
        var claims = LinkClaims()
        while index < waiting.count {
            guard waiting[index].isWaiting else {
                index += 1
                continue
            }
            // Every link for such requests is spoken for.
            if waiting[index].isUsual, let node = session.node,
                claims.count(.sync, at: node) >= WalletLimits.linksPerNode
            {
                index += 1
                continue
            }
            // Taking one out may take out its twin before it too.
            index = place(at: index, &claims, now) ? index + 1 : max(index - 1, 0)
        }
    }

    /// - Returns: whether the request is still there.
    private mutating func place(at index: Int, _ claims: inout LinkClaims, _ now: Instant) -> Bool {
        if waiting[index].asksForOutputs, !waiting[index].isShown { return placeOutputs(at: index, now) }
        guard let node = choose(index, now) else { return postpone(index, now) }
        if let link = link(waiting[index].request.call.purpose, at: node, &claims, now) { send(index, on: link, now) }
        return true
    }

    /// The node for a waiting request. The session goes with it where its own node can take none.
    mutating func choose(_ index: Int, _ now: Instant) -> Int? {
        if waiting[index].isUsual, let present = session.node, canServe(present, now) { return present }
        return chooseAnew(index, now)
    }

    private mutating func chooseAnew(_ index: Int, _ now: Instant) -> Int? {
        guard let node = node(for: waiting[index], now) else { return nil }
        guard node != session.node, case .request = waiting[index].errand else { return node }
        guard waiting[index].request.call.role != .revealing else { return node }
        if let present = session.node, canServe(present, now) { return node }
        moveSession(to: node, now)
        return node
    }

    /// No node can be asked now: the request waits for a pause to pass, or the wallet is told that the daemon is busy.
    ///
    /// - Parameters:
    ///   - twin: what has no node, where it is not the request itself.
    ///   - node: the request's own, which the twin cannot be asked of.
    /// - Returns: whether it waits.
    mutating func postpone(
        _ index: Int, for twin: WaitingRequest? = nil, besides node: Int? = nil, _ now: Instant
    ) -> Bool {
        let request = waiting[index]
        let chance = chance(twin ?? request, now)
        if let chance { wake(at: chance) }
        if request.isOfBegun || request.isShown && request.asksForOutputs {
            // Another set for the same transaction does more harm than waiting, unless no node is left to ask.
            if places.contains(where: { $0 != node && mayEverAsk($0, twin ?? request, now) }) { return true }
        } else if let chance, chance - request.askedAt <= WalletLimits.patience {
            return true
        }
        giveUp(index, now)
        return false
    }

    /// An idle link; where there is none, one is opened if there is room, and the request waits for it.
    ///
    /// - Parameter claims: what the requests of this round wait for.
    mutating func link(
        _ purpose: WalletPurpose, at node: Int, _ claims: inout LinkClaims, _ now: Instant
    ) -> Int? {
        if let idle = links.idle(purpose, at: node) { return idle }
        let claim = claims.add(purpose, at: node)
        guard links.opening(at: node, purpose) < claim, ways.mayDial(node, now) else { return nil }
        if links.has(purpose, at: node) {
            // A second one only where nothing else will need the room.
            guard purpose == .sync, !way.isWanted, links.count(at: node) < WalletLimits.linksPerNode else { return nil }
        } else {
            guard makeRoom(at: node, for: purpose, now) else { return nil }
        }
        _ = open(purpose, at: node, now)
        return nil
    }

    /// Sends a waiting request on an idle link.
    mutating func send(_ index: Int, on link: Int, _ now: Instant) {
        let node = links[link].node
        let until = now + patience(links[link])
        let id = links[link].id
        waiting[index].state = .asked(id)
        switch waiting[index].request.call.purpose {
        case .sync: session.synchronizes()
        case .outputs where waiting[index].asksForOutputs:
            if !waiting[index].isShown {
                waiting[index].isShown = true
                waiting[index].until = waiting[index].askedAt + WalletLimits.shownOutputs
            }
            session.showedOutputs(to: node, now)
            way.begin(now)
        case .outputs, .transaction, .probe: break
        }
        links.ask(link, waiting[index].errand, until: until, now: now)
        wake(at: until)
        effects.append(.send(id, waiting[index].request))
        join(index, on: id)
    }

    /// A node answered this.
    mutating func answered(_ errand: WalletErrand, _ answer: WalletAnswer, by node: Int, _ now: Instant) {
        guard let index = waiting.firstIndex(where: { $0.errand == errand }),
            case .asked(let link) = waiting[index].state
        else { return }
        let request = waiting[index].request
        if let problem = AnswerJudge.problem(of: answer, to: request) {
            // A node that does not know one call may be good for all others.
            if answer.status != 404 { blame(node, problem, answers: true, now) }
            let request = waiting[index]
            if answer.status != 404, request.isOfBegun || request.isShown && request.asksForOutputs {
                // A moment's trouble, of whatever stands before the node. BUSY would have another set shown.
                for index in waiting.indices where waiting[index].isAsked(on: link) { fail(index, node) }
            } else {
                bar(link, node)
            }
            return
        }
        // An answer that says it has little else in it.
        if answer.body.count < 1024, AnswerJudge.isBusy(answer, to: request) {
            if waiting[index].asksForOutputs || waiting[index].isOfBegun || hasOther(than: node, now) {
                blame(node, "it is busy", answers: true, now)
                for index in waiting.indices where waiting[index].isAsked(on: link) { fail(index, node) }
                return
            }
        }
        if request.call.role == .plain, waiting[index].isOfBegun, !AnswerJudge.isOK(answer, to: request) {
            // Of what ring members are chosen from: any error has the wallet begin anew.
            blame(node, "it does not tell which outputs there are", answers: true, now)
            for index in waiting.indices where waiting[index].isAsked(on: link) { fail(index, node) }
            return
        }
        switch request.call.role {
        case .version:
            version.note(answer)
            finish(index, answer, from: node, now)
        case .fee: feeAnswered(index, answer, by: node, now)
        case .outputs: outputsAnswered(index, answer, by: node, now)
        case .plain, .transaction, .revealing: finish(index, answer, from: node, now)
        }
    }

    /// The wallet gets this node's answer, and so does whoever has joined it.
    mutating func finish(_ index: Int, _ answer: WalletAnswer, from node: Int, _ now: Instant) {
        quorum.answered(node, now: now)
        session.showed(node)
        answerAll(index, answer)
    }

    /// The node is asked nothing again of what was asked on this link.
    mutating func bar(_ link: LinkID, _ node: Int) {
        for index in waiting.indices where waiting[index].isAsked(on: link) { bar(index, node) }
    }

    /// The node is not asked this again.
    mutating func bar(_ index: Int, _ node: Int) {
        waiting[index].barred.append(node)
        waiting[index].until = max(waiting[index].until, waiting[index].askedAt + WalletLimits.request)
        waiting[index].state = .waiting
    }

    /// Other nodes are asked this first.
    mutating func fail(_ index: Int, _ node: Int) {
        if !waiting[index].failed.contains(node) { waiting[index].failed.append(node) }
        waiting[index].state = .waiting
    }

    /// A node did badly.
    mutating func blame(_ node: Int, _ sentence: String, answers: Bool = false, _ now: Instant) {
        quorum.failed(sentence, of: node, answers: answers, now: now)
        if let next = quorum.nextTry(of: node) { probes.hasten(node, to: next) }
    }

    /// The wallet is told that the daemon is busy; of a fee it is told what most nodes say, where that is known.
    mutating func giveUp(_ index: Int, _ now: Instant) {
        switch waiting[index].errand {
        case .request(let id):
            let request = waiting[index].request
            let fee = request.call.role == .fee ? quorum.agreedFee(now: now) : nil
            let isInTime = now < waiting[index].until
            dispute(id, now)
            remove(id, now)
            if let fee {
                effects.append(.answer(id, .fee(fee, id: request.id)))
            } else if isRetired, isInTime {
                effects.append(.passOn(id, request))
            } else {
                effects.append(.answer(id, busy(request)))
            }
        case .check(let id):
            guard let request = waiting.firstIndex(where: { $0.errand == .request(id) }) else {
                waiting.remove(at: index)
                return
            }
            giveUp(request, now)
        case .copy, .probe: break
        }
    }

    /// Takes out a request and what was asked for its sake.
    private mutating func remove(_ id: RequestID, _ now: Instant) {
        for errand in [WalletErrand.request(id), .check(id)] {
            guard let index = waiting.firstIndex(where: { $0.errand == errand }) else { continue }
            let state = waiting[index].state
            waiting.remove(at: index)
            switch state {
            case .asked(let link), .forwarding(let link): leave(link, errand, now)
            case .waiting, .unsettled, .compared: break
            }
        }
        comparisons.removeAll { $0.request == id }
    }
}
