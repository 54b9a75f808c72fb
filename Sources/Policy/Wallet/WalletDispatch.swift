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
        /// This dispatcher was retired, and has no node for it: the one in its place is asked, or where there is none the wallet
        /// is told that the daemon is busy. Nothing more is said of it here.
        case passOn(RequestID, WalletRequest)
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

    let nodes: [WalletNodeConfiguration]
    /// In the order of the file.
    let places: [Int]
    let isOwn: [Bool]
    /// Whether it is given calls that show key images.
    var isTrusted: [Bool]
    /// Whether requests may go there at all: to other machines only where no node is on this one, or with `fallback`.
    var isAllowed: [Bool]
    let order: WalletConfiguration.Order
    let verifiesOutputs: Bool
    let broadcast: Int
    let listener: Int
    let network: MoneroNetwork

    /// Why nothing may pass. Until somebody says otherwise nothing does.
    var refusal: Refusal? = .unguarded
    var ways: NodeWays
    var links = WalletLinks()
    var quorum: NodeQuorum
    /// What a wallet is told of the version where no node can be asked.
    var version = NodeVersion()
    var session: WalletSession
    var waiting: [WaitingRequest] = []
    var comparisons: [OutputsComparison] = []
    var trust: OutputsTrust
    var way: TransactionWay
    var held: [HeldTransaction] = []
    var lastHeld: UInt64 = 0
    var probes: ProbeSchedule
    var test: NodeTest?
    /// Whether a probe has ended, so that fees which wait for what other nodes say may be told.
    var hasProbed = false
    /// Whether another one has taken its place.
    var isRetired = false
    var soonest: Instant?
    var effects: [Effect] = []

    /// A dispatcher for the `listener`th `[[wallet]]` of the file. It passes nothing before `stand` and `routes` say
    /// that it may.
    ///
    /// - Parameter seed: what its times are spread by. Two listeners have different ones.
    public init(_ configuration: WalletConfiguration, listener: Int, network: MoneroNetwork, seed: UInt64) {
        nodes = configuration.nodes
        places = Array(nodes.indices)
        isOwn = nodes.map { $0.kind == .loopback }
        isTrusted = nodes.map { $0.kind == .loopback || $0.isTrusted }
        let staysHere = isOwn.contains(true) && !configuration.fallback
        isAllowed = isOwn.map { $0 || !staysHere }
        order = configuration.order
        verifiesOutputs = configuration.verifiesOutputs
        broadcast = configuration.broadcast
        self.listener = listener
        self.network = network
        ways = NodeWays(isLoopback: isOwn)
        quorum = NodeQuorum(nodes: nodes, listener: listener, network: network)
        session = WalletSession(nodes: nodes.count)
        trust = OutputsTrust(listener: listener)
        way = TransactionWay(nodes: nodes.count)
        probes = ProbeSchedule(nodes: nodes.count, seed: seed)
    }

    /// When `tick` has something to do at the latest; never later than that, and sometimes earlier, so that it rarely
    /// changes with a request.
    public var deadline: Instant? { soonest }

    /// Whether no request waits, no transaction is held and no test is under way.
    public var isQuiet: Bool { waiting.isEmpty && held.isEmpty && test == nil }

    /// Each node, as `status` shows it.
    public func statuses(now: Instant) -> [WalletNodeStatus] { quorum.statuses(now: now) }

    /// The height that most nodes agree on.
    public func quorumHeight(now: Instant) -> UInt64? { quorum.height(now: now) }

    /// What the operator should know of, in sentences.
    public func threats(now: Instant) -> [String] { quorum.threats(now: now) + trust.threats(now: now) }

    /// Something is to be done at this time at the latest.
    mutating func wake(at time: Instant) {
        guard let soonest, soonest <= time else {
            self.soonest = time
            return
        }
    }

    /// What came of an event: the driver's to do.
    mutating func take() -> [Effect] {
        if !quorum.changes.isEmpty {
            for change in quorum.takeChanges() { effects.append(.tell(node: change.node, change.sentence)) }
        }
        var taken: [Effect] = []
        swap(&taken, &effects)
        return taken
    }

    /// After each event: whatever can go on, goes on. Transactions come first, then the way for the next, then
    /// requests in the order that they came.
    mutating func pump(_ now: Instant) {
        guard refusal == nil else { return }
        if hasProbed { settleFees(now) }
        if !held.isEmpty { handOver(now) }
        keepTransactionWay(now)
        pressProbe(now)
        if !waiting.isEmpty { place(now) }
        guard !isRetired else {
            closeNeedless(now)
            return
        }
        keepWarm(now)
        startProbes(now)
    }
}
