import Protocols

/// Requests for ring members, and for the fee: answers that are compared before a wallet gets them.
///
/// Outputs are asked for only while the link that the transaction will take stands, so that what is begun can be
/// ended; and with `verify-outs` only while the second node's link stands too. Before that the wallet is told that the
/// daemon is busy, which does no harm: nobody has seen anything. Afterwards it is told so last of all.
extension WalletDispatch {
    /// Places a request for outputs that no node has seen.
    ///
    /// - Returns: whether it is still there.
    mutating func placeOutputs(at index: Int, _ now: Instant) -> Bool {
        guard case .request(let id) = waiting[index].errand else { return true }
        let isOfBegun = waiting[index].isOfBegun
        let end = waiting[index].askedAt + WalletLimits.transactionWay
        if trust.isDisputed(now) || !isOfBegun && (now >= end || !hasTransactionNode(now)) {
            giveUp(index, now)
            return false
        }
        if !isOfBegun { wake(at: end) }
        guard let node = choose(index, now) else { return postpone(index, now) }
        var claims = LinkClaims()
        let link = link(.outputs, at: node, &claims, now)
        var twin: (request: WaitingRequest, link: LinkID?)?
        if verifiesOutputs, !isOwn[node] {
            let second = WaitingRequest(.check(id), waiting[index].request, isOfBegun: isOfBegun, now: now)
            guard let other = self.node(for: second, besides: node, now) else {
                return postpone(index, for: second, besides: node, now)
            }
            twin = (second, self.link(.outputs, at: other, &claims, now).map { links[$0].id })
        }
        guard isWayOpen, link != nil, twin == nil || twin?.link != nil else { return true }
        // Making room for one may have closed the other.
        guard let link = links.idle(.outputs, at: node) else { return true }
        if let twin, let other = twin.link {
            guard let second = links.index(of: other) else { return true }
            comparisons.append(OutputsComparison(id))
            waiting.append(twin.request)
            send(waiting.count - 1, on: second, now)
        }
        send(index, on: link, now)
        return true
    }

    /// A node told the outputs.
    mutating func outputsAnswered(_ index: Int, _ answer: WalletAnswer, by node: Int, _ now: Instant) {
        let request = waiting[index].request
        // Who refuses the first set and answers the second learns both: another node is asked for the first.
        guard AnswerJudge.isOK(answer, to: request) else {
            blame(node, "it does not tell outputs that it was asked for", answers: true, now)
            bar(index, node)
            return
        }
        guard let id = waiting[index].errand.request,
            let comparison = comparisons.firstIndex(where: { $0.request == id })
        else {
            finish(index, answer, from: node, now)
            return
        }
        let verdict = comparisons[comparison].note(answer, from: node, form: request.call.form)
        waiting[index].state = .compared
        quorum.answered(node, now: now)
        switch verdict {
        case .open: break
        case .agreed(let answer, let liar):
            if let liar { contradicted(liar, now) }
            comparisons.remove(at: comparison)
            waiting.removeAll { $0.errand == .check(id) }
            if let first = waiting.firstIndex(where: { $0.errand == .request(id) }) {
                finish(first, answer, from: node, now)
            }
        case .differ:
            // A third node says who lies, if there is one.
            if !askThird(id, now) { giveUp(on: id, now) }
        case .apart(let liar):
            if let liar { contradicted(liar, now) }
            if comparisons[comparison].needsThird, askThird(id, beside: true, now) { return }
            comparisons[comparison].rest(until: now + WalletLimits.apart)
            wake(at: now + WalletLimits.apart)
        case .disputed: giveUp(on: id, now)
        }
    }

    /// Asks one more node.
    ///
    /// - Parameter beside: only one that can be asked now, and is not to be given the transaction.
    /// - Returns: whether there is one.
    private mutating func askThird(_ id: RequestID, beside: Bool = false, _ now: Instant) -> Bool {
        guard let check = waiting.firstIndex(where: { $0.errand == .check(id) }),
            places.contains(where: { node in
                beside
                    ? canAsk(node, waiting[check], now) && !takesTransactionOf(waiting[check], node)
                    : mayEverAsk(node, waiting[check], now)
            })
        else { return false }
        waiting[check].state = .waiting
        return true
    }

