import Protocols

/// Requests that ask the same while they wait for a link: the first of them goes to the node, for all.
///
/// ```
///  wallet 1 ─ get_info ─┐
///  wallet 2 ─ get_info ─┼ wait for a link ─▶ one get_info ─▶ node
///  wallet 3 ─ get_info ─┘                ◀── one answer, to all three
///  wallet 4 ─ get_info ─── came after it was sent: waits for the next
/// ```
///
/// The node begins its answer after each of them was asked, so that nobody gets an older one than from a connection of
/// his own; nothing is kept. What becomes of the first becomes of all: another node, BUSY, or the answer. Only plain
/// calls of `WalletCall.mayBeRemembered` are joined, and only of one listener: two listeners share nothing.
extension WalletDispatch {
    /// The request has just been sent on this link. Whoever waits to ask the same has asked it by that.
    mutating func join(_ index: Int, on link: LinkID) {
        waiting[index].isJoined = false
        guard waiting[index].mayBeJoined else { return }
        for other in waiting.indices
        where waiting[other].isWaiting && waiting[other].mayBeJoined && waiting[other].asksTheSame(as: waiting[index]) {
            waiting[other].state = .asked(link)
            waiting[index].isJoined = true
        }
    }

    /// The wallet gets the answer, and so does everybody who has joined the request. All of them are taken out.
    mutating func answerAll(_ index: Int, _ answer: WalletAnswer) {
        guard waiting[index].isJoined, case .asked(let link) = waiting[index].state else {
            if case .request(let id) = waiting[index].errand { effects.append(.answer(id, answer)) }
            waiting.remove(at: index)
            return
        }
        for request in waiting where request.isAsked(on: link) {
            if case .request(let id) = request.errand { effects.append(.answer(id, answer)) }
        }
        waiting.removeAll { $0.isAsked(on: link) }
    }

    /// The request with this errand has been taken out while it was asked on this link. One who has joined it takes
    /// its place; where nobody has, the link is closed, since what comes on it is nobody's.
    mutating func leave(_ link: LinkID, _ errand: WalletErrand, _ now: Instant) {
        guard let place = links.index(of: link), links[place].errand == errand else { return }
        guard let heir = waiting.firstIndex(where: { $0.isAsked(on: link) }) else { return close(place, now) }
        waiting[heir].isJoined = true
        links[place].pass(to: waiting[heir].errand)
    }
}

extension WaitingRequest {
    /// Whether it can go to a node with others that ask the same.
    fileprivate var mayBeJoined: Bool { isCommon && isUsual }

    /// Whether a node is sent the same bytes for both.
    fileprivate func asksTheSame(as other: WaitingRequest) -> Bool {
        request.body == other.request.body && request.call.path == other.request.call.path
    }
}
