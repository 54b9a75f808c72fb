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
    /// Since when.
    private(set) var wantedSince: Instant?
    /// How long a wallet that was told outputs is thought to ask for more of them, for the same transaction.
    private(set) var begunUntil: Instant?

    init(nodes: Int) {
        failures = Array(repeating: 0, count: nodes)
    }

    var isWanted: Bool { wantedUntil != nil }

    /// A wallet builds a transaction.
    mutating func want(_ now: Instant) {
        wantedUntil = now + WalletLimits.warm
        wantedSince = wantedSince ?? now
    }

    /// A node sees outputs that it will be built of. Another wallet's transaction that is handed over ends nothing of that.
    mutating func begin(_ now: Instant) { begunUntil = now + WalletLimits.shownOutputs }

    /// Whether a node has seen outputs for what may still be built.
    func isBegun(_ now: Instant) -> Bool { begunUntil.map { now < $0 } ?? false }

    /// Nothing that was begun goes on.
    mutating func forget() {
        finish()
        begunUntil = nil
    }

    /// What the way before this one knew.
    mutating func takeOver(from old: TransactionWay) {
        if wantedUntil == nil { (wantedUntil, wantedSince) = (old.wantedUntil, old.wantedSince) }
        begunUntil = [begunUntil, old.begunUntil].compactMap(\.self).max()
    }

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
        wantedSince = nil
    }
}
