import Protocols

/// A request of a wallet until it is answered, or its twin that another node is asked for comparison.
struct WaitingRequest {
    enum State: Hashable {
        /// For a node, a link or a transaction's link.
        case waiting
        /// Sent on this link.
        case asked(WalletDispatch.LinkID)
        /// The wallet is given the answer as it comes.
        case forwarding(WalletDispatch.LinkID)
        /// A fee that waits for what other nodes say.
        case unsettled(WalletAnswer, from: Int)
        /// Answered; the twin's answer is awaited.
        case compared
    }

    let errand: WalletErrand
    let request: WalletRequest
    let askedAt: Instant
    /// When the wallet is told that the daemon is busy.
    var until: Instant
    var state = State.waiting {
        didSet { isWaiting = if case .waiting = state { true } else { false } }
    }
    /// Nodes that failed it; asked again only when no other is left.
    var failed: [Int] = [] {
        didSet { isUsual = false }
    }
    /// Nodes whose answer to it was none; not asked again.
    var barred: [Int] = [] {
        didSet { isUsual = false }
    }
    /// Whether it met a link that the node had closed already, and was given a second one there.
    var wasStale = false
    /// Whether it is asked to build a transaction of which a node has seen outputs already. A wallet asks for two sets in one
    /// transfer: told BUSY in between, it begins anew, with other decoys for the outputs of the first.
    let isOfBegun: Bool
    /// Whether a node has seen it.
    var isShown = false
    // These are kept, not worked out: they are asked of each request that waits, each time that something comes.
    /// Whether it waits for a node or a link.
    private(set) var isWaiting = true
    /// Whether nothing speaks against the session's own node and its links for blocks: so it is with nearly all.
    private(set) var isUsual: Bool
    /// Whether wallets ask this again and again, by the same bytes.
    let isCommon: Bool
    /// Whether others that ask the same have been sent by it.
    var isJoined = false

    init(_ errand: WalletErrand, _ request: WalletRequest, isOfBegun: Bool = false, now: Instant) {
        self.errand = errand
        self.request = request
        self.isOfBegun = isOfBegun
        askedAt = now
        until = now + (isOfBegun ? WalletLimits.shownOutputs : WalletLimits.request)
        isUsual =
            switch (errand, request.call.purpose, request.call.role) {
            case (.request, .sync, .plain), (.request, .sync, .fee): true
            default: false
            }
        isCommon = request.call.role == .plain && request.call.mayBeRemembered
    }

    /// Whether its answer comes on this link.
    func isAsked(on link: WalletDispatch.LinkID) -> Bool {
        if case .asked(link) = state { true } else { false }
    }

    /// Whether it asks for ring members.
    var asksForOutputs: Bool { request.call.role == .outputs }
}
