/// One wallet listener's dispatcher: which node gets a request, by which connection, when another one is asked, when the
/// wallet is told that the daemon is busy, and when a node is probed. Events in, effects out.
///
/// ```
///  wallet ─▶ request ─▶ [session's node] ─▶ link (one circuit, one purpose) ─▶ answer ─▶ wallet
///                            │ quorum, routes, lock          └ failed ─▶ next node, or held, or BUSY
/// ```
public struct WalletDispatch: Sendable {
    /// A request of a wallet that waits for its answer; never used twice.
    public struct RequestID: Hashable, Sendable {
        /// Its number.
        public let number: UInt64
        /// The request of this number.
        public init(_ number: UInt64) { self.number = number }
    }

    /// A connection to a node; never used twice.
    public struct LinkID: Hashable, Sendable {
        /// Its number.
        public let number: UInt64
        /// The link of this number.
        public init(_ number: UInt64) { self.number = number }
    }

    /// What the driver is to do, in this order.
    public enum Effect: Hashable, Sendable {
        /// Dial this node on a circuit that nothing else uses or has used. Say `linkOpened` or `linkEnded`.
        case open(LinkID, node: Int, WalletPurpose)
        /// Send this on an open link that has no request under way. Say `linkAnswered`, `linkOverflows` or `linkEnded`.
        case send(LinkID, WalletRequest)
        /// Close it, whatever it does. Nothing more is said of it.
        case close(LinkID)
        /// The wallet's whole answer.
        case answer(RequestID, WalletAnswer)
        /// The link's answer is longer than is held: give what is there and all that follows to the wallet as it comes.
        /// Say `linkStreamed` at its end, or `linkEnded` if it breaks off.
        case forward(LinkID, to: RequestID)
        /// The answer broke off after some of it was given: the wallet's connection is closed.
        case breakOff(RequestID)
        /// Worth an event for the operator: a node by its place and one sentence.
        case tell(node: Int, String)
        /// The report that `testNodes` asked for is whole.
        case tested([NodeReport])
    }

    /// How a link ended.
    public enum LinkEnding: Hashable, Sendable {
        /// It could not be opened: the way, the TLS or the node; a sentence for the operator.
        case notOpened(Refusal, String)
        /// The node closed it, or it broke, before a byte of an answer to what was sent on it.
        case unanswered(String)
        /// The node's answer broke off, or was none.
        case broken(String)
        /// The node closed it while nothing was under way.
        case idleClosed
    }
}
