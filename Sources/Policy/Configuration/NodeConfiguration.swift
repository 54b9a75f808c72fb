public import Protocols

/// `[node]`: the Monero node that enters here.
public struct NodeConfiguration: Hashable, Sendable {
    /// The user it runs as, whom the guard confines.
    public var user: String?
    /// Where it enters, in the order p2p, Tor zone, I2P zone; one for each key that is set.
    public var listeners: [NodeListenerConfiguration]
    /// Onion and I2P peers under addresses that it can dial, in the order of the file.
    public var virtualPeers: [VirtualPeer]
    /// The peers refused at CONNECT.
    public var banList: BanList
    /// Further TCP ports of this machine's loopback that the guard lets it dial: in order, each once.
    public var localPorts: [UInt16]
    /// What becomes of the TCP connections that it opens past its listeners.
    public var strays: Strays
    /// Who answers its questions for names, asked over TCP by the clearnet route; nil: nobody, they are stopped.
    public var dns: Endpoint?

    /// What the guard does with TCP past the listeners.
    public enum Strays: String, Hashable, Sendable, CaseIterable {
        /// Counted and refused.
        case count
        /// Sent into the router by their original destination.
        case redirect
    }

    /// Where redirected strays come in, on 127.0.0.1 and ::1.
    public static let strayPort: UInt16 = 18953
    /// Where redirected questions for names come in, on 127.0.0.1 and ::1, by UDP and by TCP.
    public static let dnsPort: UInt16 = 18954

    /// A node with these.
    public init(
        user: String? = nil, listeners: [NodeListenerConfiguration] = [], virtualPeers: [VirtualPeer] = [],
        banList: BanList = BanList(), localPorts: [UInt16] = [], strays: Strays = .count, dns: Endpoint? = nil
    ) {
        self.user = user
        self.listeners = listeners
        self.virtualPeers = virtualPeers
        self.banList = banList
        self.localPorts = localPorts
        self.strays = strays
        self.dns = dns
    }
}

/// What a listener is to the node, which is what its streams are to the router.
public enum NodeListenerRole: String, Hashable, Sendable, CaseIterable {
    /// monerod's `proxy=`: the public network, and virtual peers.
    case p2p = "proxy"
    /// monerod's `tx-proxy=tor,`.
    case torZone = "tor-proxy"
    /// monerod's `tx-proxy=i2p,`.
    case i2pZone = "i2p-proxy"
}

/// One SOCKS listener for the node.
public struct NodeListenerConfiguration: Hashable, Sendable {
    /// Its name in the status: "node.proxy", "node.tor-proxy" or "node.i2p-proxy".
    public var name: String { "node." + role.rawValue }
    /// What it is to the node.
    public var role: NodeListenerRole
    /// Where it listens: TCP on loopback.
    public var endpoint: Endpoint

    /// A listener of this role here.
    public init(role: NodeListenerRole, endpoint: Endpoint) {
        self.role = role
        self.endpoint = endpoint
    }
}

/// A peer under an address that monerod can dial in its public zone, from which it syncs blocks.
public struct VirtualPeer: Hashable, Sendable {
    /// The address that monerod dials, inside 10/8.
    public var address: IPv4Address
    /// The port that monerod dials.
    public var port: UInt16
    /// The onion or I2P address that is meant.
    public var destination: Destination

    /// This destination under this address and port.
    public init(address: IPv4Address, port: UInt16, destination: Destination) {
        self.address = address
        self.port = port
        self.destination = destination
    }
}
