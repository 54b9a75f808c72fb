public import Protocols

/// `[i2p]`.
public struct I2PConfiguration: Hashable, Sendable {
    /// Whose I2P router it is, and how it is spoken to.
    public enum Source: Hashable, Sendable {
        /// The SOCKS port of one that runs: one destination for all, and no service.
        case socks(Endpoint)
        /// The SAM port of one that runs.
        case sam(Endpoint)
        /// An i2pd that we start and supervise, spoken to by SAM.
        case managed
    }

    /// Whose it is.
    public var source: Source
    /// The tunnels of the destinations by which streams go out; of no use with SOCKS.
    public var tunnels: I2PTunnels

    /// An I2P router of this source.
    public init(_ source: Source, tunnels: I2PTunnels = I2PTunnels()) {
        self.source = source
        self.tunnels = tunnels
    }

    /// The SAM port of a running I2P router; nil with SOCKS, and where the router starts an i2pd of its own.
    public var sam: Endpoint? { if case .sam(let endpoint) = source { endpoint } else { nil } }

    /// Whether the router starts an i2pd of its own.
    public var managed: Bool { source == .managed }

    /// Whether services can be published by it: SOCKS has no way in.
    public var canPublish: Bool {
        switch source {
        case .socks: false
        case .sam, .managed: true
        }
    }

    /// Every address of a running program that the router dials for it.
    var endpoints: [Endpoint] {
        switch source {
        case .socks(let endpoint), .sam(let endpoint): [endpoint]
        case .managed: []
        }
    }
}
