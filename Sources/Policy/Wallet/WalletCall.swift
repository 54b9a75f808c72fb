/// What a request to a node is for. Each has circuits of its own.
public enum WalletPurpose: String, Hashable, Sendable, CaseIterable {
    /// Blocks, the pool, heights.
    case sync
    /// What a transaction is made of: outputs and their distribution.
    case outputs
    /// A signed transaction: a fresh circuit for each.
    case transaction
    /// Whether a node is good.
    case probe
}

/// One of the calls that a wallet may make: what it is called on the wire, and what we do with it.
public struct WalletCall: Hashable, Sendable {
    /// The form of a call's body and of its answer.
    public enum Form: Hashable, Sendable {
        /// A JSON object. Some `.bin` paths are of this form too.
        case json
        /// A JSON-RPC 2.0 call, by POST to /json_rpc.
        case jsonRPC
        /// Monero's portable storage.
        case portableStorage
    }

    /// What is special about a call.
    public enum Role: Hashable, Sendable {
        /// Nothing.
        case plain
        /// Asks for the version: a wallet's test of a new connection.
        case version
        /// Asks for the fee.
        case fee
        /// Asks for ring members.
        case outputs
        /// Hands over a signed transaction.
        case transaction
        /// Shows key images or amounts: only loopback and trusted nodes get it.
        case revealing
    }

    /// The path as it is sent to a node.
    public var path: String
    /// The JSON-RPC method; nil for the others.
    public var method: String?
    /// The form of its body and answer.
    public var form: Form
    /// Whose circuit it takes.
    public var purpose: WalletPurpose
    /// What is special about it.
    public var role: Role

    /// Whether wallets ask it again and again by a body that says nothing of what they own or look for. Such calls are
    /// remembered while a connection lasts; all others are not.
    var mayBeRemembered: Bool { Self.remembered.contains(method ?? path) }

    /// How many bytes of an answer are held until it is whole, so that one which breaks off can be asked of another node; a
    /// longer one is given on as it comes. Mainnet's distribution of outputs has a byte or two for each of its 2.3 million
    /// blocks, and a wallet whose transfer ends on half of it draws other decoys the next time; blocks it asks for again.
    public var holdLimit: Int { purpose == .outputs && role == .plain ? Self.longestHeld : Self.shortHeld }

    /// Whether so much of an answer is held on, after this time since it began: not where it is longer than is held, nor where
    /// it is long and so slow that the node would be given up though it sends.
    public func holds(_ bytes: Int, for time: Duration) -> Bool {
        bytes <= holdLimit && (bytes <= Self.shortHeld || time <= Self.longHeld)
    }

    private static let shortHeld = 1 << 20
    /// How long more than a megabyte is held.
    private static let longHeld = Duration.seconds(60)

    /// The most that is held of any answer, in bytes.
    public static let longestHeld = 8 << 20

    private static let remembered: Set<String> = [
        "/getheight", "/getinfo", "/get_transaction_pool_hashes.bin", "/get_transaction_pool_hashes", "get_info",
        "get_version", "hard_fork_info", "get_fee_estimate", "getblockcount", "getlastblockheader",
    ]

    /// A call of these.
    public init(
        path: String, method: String? = nil, form: Form, purpose: WalletPurpose = .sync, role: Role = .plain
    ) {
        self.path = path
        self.method = method
        self.form = form
        self.purpose = purpose
        self.role = role
    }
}

/// A request as it goes to a node: judged, without any identifier, written by us.
public struct WalletRequest: Hashable, Sendable {
    /// What it is.
    public var call: WalletCall
    /// The whole body as it is sent, byte for byte, also when it is sent again.
    public var body: [UInt8]
    /// The JSON-RPC call's id as JSON text, for answers of ours; "\"0\"" where there is none.
    public var id: [UInt8]

    /// A request of these.
    public init(call: WalletCall, body: [UInt8], id: [UInt8] = Array("\"0\"".utf8)) {
        self.call = call
        self.body = body
        self.id = id
    }
}

/// A node's whole answer, or ours in its place.
public struct WalletAnswer: Hashable, Sendable {
    /// The HTTP status. A wallet takes any other than 200 for "no connection to daemon".
    public var status: Int
    /// Content-Type's value.
    public var contentType: String
    /// The body.
    public var body: [UInt8]

    /// An answer of these.
    public init(status: Int = 200, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
