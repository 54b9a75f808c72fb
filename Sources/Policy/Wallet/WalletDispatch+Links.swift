public import Protocols

/// What links do, and what follows of it.
extension WalletDispatch {
    /// The egress is still at work on the way to the node (an I2P session of the wallet's own, a name): nothing was dialled, so
    /// that nothing of it is the node's fault.
    public mutating func linkWaits(_ link: LinkID) -> [Effect] {
        if let index = links.index(of: link), links[index].isOpening { links[index].isHeldUp = true }
        return []
    }

    /// What the link waited for has come: the node's time begins.
    public mutating func linkDialled(_ link: LinkID, now: Instant) -> [Effect] {
        guard let index = links.index(of: link), links[index].isHeldUp else { return [] }
        let until = now + WalletLimits.openingOfSeveral
        links[index].isHeldUp = false
        links[index].dialledAt = now
        links[index].until = until
        wake(at: until)
        // A probe's time is its node's as well.
        if let run = probes.index(of: link) {
            probes[run].until = max(probes[run].until, now + WalletLimits.opening)
            wake(at: probes[run].until)
        }
        return []
    }

    /// The way to the node stands (the circuit, the proxy's answer); TLS may follow.
    public mutating func linkConnected(_ link: LinkID, now: Instant) -> [Effect] {
        if let run = probes.index(of: link) { probes[run].connectedAt = now }
        return []
    }

    /// The link can carry a request.
    public mutating func linkOpened(_ link: LinkID, now: Instant) -> [Effect] {
        guard let index = links.index(of: link), links[index].isOpening else { return [] }
        links[index].phase = .idle(since: now)
        links[index].until = nil
        switch links[index].purpose {
        case .probe: sendProbe(index, now)
        case .transaction:
            way.opened(link)
            sendCopy(on: index, now)
        case .sync, .outputs: break
        }
        pump(now)
        return take()
    }

    /// The first byte of an answer came. It need not be said where the whole answer came with it.
    public mutating func linkBegan(_ link: LinkID, now: Instant) -> [Effect] {
        guard let index = links.index(of: link), case .asked(let errand, since: _) = links[index].phase else {
            return []
        }
        noteWait(links[index], now)
        links[index].phase = .answering(errand)
        links[index].until = nil
        switch errand {
        case .request, .check:
            for request in waiting.indices where waiting[request].isAsked(on: link) {
                // Not again where the same node has failed it, or tells it once more: it could begin without end.
                if !waiting[request].failed.contains(links[index].node), !isAskedAgain(waiting[request]) {
                    waiting[request].until = max(waiting[request].until, now + WalletLimits.rest)
                }
                if waiting[request].asksForOutputs {
                    links[index].until = now + WalletLimits.restOfOutputs
                } else if waiting[request].isOfBegun {
                    links[index].until = now + WalletLimits.rest
                }
            }
        case .probe: probeBegan(link, now)
        case .copy: links[index].until = now + WalletLimits.restOfCopy
        }
        if let until = links[index].until { wake(at: until) }
        return []
    }

    /// The whole answer to what was sent.
    ///
    /// - Parameter keepsAlive: whether the link can carry another request.
    public mutating func linkAnswered(
        _ link: LinkID, _ answer: WalletAnswer, keepsAlive: Bool, now: Instant
    ) -> [Effect] {
        guard let index = links.index(of: link), let errand = links[index].errand else { return [] }
        let node = links[index].node
        switch links[index].phase {
        case .asked: noteWait(links[index], now)
        case .answering: break
        case .opening, .idle, .forwarding: return []
        }
        ways.succeeded(node)
        switch errand {
        case .request, .check:
            settle(index, keepsAlive: keepsAlive, now)
            answered(errand, answer, by: node, now)
        case .copy(let number):
            settle(index, keepsAlive: false, now)
            copyAnswered(number, on: link, answer, by: node, now)
        case .probe: probeAnswered(link, answer, keepsAlive: keepsAlive, now)
        }
        pump(now)
        return take()
    }

