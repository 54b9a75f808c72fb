public import Protocols

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

    /// When `tick` has something to do, next.
    public var deadline: Instant? { nil }

    /// Whether no request waits and no transaction is held.
    public var isQuiet: Bool { true }

    /// Each node, as `status` shows it.
    public var statuses: [WalletNodeStatus] { [] }

    /// The height that most nodes agree on.
    public var quorumHeight: UInt64? { nil }

    /// What the operator should know of, in sentences.
    public func threats(now: Instant) -> [String] { [] }

    /// A dispatcher for the `listener`th `[[wallet]]` of the file.
    ///
    /// - Parameter seed: what its times are spread by. Two listeners have different ones.
    public init(_ configuration: WalletConfiguration, listener: Int, network: MoneroNetwork, seed: UInt64) {}

    /// A wallet asks this.
    public mutating func request(_ id: RequestID, _ request: WalletRequest, now: Instant) -> [Effect] { [] }

    /// The wallet that asked this went away: no answer is wanted. A transaction is handed over all the same.
    public mutating func requestGone(_ id: RequestID, now: Instant) -> [Effect] { [] }

    /// The way to the node stands (the circuit, the proxy's answer); TLS may follow.
    public mutating func linkConnected(_ link: LinkID, now: Instant) -> [Effect] { [] }

    /// The link can carry a request.
    public mutating func linkOpened(_ link: LinkID, now: Instant) -> [Effect] { [] }

    /// The first byte of an answer came. It need not be said where the whole answer came with it.
    public mutating func linkBegan(_ link: LinkID, now: Instant) -> [Effect] { [] }

    /// More of an answer came, or the wallet is slow to take what came: no stall of the node's. Once a second is
    /// often enough.
    public mutating func linkProgressed(_ link: LinkID, now: Instant) {}

    /// The whole answer to what was sent.
    ///
    /// - Parameter keepsAlive: whether the link can carry another request.
    public mutating func linkAnswered(
        _ link: LinkID, _ answer: WalletAnswer, keepsAlive: Bool, now: Instant
    ) -> [Effect] { [] }

    /// The answer is longer than is held; this is how it begins. What follows waits until the effects say.
    public mutating func linkOverflows(
        _ link: LinkID, status: Int, beginning: [UInt8], now: Instant
    ) -> [Effect] { [] }

    /// An answer that was forwarded came to its proper end.
    public mutating func linkStreamed(_ link: LinkID, keepsAlive: Bool, now: Instant) -> [Effect] { [] }

    /// The link is no more.
    public mutating func linkEnded(_ link: LinkID, _ ending: LinkEnding, now: Instant) -> [Effect] { [] }

    /// Which nodes have a way to them, by their place: a proven egress and a route. Loopback nodes always have.
    public mutating func routes(_ ready: [Bool], now: Instant) -> [Effect] { [] }

    /// Why nothing may pass at all (the lock, the guard); nil when it may.
    public mutating func stand(_ refusal: Refusal?, now: Instant) -> [Effect] { [] }

    /// Probe each node at once; `tested` follows.
    public mutating func testNodes(now: Instant) -> [Effect] { [] }

    /// The time has come to this point.
    public mutating func tick(now: Instant) -> [Effect] { [] }
}