    /// Whether nodes told it already, and are asked once more.
    func isAskedAgain(_ request: WaitingRequest) -> Bool {
        request.asksForOutputs
            && comparisons.contains { $0.request == request.errand.request && $0.isAskedAgain }
    }

    private mutating func contradicted(_ liar: Int, _ now: Instant) {
        if let sentence = trust.contradicted(liar, now: now) { effects.append(.tell(node: liar, sentence)) }
    }

    /// Asks for the same outputs once more where nodes differed only in which of them are unlocked.
    mutating func askApartAgain(_ now: Instant) {
        for index in comparisons.indices {
            guard let at = comparisons[index].againAt, at <= now else { continue }
            comparisons[index].again()
            for place in waiting.indices where waiting[place].errand.request == comparisons[index].request {
                waiting[place].state = .waiting
            }
        }
    }

    private mutating func giveUp(on id: RequestID, _ now: Instant) {
        if let first = waiting.firstIndex(where: { $0.errand == .request(id) }) { giveUp(first, now) }
    }

    /// Where one node told outputs and another told others, or none: nobody is shown another set for a while.
    ///
    /// - Parameter isLeft: whether nobody wants the answer any more: who has only not answered yet, might have.
    mutating func dispute(_ id: RequestID, isLeft: Bool = false, _ now: Instant) {
        guard let comparison = comparisons.first(where: { $0.request == id }), !comparison.told.isEmpty else { return }
        let asked = waiting.filter { $0.errand.request == id }
        let refusing = asked.flatMap(\.barred)
        let silent = isLeft ? [] : asked.flatMap(\.failed).filter { !refusing.contains($0) }
        let nodes = places.filter { comparison.told.contains($0) || refusing.contains($0) }
        let others = places.filter { silent.contains($0) && !nodes.contains($0) }
        guard nodes.count + others.count > 1 else { return }
        trust.disputed(nodes, silent: others, now: now)
        for node in nodes where nodes.count > 1 {
            effects.append(
                .tell(node: node, "wallet.\(listener).node.\(node) and another node tell outputs differently"))
        }
        for node in others {
            effects.append(
                .tell(node: node, "wallet.\(listener).node.\(node) did not tell the outputs that another node told"))
        }
    }

    /// A node told the fee.
    mutating func feeAnswered(_ index: Int, _ answer: WalletAnswer, by node: Int, _ now: Instant) {
        let tuple: FeeTuple
        do throws(NodeAnswerFailure) {
            tuple = try FeeTuple(reading: answer)
        } catch {
            blame(node, error.sentence, answers: true, now)
            bar(index, node)
            return
        }
        switch quorum.verdict(on: tuple, from: node, now: now) {
        case .agreed: finish(index, answer, from: node, now)
        case .unchecked:
            guard now < waiting[index].askedAt + WalletLimits.fee, awaitsReading(besides: node, now) else {
                finish(index, answer, from: node, now)
                return
            }
            waiting[index].state = .unsettled(answer, from: node)
            waiting[index].until = waiting[index].askedAt + WalletLimits.fee
            wake(at: waiting[index].until)
        case .lie: bar(index, node)
        }
    }

    /// Looks again at the fees that wait for what other nodes say.
    mutating func settleFees(_ now: Instant) {
        hasProbed = false
        for index in waiting.indices.reversed() {
            guard case .unsettled(let answer, let node) = waiting[index].state else { continue }
            feeAnswered(index, answer, by: node, now)
        }
    }

    /// Whether another node's first reading of this session is about to come.
    func awaitsReading(besides node: Int?, _ now: Instant) -> Bool {
        places.contains { other in
            guard other != node, isUsable(other, now), session.heights[other] == nil else { return false }
            guard !links.isHeldUp(.probe, at: other) else { return false }
            return probes.isRunning(other) || probes.due[other].map { $0 <= now + .seconds(5) } ?? false
        }
    }
}