    /// The answer is longer than is held; this is how it begins. What follows waits until the effects say.
    public mutating func linkOverflows(
        _ link: LinkID, status: Int, beginning: [UInt8], now: Instant
    ) -> [Effect] {
        guard let index = links.index(of: link), let errand = links[index].errand else { return [] }
        let node = links[index].node
        guard case .request(let id) = errand, !links[index].isForwarding,
            let request = waiting.firstIndex(where: { $0.errand == errand })
        else {
            lose(index, "its answer is longer than any is", .answers, now)
            return finishLoss(now)
        }
        let asked = waiting[request].request
        // These are read here, and ring members that break off in the midst would have the wallet ask for others.
        let isHeld = asked.call.role == .fee || asked.call.role == .outputs
        let problem =
            isHeld
            ? "its answer is longer than any is"
            : AnswerJudge.problem(ofBeginning: beginning.span, status: status, to: asked)
        if let problem {
            bar(link, node)
            lose(index, problem, .answers, now)
            return finishLoss(now)
        }
        links[index].phase = .forwarding(id)
        links[index].until = nil
        waiting[request].state = .forwarding(link)
        // It is given to one wallet as it comes: the others ask for themselves.
        for other in waiting.indices where waiting[other].isAsked(on: link) { waiting[other].state = .waiting }
        quorum.answered(node, now: now)
        ways.succeeded(node)
        session.showed(node)
        effects.append(.forward(link, to: id))
        // The node is good, and may be dialled at once for what waits.
        pump(now)
        return take()
    }

    /// An answer that was forwarded came to its proper end.
    public mutating func linkStreamed(_ link: LinkID, keepsAlive: Bool, now: Instant) -> [Effect] {
        guard let index = links.index(of: link), case .forwarding(let id) = links[index].phase else { return [] }
        waiting.removeAll { $0.errand == .request(id) }
        settle(index, keepsAlive: keepsAlive, now)
        pump(now)
        return take()
    }

    /// The link is no more.
    public mutating func linkEnded(_ link: LinkID, _ ending: LinkEnding, now: Instant) -> [Effect] {
        guard let index = links.index(of: link) else { return [] }
        let (sentence, fault): (String, LinkFault) =
            switch ending {
            case .notOpened(let refusal, let sentence):
                (sentence, refusal.isOurs ? refusal.isOfOneWay ? .heldUp : .none : .node)
            case .unanswered(let sentence): (sentence, links[index].isStale ? .race : .node)
            case .broken(let sentence): (sentence, .node)
            case .idleClosed: ("it closed the connection", links[index].isStale ? .race : .node)
            }
        lose(index, sentence, fault, isGone: true, now)
        return finishLoss(now)
    }

    private mutating func finishLoss(_ now: Instant) -> [Effect] {
        pump(now)
        return take()
    }

    /// Whose fault it is that a link came to nothing.
    enum LinkFault {
        /// The node's, or of somebody on the way to it.
        case node
        /// The node's, which answered, but not as a node does.
        case answers
        /// The node closed an idle link while the request was on its way.
        case race
        /// Nobody's there: our own egress, or the operator's wish.
        case none
        /// Nobody's there either, but our way to it did not come about, and may not the next time: another node is taken.
        case heldUp
    }

    /// A link comes to nothing; what it carried goes elsewhere.
    ///
    /// - Parameter isGone: whether the driver knows.
    mutating func lose(_ index: Int, _ sentence: String, _ fault: LinkFault, isGone: Bool = false, _ now: Instant) {
        let link = links.remove(index)
        if !isGone { effects.append(.close(link.id)) }
        let isFault = fault == .node || fault == .answers
        if link.isOpening {
            // Also where it was no fault of the node's: a dial that fails at once is not repeated at once.
            ways.failed(link.node, now)
            if let until = ways.pause(of: link.node) { wake(at: until) }
        }
        // A node that closes at once what it let be opened is not dialled again and again.
        let isWanted = link.purpose == .transaction || link.purpose == .outputs && link.askedAt == nil
        if link.isIdle, isWanted, now - link.begunAt < .seconds(30) {
            ways.failed(link.node, now)
            if let until = ways.pause(of: link.node) { wake(at: until) }
        }
        if link.isIdle, link.purpose == .sync { session.lostWarmth(livedFor: now - link.begunAt, now: now) }
        if isFault, link.isOpening || link.errand != nil, link.purpose != .probe {
            blame(link.node, sentence, answers: fault == .answers, now)
        }
        if link.purpose == .transaction, link.errand == nil {
            way.lost(link.id, isFailure: link.isOpening && (isFault || fault == .heldUp))
            copyLost(link, fault, now)
        }
        switch link.phase {
        case .forwarding(let id):
            waiting.removeAll { $0.errand == .request(id) }
            effects.append(.breakOff(id))
        case .asked(let errand, since: _), .answering(let errand):
            switch errand {
            case .request, .check: requestLost(errand, link, fault)
            case .copy: copyLost(link, fault, now)
            case .probe: break
            }
        case .opening, .idle: break
        }
        if link.purpose == .probe { probeLost(link, sentence, fault, now) }
    }

