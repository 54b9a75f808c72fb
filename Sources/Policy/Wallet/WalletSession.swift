import Protocols

/// What a wallet's requests have in common while it polls: the node they go to, and what it was shown there.
///
/// A session stays on its node while that is good, so that heights never jump back. It moves only when that node is
/// not, and then to one that is as high, if there is one; it does not move back, except from a remote node to one of
/// this machine, which knows the wallet anyway. It ends when the wallet has asked nothing for 180 s; the next one
/// begins at the first good node again.
struct WalletSession {
    /// The node that requests go to; nil before the first.
    private(set) var node: Int?
    /// When it came there.
    private(set) var movedAt = Instant(milliseconds: 0)
    /// When a wallet asked something last; nil while no wallet polls.
    private(set) var askedAt: Instant?
    /// The highest block count that a node had whose answers were given to the wallet.
    private(set) var shownHeight: UInt64 = 0
    /// Whether it went to the node that answers soonest.
    private(set) var isSettled = false
    /// What each node said of its height in this session.
    private(set) var heights: [UInt64?]
    /// The longest that each node took in this session from a request's last byte to the answer's first; nil where it
    /// answered none. Of the links for blocks and the like alone.
    private(set) var waits: [Duration?]
    /// Whether a request of the kind that keeps a link warm was made.
    private(set) var usesSync = false
    /// When the warm link is opened again at the earliest, and how long the next pause is.
    private(set) var warmNotBefore: Instant?
    private var warmPause = Duration.zero
    /// When each node was last asked for outputs. This outlives the session: a transaction may be signed later.
    private(set) var shownOutputs: [Instant?]

    init(nodes: Int) {
        heights = Array(repeating: nil, count: nodes)
        waits = Array(repeating: nil, count: nodes)
        shownOutputs = Array(repeating: nil, count: nodes)
    }

    var isActive: Bool { askedAt != nil }

    /// When it ends, if nothing more is asked.
    var end: Instant? { askedAt.map { $0 + WalletLimits.warm } }

    /// A wallet asks something.
    ///
    /// - Returns: whether this begins a session.
    mutating func asked(_ now: Instant) -> Bool {
        defer { askedAt = now }
        return askedAt == nil
    }

    /// It goes on at this node.
    mutating func move(to node: Int, _ now: Instant) {
        self.node = node
        movedAt = now
    }

    /// It is where it belongs by how soon nodes answer, and stays.
    mutating func settle() { isSettled = true }

    /// A request for blocks or the like goes out.
    mutating func synchronizes() { usesSync = true }

    /// Requests came to their end after `end` was near: the session goes on.
    mutating func touch(_ now: Instant) { askedAt = now }

    /// The node closed the idle warm link. It is opened again at once; but the sooner it was closed, the later.
    mutating func lostWarmth(livedFor life: Duration, now: Instant) {
        guard life < .seconds(60) else {
            warmPause = .zero
            return
        }
        warmNotBefore = now + warmPause
        warmPause = warmPause == .zero ? .seconds(1) : min(warmPause * 2, .seconds(60))
    }

    /// A wallet was given this node's answer.
    mutating func showed(_ node: Int) {
        if let height = heights[node], height > shownHeight { shownHeight = height }
    }

    /// A node answered after so long.
    mutating func waited(_ wait: Duration, for node: Int) {
        if waits[node].map({ $0 < wait }) ?? true { waits[node] = wait }
    }

    /// A probe read this height.
    mutating func read(_ height: UInt64, of node: Int) {
        heights[node] = height
    }

    /// Whether a node is not known to be lower than what the wallet was shown.
    ///
    /// - Parameter limit: what most nodes say, and how many blocks honest ones may differ by: what was shown from above that
    ///   was one node's alone, and most nodes' counts.
    func isHighEnough(_ node: Int, limit: (height: UInt64, slack: UInt64)?) -> Bool {
        guard let height = heights[node] else { return true }
        if let limit, shownHeight > limit.height, shownHeight - limit.height > limit.slack {
            return height >= limit.height
        }
        return height >= shownHeight
    }

    /// A node sees which outputs are asked for.
    mutating func showedOutputs(to node: Int, _ now: Instant) {
        shownOutputs[node] = max(shownOutputs[node] ?? now, now)
    }

    /// When it was shown outputs that may be of a transaction that is yet to come.
    func outputsShown(to node: Int, _ now: Instant) -> Instant? {
        shownOutputs[node].flatMap { now - $0 < WalletLimits.shownMemory ? $0 : nil }
    }

    /// The wallet polls no more. What it was shown does not bind the next session: that may be hours later, and the
    /// quorum sets aside who is far behind.
    mutating func finish() {
        node = nil
        askedAt = nil
        shownHeight = 0
        usesSync = false
        isSettled = false
        warmNotBefore = nil
        warmPause = .zero
        for node in heights.indices {
            heights[node] = nil
            waits[node] = nil
        }
    }
}
