import Protocols

/// Whom the answer on a link is for.
enum WalletErrand: Hashable {
    /// A request of a wallet.
    case request(WalletDispatch.RequestID)
    /// The same outputs, asked of another node, to compare the answers.
    case check(WalletDispatch.RequestID)
    /// A copy of the held transaction of this number.
    case copy(UInt64)
    /// A probe of the link's node.
    case probe

    /// The wallet's request that it is for; nil where it is for none.
    var request: WalletDispatch.RequestID? {
        switch self {
        case .request(let id), .check(let id): id
        case .copy, .probe: nil
        }
    }
}

/// One connection to a node: one circuit and one purpose for its whole life.
struct WalletLink {
    enum Phase: Hashable {
        case opening
        case idle(since: Instant)
        /// A request was sent; not a byte of its answer has come.
        case asked(WalletErrand, since: Instant)
        /// An answer comes, and is held. The driver ends one that stalls.
        case answering(WalletErrand)
        /// An answer is given to the wallet as it comes. The driver ends one that stalls.
        case forwarding(WalletDispatch.RequestID)
    }

    let id: WalletDispatch.LinkID
    let node: Int
    let purpose: WalletPurpose
    let begunAt: Instant
    /// When the node's own time began: later than the link where our egress was not ready for it.
    var dialledAt: Instant
    /// Whether our egress is still at work on the way: the node was not dialled yet.
    var isHeldUp = false
    /// When its last request was sent.
    private(set) var askedAt: Instant?
    var phase = Phase.opening
    /// When to give up what it waits for: an opening, a first byte.
    var until: Instant?
    /// Whether it is closed as soon as it is idle: what it was opened for is over.
    var isRetired = false
    /// Whether its present request was sent after it had idled, so that the node may have closed it meanwhile.
    var isStale = false

    /// A request goes out on it.
    mutating func ask(_ errand: WalletErrand, until: Instant, now: Instant) {
        if case .idle(let since) = phase { isStale = now - since >= WalletLimits.stale }
        phase = .asked(errand, since: now)
        askedAt = now
        self.until = until
    }

    /// What it has under way is for another now, who asked the same.
    mutating func pass(to errand: WalletErrand) {
        switch phase {
        case .asked(_, let since): phase = .asked(errand, since: since)
        case .answering: phase = .answering(errand)
        case .opening, .idle, .forwarding: break
        }
    }

    var isOpening: Bool { phase == .opening }
    var isIdle: Bool { if case .idle = phase { true } else { false } }

    /// When its present request was sent; nil where none is under way.
    var sentAt: Instant? { errand == nil ? nil : askedAt }

    var isForwarding: Bool { if case .forwarding = phase { true } else { false } }

    /// What it has under way.
    var errand: WalletErrand? {
        switch phase {
        case .opening, .idle: nil
        case .asked(let errand, since: _), .answering(let errand): errand
        case .forwarding(let request): .request(request)
        }
    }
}

/// The connections to all nodes of a listener: at most two per node, and never a request on one that is not idle.
struct WalletLinks {
    private(set) var all: [WalletLink] = []
    private var last: UInt64 = 0

    /// Where the link of this number is.
    func index(of id: WalletDispatch.LinkID) -> Int? {
        all.firstIndex { $0.id == id }
    }

    /// A link by its place, to be changed.
    subscript(index: Int) -> WalletLink {
        get { all[index] }
        set { all[index] = newValue }
    }

    /// How many links lead to a node.
    func count(at node: Int) -> Int {
        all.count { $0.node == node }
    }

    /// How many of a purpose are being opened there.
    func opening(at node: Int, _ purpose: WalletPurpose) -> Int {
        all.count { $0.node == node && $0.purpose == purpose && $0.isOpening }
    }

    /// Whether there is any of this purpose that goes on: open, in use or being opened.
    func has(_ purpose: WalletPurpose, at node: Int) -> Bool {
        all.contains { $0.node == node && $0.purpose == purpose && !$0.isRetired }
    }

    /// Whether one of this purpose stands, so that nothing needs to be dialled.
    func isOpen(_ purpose: WalletPurpose, at node: Int) -> Bool {
        all.contains { $0.node == node && $0.purpose == purpose && !$0.isOpening && !$0.isRetired }
    }

    /// Whether one of this purpose waits for our own way there.
    func isHeldUp(_ purpose: WalletPurpose, at node: Int) -> Bool {
        all.contains { $0.node == node && $0.purpose == purpose && $0.isHeldUp }
    }

    /// One that can carry a request now.
    func idle(_ purpose: WalletPurpose, at node: Int) -> Int? {
        all.firstIndex { $0.node == node && $0.purpose == purpose && $0.isIdle && !$0.isRetired }
    }

    /// A new link. The caller has seen to it that there is room.
    mutating func open(_ purpose: WalletPurpose, at node: Int, until: Instant, now: Instant) -> WalletDispatch.LinkID {
        last += 1
        var link = WalletLink(
            id: WalletDispatch.LinkID(last), node: node, purpose: purpose, begunAt: now, dialledAt: now)
        link.until = until
        all.append(link)
        return link.id
    }

    /// A request goes out on an idle link.
    mutating func ask(_ index: Int, _ errand: WalletErrand, until: Instant, now: Instant) {
        all[index].ask(errand, until: until, now: now)
    }

    /// Takes a link out.
    @discardableResult
    mutating func remove(_ index: Int) -> WalletLink {
        all.remove(at: index)
    }
}
