public import Protocols

/// What a stream is for. Each class has its own rules, and its own circuits.
public enum RequestClass: UInt8, Hashable, Sendable, CaseIterable {
    /// The node's peers on its public zone (`monerod --proxy`).
    case p2p = 1
    /// The node's peers on its Tor zone (`--tx-proxy tor`).
    case torZone = 2
    /// The node's peers on its I2P zone (`--tx-proxy i2p`).
    case i2pZone = 3
    /// The relays of a Tor that we start and that goes by another egress.
    case torUplink = 4
    /// The node's other TCP, which the guard redirects here (`[node] strays`).
    case stray = 5
    /// The node's questions to name servers (`[node] dns`).
    case dns = 6
    /// Peers of the node that come by a published service.
    case inbound = 7
    /// Wallets that come by a published service to the node's RPC.
    case inboundRPC = 8

    /// Whether its streams must open as Monero's P2P protocol. A stray may be any protocol over TCP.
    public var opensAsLevin: Bool {
        switch self {
        case .p2p, .torZone, .i2pZone, .inbound: true
        case .torUplink, .stray, .dns, .inboundRPC: false
        }
    }

    /// Whether they come by a published service. They end at this machine, so no route is asked about them.
    public var isInbound: Bool { self == .inbound || self == .inboundRPC }
}

/// Which of the `[route]` keys a destination falls under.
public enum DestinationKind: UInt8, Hashable, Sendable, CaseIterable {
    /// An onion service.
    case onion = 1
    /// An I2P destination.
    case i2p = 2
    /// Everything else.
    case clearnet = 3

    /// The kind of a host.
    public init(_ host: Host) {
        switch host {
        case .onion: self = .onion
        case .i2p: self = .i2p
        case .address, .name: self = .clearnet
        }
    }
}

/// A stream that a client asks for.
public struct Request: Hashable, Sendable {
    /// What it is for.
    public var requestClass: RequestClass
    /// Where it is to go, as the client named it.
    public var destination: Destination

    /// A request of this class to this destination.
    public init(_ requestClass: RequestClass, to destination: Destination) {
        self.requestClass = requestClass
        self.destination = destination
    }
}
