public import Protocols

/// `[node.inbound]`: the services by which others reach this node without knowing where it is.
public struct InboundConfiguration: Hashable, Sendable {
    /// The onion services of `[node.inbound.tor]`, in the order p2p, rpc, sync: at most one of each kind, on ports and
    /// targets of their own. Each has a key and so an address of its own: clients' keys hold for a whole address.
    public var onions: [OnionServiceConfiguration]
    /// The I2P service of `[node.inbound.i2p]`.
    public var i2p: I2PServiceConfiguration?

    /// These services; without any, nobody reaches the node.
    public init(onions: [OnionServiceConfiguration] = [], i2p: I2PServiceConfiguration? = nil) {
        self.onions = onions
        self.i2p = i2p
    }

    /// Whether there is none.
    public var isEmpty: Bool { onions.isEmpty && i2p == nil }

    /// Where the services end: addresses of this machine's loopback, which the router dials.
    public var targets: [Endpoint] { onions.map(\.target) + (i2p.map { [$0.target] } ?? []) }
}

/// What a published service is for.
public enum InboundKind: String, Hashable, Sendable, CaseIterable {
    /// Transactions of Tor's zone: what monerod's `anonymous-inbound` listens for. No blocks are asked for there.
    case p2p
    /// The node's RPC, for wallets.
    case rpc
    /// The node's public P2P port, for peers that sync blocks through a virtual address.
    case sync

    /// The port of the onion service where the file names none, as monero's documents have it.
    public var defaultPort: UInt16 {
        switch self {
        case .p2p: 18084
        case .rpc: 18089
        case .sync: 18080
        }
    }
}

/// One key of `[node.inbound.tor]`.
public struct OnionServiceConfiguration: Hashable, Sendable {
    /// What it is for.
    public var kind: InboundKind
    /// The port behind the onion address.
    public var port: UInt16
    /// Where its streams end: TCP on this machine's loopback, and no listener of the router.
    public var target: Endpoint
    /// Whose keys open it. Empty for `p2p` and `sync`, which are for everybody; empty for `rpc` only where it is public.
    public var clients: [OnionClientKey]
    /// Whether `public = true` stands there: RPC for whoever knows the address. Always false for `p2p` and `sync`.
    public var isPublic: Bool

    /// A service of these. Nothing is checked here: the reader of the file does that.
    public init(
        kind: InboundKind, port: UInt16, target: Endpoint, clients: [OnionClientKey] = [], isPublic: Bool = false
    ) {
        self.kind = kind
        self.port = port
        self.target = target
        self.clients = clients
        self.isPublic = isPublic
    }

    /// Its name in the status: "tor.p2p", "tor.rpc", "tor.sync".
    public var name: String { "tor.\(kind.rawValue)" }
}

/// The public half of a client's key: who has the other half can read the service's descriptor, and nobody else can
/// (Tor's rend-spec-v3, "Client authorization").
public struct OnionClientKey: Hashable, Sendable {
    /// The x25519 public key: 32 bytes.
    public var bytes: [UInt8]

    /// Reads the line that Tor's own files of clients hold, "descriptor:x25519:" and 52 characters of base32; nil for
    /// anything else, and for the key of zeros, whose secret everybody knows.
    public init?(descriptor: String) {
        let prefix = "descriptor:x25519:"
        guard descriptor.hasPrefix(prefix), descriptor.utf8.count == prefix.utf8.count + 52,
            let bytes = Base32.decode(descriptor.dropFirst(prefix.count)), bytes.count == 32,
            bytes.contains(where: { $0 != 0 })
        else { return nil }
        self.bytes = bytes
    }
}

/// `p2p` of `[node.inbound.i2p]`.
public struct I2PServiceConfiguration: Hashable, Sendable {
    /// Where its streams end: TCP on this machine's loopback, and no listener of the router.
    public var target: Endpoint
    /// The tunnels of its destination.
    public var tunnels: I2PTunnels

    /// A service that ends here.
    public init(target: Endpoint, tunnels: I2PTunnels = I2PTunnels()) {
        self.target = target
        self.tunnels = tunnels
    }

    /// Its name in the status.
    public var name: String { "i2p.p2p" }

    /// The port on 127.0.0.1 where the file names no target.
    static let defaultTargetPort: UInt16 = 18085
}

/// The tunnels of an I2P destination, the same in both directions.
public struct I2PTunnels: Hashable, Sendable {
    /// How many there are in each direction: 1 to 6.
    public var quantity: Int
    /// Through how many routers each leads: 0 to 3. With 0 the next router sees where the node is.
    public var length: Int

    /// The values that `quantity` may have.
    public static let quantities = 1...6
    /// The values that `length` may have.
    public static let lengths = 0...3

    /// Three tunnels of three hops, unless said otherwise.
    public init(quantity: Int = 3, length: Int = 3) {
        self.quantity = quantity
        self.length = length
    }
}
