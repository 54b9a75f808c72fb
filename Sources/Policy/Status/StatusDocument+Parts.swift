/// One way out.
public struct EgressStatus: Hashable, Sendable {
    /// Its name in `[route]`: "tor", "i2p", "proxy.work", "vpn.wg".
    public var name: String
    /// What it is: "tor", "i2p", "proxy", "vpn".
    public var kind: String
    /// How far it is from carrying traffic.
    public var state: Readiness
    /// What a person can act on: "bootstrapped 45 %: loading relay descriptors".
    public var detail: String
    /// Streams that did not come about though it was ready, by reason: "exit-refused", "timeout". For the metrics:
    /// the document, whose keys are fixed, does not carry it.
    public var failures: [String: UInt64]
    /// Relays through it that were cut because they stalled. For the metrics, like `failures`.
    public var stalled: UInt64

    /// An egress of these facts.
    public init(
        name: String, kind: String, state: Readiness, detail: String, failures: [String: UInt64] = [:],
        stalled: UInt64 = 0
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.detail = detail
        self.failures = failures
        self.stalled = stalled
    }
}

/// One listener. Counts are since the daemon's start; those of a wallet's listener are nil.
public struct ListenerStatus: Hashable, Sendable {
    /// Its name: "node.proxy", "node.tor-proxy", "node.i2p-proxy", "wallet.0"; a published service has its own, "tor.p2p".
    public var name: String
    /// Where it listens: "127.0.0.1:18950".
    public var address: String
    /// Connections open now.
    public var open: UInt64?
    /// Connections accepted.
    public var accepted: UInt64?
    /// Connections refused, by reason: "banned", "no-route".
    public var refused: [String: UInt64]
    /// Bytes from the client to the world.
    public var bytesUp: UInt64?
    /// Bytes from the world to the client.
    public var bytesDown: UInt64?

    /// A listener of these counts; without any, one whose counts are not kept.
    public init(
        name: String, address: String, open: UInt64? = nil, accepted: UInt64? = nil, refused: [String: UInt64] = [:],
        bytesUp: UInt64? = nil, bytesDown: UInt64? = nil
    ) {
        self.name = name
        self.address = address
        self.open = open
        self.accepted = accepted
        self.refused = refused
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
    }

    /// Whether it serves a wallet, of which nothing is counted: neither written nor shown. One's own wallets come in by
    /// the RPC service too.
    public var isWallet: Bool {
        name == "wallet" || name.hasPrefix("wallet.") || name == InboundStatus.walletService
    }

    /// The same, without counts if it serves a wallet. A part that counts by mistake tells nobody.
    public var withoutWalletCounts: ListenerStatus {
        isWallet ? ListenerStatus(name: name, address: address) : self
    }
}

/// One published service.
public struct InboundStatus: Hashable, Sendable {
    /// Its name: "tor.p2p", "tor.rpc", "tor.sync", "i2p.p2p".
    public var name: String
    /// Its onion or b32 address with the port; nil while it has none.
    public var address: String?
    /// Whether its descriptor is known to be uploaded.
    public var published: Bool?
    /// What stands in the way, or what else is known: "waits for tor: bootstrapped 45 %"; nil where there is nothing to
    /// say.
    public var detail: String?
    /// Streams open now by which others came in; nil where that is not known, and always of the wallets' service.
    public var open: UInt64? {
        didSet { if name == Self.walletService { open = nil } }
    }

    /// What is counted of its streams; nil where nothing is, and always of the wallets' service. For the metrics: the
    /// document, whose keys are fixed, does not carry it.
    public var counts: InboundCounts? {
        didSet { if name == Self.walletService { counts = nil } }
    }

    /// A service of these facts.
    public init(
        name: String, address: String?, published: Bool?, detail: String? = nil, open: UInt64? = nil,
        counts: InboundCounts? = nil
    ) {
        self.name = name
        self.address = address
        self.published = published
        self.detail = detail
        self.open = name == Self.walletService ? nil : open
        self.counts = name == Self.walletService ? nil : counts
    }

    /// The name of the service by which one's own wallets come in.
    public static let walletService = "tor.rpc"

    /// In two words, for a screen.
    var standing: (text: String, tone: Palette.Tone) {
        switch published {
        case true?: ("published", .good)
        case false?: ("not published", .warning)
        case nil: ("not known to be published", .warning)
        }
    }
}

/// What is counted of a service's streams since the daemon's start.
public struct InboundCounts: Hashable, Sendable {
    /// Streams that came.
    public var accepted: UInt64
    /// Streams refused, by reason.
    public var refused: [String: UInt64]
    /// Bytes from those who came in to the node.
    public var bytesIn: UInt64
    /// Bytes from the node to them.
    public var bytesOut: UInt64

    /// These; without any, nothing yet.
    public init(accepted: UInt64 = 0, refused: [String: UInt64] = [:], bytesIn: UInt64 = 0, bytesOut: UInt64 = 0) {
        self.accepted = accepted
        self.refused = refused
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
    }
}

/// The nodes behind the wallet gateway.
public struct WalletStatus: Hashable, Sendable {
    /// The height that most nodes agree on.
    public var quorumHeight: UInt64?
    /// Every node, by its place in the file.
    public var nodes: [WalletNodeStatus]

    /// A gateway with these nodes; without any, one that is not configured.
    public init(quorumHeight: UInt64? = nil, nodes: [WalletNodeStatus] = []) {
        self.quorumHeight = quorumHeight
        self.nodes = nodes
    }
}

/// One node behind the wallet gateway. Its address is not told: it is a destination.
public struct WalletNodeStatus: Hashable, Sendable {
    /// Its place in the file: "wallet.0.node.1".
    public var name: String
    /// What it is: "loopback", "onion", "i2p", "clearnet".
    public var kind: String
    /// Whether it answers.
    public var state: Readiness
    /// The height it says it has.
    public var height: UInt64?
    /// How long its last answer took.
    public var latencyMilliseconds: UInt64?

    /// A node of these facts.
    public init(name: String, kind: String, state: Readiness, height: UInt64?, latencyMilliseconds: UInt64?) {
        self.name = name
        self.kind = kind
        self.state = state
        self.height = height
        self.latencyMilliseconds = latencyMilliseconds
    }
}
