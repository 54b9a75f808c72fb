public import Protocols

/// One way out: `[tor]`, `[i2p]`, a `[proxy.NAME]` or a `[vpn.NAME]`.
public struct EgressConfiguration: Hashable, Sendable {
    /// Its name as `[route]` and the status say it: "tor", "i2p", "proxy.work", "vpn.wg".
    public var name: String
    /// What it is and where it is.
    public var kind: EgressKind

    /// An egress of this name.
    public init(name: String, kind: EgressKind) {
        self.name = name
        self.kind = kind
    }

    /// The egress that this one is reached through; nil where it is dialled straight.
    public var via: String? {
        switch kind {
        case .tor(let tor): tor.via
        case .proxy(let proxy): proxy.via
        case .i2p, .vpn: nil
        }
    }
}

/// What an egress is.
public enum EgressKind: Hashable, Sendable {
    /// Tor, running already or started by us.
    case tor(TorConfiguration)
    /// An I2P router, running already or started by us.
    case i2p(I2PConfiguration)
    /// A SOCKS5 proxy.
    case proxy(ProxyConfiguration)
    /// The interface of a VPN.
    case vpn(VPNConfiguration)

    /// Every address of a running program that the router dials for it.
    var endpoints: [Endpoint] {
        switch self {
        case .tor(let tor): tor.endpoints
        case .i2p(let i2p): i2p.endpoints
        case .proxy(let proxy): [proxy.socks]
        case .vpn: []
        }
    }
}

/// `[tor]`.
public struct TorConfiguration: Hashable, Sendable {
    /// Whose Tor it is.
    public enum Source: Hashable, Sendable {
        /// One that runs: its SOCKS port, and the control port that tells its state (nil: only the SOCKS handshake
        /// does).
        case running(socks: Endpoint, control: Endpoint?)
        /// One that we start and supervise, with these lines of the operator in its torrc.
        case managed(torrc: [TorrcLine])
    }

    /// Whose Tor it is.
    public var source: Source
    /// The egress by which it reaches its relays; only a managed one has any.
    public var via: String?

    /// A Tor of this source, that dials its relays itself unless `via` says otherwise.
    public init(_ source: Source, via: String? = nil) {
        self.source = source
        self.via = via
    }

    fileprivate var endpoints: [Endpoint] {
        switch source {
        case .running(let socks, let control): [socks] + (control.map { [$0] } ?? [])
        case .managed: []
        }
    }
}

/// A `[proxy.NAME]`.
public struct ProxyConfiguration: Hashable, Sendable {
    /// Where it listens.
    public var socks: Endpoint
    /// What it asks for; nil where it asks for nothing.
    public var credentials: Credentials?
    /// The egress through which it is reached; nil where it is dialled straight.
    public var via: String?

    /// A proxy here.
    public init(socks: Endpoint, credentials: Credentials? = nil, via: String? = nil) {
        self.socks = socks
        self.credentials = credentials
        self.via = via
    }
}

/// A `[vpn.NAME]`. Its resolver or its probe is there: one of them proves the tunnel.
public struct VPNConfiguration: Hashable, Sendable {
    /// The interface's name, at most 15 bytes.
    public var interface: String
    /// Who is asked for names, over TCP at port 53 through the interface; nil: names are refused.
    public var resolver: IPAddress?
    /// What proves the tunnel by accepting a connection, address and port; nil: the resolver does.
    public var probe: Endpoint?

    /// A VPN by this interface.
    public init(interface: String, resolver: IPAddress? = nil, probe: Endpoint? = nil) {
        self.interface = interface
        self.resolver = resolver
        self.probe = probe
    }
}
