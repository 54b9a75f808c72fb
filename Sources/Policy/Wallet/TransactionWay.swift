import Protocols

/// The link that the next transaction will take: opened as soon as a wallet begins to build one, so that outputs are
/// only asked for while there is a proven way for what is made of them.
struct TransactionWay {
    /// The link and its node; nil while there is none.
    private(set) var link: (id: WalletDispatch.LinkID, node: Int)?
    /// How often a link to each node came to nothing since one opened.
    private(set) var failures: [Int]
    /// How long a wallet that asked for outputs is thought to be about to send a transaction; nil while none is.
    private(set) var wantedUntil: Instant?
    /// Whether a node saw outputs that the wallet asked for to build it.
    private(set) var isBegun = false

    init(nodes: Int) {
        failures = Array(repeating: 0, count: nodes)
    }

    var isWanted: Bool { wantedUntil != nil }

    /// A wallet builds a transaction.
    mutating func want(_ now: Instant) {
        wantedUntil = now + WalletLimits.warm
    }

    /// A node sees outputs that it will be built of, or others that the real one is hidden among.
    mutating func begin() { isBegun = true }

    /// This link is for it.
    mutating func set(_ id: WalletDispatch.LinkID, at node: Int) {
        link = (id, node)
    }

    /// The link stands.
    mutating func opened(_ id: WalletDispatch.LinkID) {
        guard let link, link.id == id else { return }
        failures[link.node] = 0
    }

    /// A link is gone, which may have been this one.
    ///
    /// - Parameter isFailure: whether that was its node's fault.
    mutating func lost(_ id: WalletDispatch.LinkID, isFailure: Bool = false) {
        guard let link, link.id == id else { return }
        if isFailure { failures[link.node] += 1 }
        self.link = nil
    }

    /// A transaction takes it: what follows is another one's.
    mutating func take() -> WalletDispatch.LinkID? {
        defer { link = nil }
        return link?.id
    }

    /// Nobody builds a transaction any more.
    mutating func finish() {
        wantedUntil = nil
        isBegun = false
    }
}
