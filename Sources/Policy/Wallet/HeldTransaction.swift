import Protocols

/// A signed transaction until a node has taken it: the same bytes, handed over again and again, each time on a circuit
/// of its own.
///
/// Why it is held: a wallet that reads BUSY forgets the transaction that it has just signed and builds another one
/// with new decoys. Whoever sees both sets knows the real output: it is in both. Nodes answer OK to bytes that they
/// have already, so handing over twice does no harm.
struct HeldTransaction {
    /// One of the copies that are handed over, each to another node.
    enum Copy: Hashable {
        /// For a node, or for room there.
        case waiting
        /// On a link that is being opened, or was sent and is not answered.
        case on(WalletDispatch.LinkID)
        /// A node took it, or no further node is to be asked.
        case over
    }

    /// What came of it at one node.
    struct Attempt {
        var failures = 0
        var notBefore: Instant?
        var isTaken = false
        var isRefused = false
    }

    /// Its number, for links.
    let number: UInt64
    let request: WalletRequest
    /// Who waits for the answer; nil once it was given, or the wallet went away.
    var wallet: WalletDispatch.RequestID?
    /// When it is given up.
    var until: Instant
    var copies: [Copy]
    var attempts: [Attempt]
    /// The last answer of a node that did not take it.
    var refusal: WalletAnswer?

    init(
        _ number: UInt64, _ request: WalletRequest, wallet: WalletDispatch.RequestID, copies: Int, nodes: Int,
        now: Instant
    ) {
        self.number = number
        self.request = request
        self.wallet = wallet
        until = now + WalletLimits.transaction
        self.copies = Array(repeating: .waiting, count: max(copies, 1))
        attempts = Array(repeating: Attempt(), count: nodes)
    }

    var isTaken: Bool { attempts.contains { $0.isTaken } }
    var isRefused: Bool { attempts.contains { $0.isRefused } }
    var isOver: Bool { copies.allSatisfy { $0 == .over } }

    /// Whether it may be handed to a node now, as far as its own attempts go.
    func mayTry(_ node: Int, _ now: Instant) -> Bool {
        isOpen(node) && (attempts[node].notBefore.map { $0 <= now } ?? true)
    }

    /// Whether a node has not answered it yet.
    func isOpen(_ node: Int) -> Bool { !attempts[node].isTaken && !attempts[node].isRefused }

    /// A try came to nothing: the next one at this node is a second later, then two, at most ten.
    mutating func failed(at node: Int, _ now: Instant) {
        let seconds = min(1 << min(attempts[node].failures, 4), 10)
        attempts[node].failures += 1
        attempts[node].notBefore = now + .seconds(seconds)
    }
}