    private mutating func requestLost(_ errand: WalletErrand, _ link: WalletLink, _ fault: LinkFault) {
        for index in waiting.indices where waiting[index].errand == errand || waiting[index].isAsked(on: link.id) {
            switch fault {
            case .node, .answers: fail(index, link.node)
            case .race where waiting[index].wasStale: fail(index, link.node)
            case .race:
                waiting[index].wasStale = true
                waiting[index].state = .waiting
            case .none, .heldUp: waiting[index].state = .waiting
            }
        }
    }

    /// After an answer: the link is idle, or closed.
    mutating func settle(_ index: Int, keepsAlive: Bool, _ now: Instant) {
        guard keepsAlive, !links[index].isRetired else {
            close(index, now)
            return
        }
        links[index].phase = .idle(since: now)
        links[index].until = nil
    }

    /// Closes a link that carries nothing which anybody still waits for.
    mutating func close(_ index: Int, _ now: Instant) {
        let link = links.remove(index)
        effects.append(.close(link.id))
        way.lost(link.id)
        if link.purpose == .probe { probeLost(link, "a wallet needed the connection", .none, now) }
    }

    /// Dials a node. There is room.
    mutating func open(_ purpose: WalletPurpose, at node: Int, _ now: Instant) -> LinkID {
        let until = now + WalletLimits.openingOfSeveral
        let link = links.open(purpose, at: node, until: until, now: now)
        wake(at: until)
        effects.append(.open(link, node: node, purpose))
        return link
    }

    /// Whether a further link to a node may be opened: where two are there, one that nobody needs now is closed, a
    /// probe's first.
    mutating func makeRoom(at node: Int, for purpose: WalletPurpose, _ now: Instant) -> Bool {
        guard links.count(at: node) >= WalletLimits.linksPerNode else { return true }
        guard purpose != .probe else { return makeRoomForProbe(at: node, now) }
        let there = links.all.indices.filter { links[$0].node == node }
        guard
            let index = there.first(where: { links[$0].purpose == .probe })
                ?? there.first(where: { mayYield(links[$0], to: purpose) })
        else { return false }
        close(index, now)
        return true
    }

    /// The same for a probe: it takes a link for blocks that idles, where another one stands or the probe is overdue; one that
    /// somebody waits for, only where both are so.
    private mutating func makeRoomForProbe(at node: Int, _ now: Instant) -> Bool {
        guard let idle = links.idle(.sync, at: node) else { return false }
        let isOverdue = probes.isOverdue(node, now)
        let isAwaited = waiting.contains { $0.isWaiting && $0.request.call.purpose == .sync }
        let stands = links.all.count { $0.node == node && $0.purpose == .sync && !$0.isOpening && !$0.isRetired }
        guard stands > 1 ? isOverdue || !isAwaited : isOverdue && !isAwaited else { return false }
        close(idle, now)
        return true
    }

    /// Whether a link is of another purpose, and nobody waits for it.
    private func mayYield(_ link: WalletLink, to purpose: WalletPurpose) -> Bool {
        guard link.purpose != purpose, link.isIdle || link.isOpening else { return false }
        switch link.purpose {
        case .sync, .outputs:
            return link.isIdle && link.purpose == .sync
                || !waiting.contains { $0.isWaiting && $0.request.call.purpose == link.purpose }
        case .transaction, .probe: return false
        }
    }

    /// Keeps a link for the session's next request, so that no circuit and no TLS is built in its path.
    mutating func keepWarm(_ now: Instant) {
        guard session.usesSync, !way.isWanted, let node = session.node, !links.has(.sync, at: node) else { return }
        if let pause = session.warmNotBefore, pause > now {
            wake(at: pause)
            return
        }
        settleSession(now)
        guard let node = session.node, canServe(node, now) else {
            // Looked at again when the first of them may be dialled.
            for node in places where isAllowed[node] && ways.isReady(node) {
                for time in [quorum.nextTry(of: node), ways.pause(of: node)] {
                    if let time, time > now { wake(at: time) }
                }
            }
            return
        }
        guard links.count(at: node) < WalletLimits.linksPerNode, !links.has(.sync, at: node) else { return }
        _ = open(.sync, at: node, now)
    }
}
