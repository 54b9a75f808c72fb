public import Protocols

/// One way out: `[tor]` or a `[proxy.NAME]`.
public struct EgressConfiguration: Hashable, Sendable {
    /// Its name as `[route]` and the status say it: "tor", "proxy.work".
    public var name: String
    /// What it is and where it listens.
    public var kind: EgressKind

    /// An egress of this name.
    public init(name: String, kind: EgressKind) {
        self.name = name
        self.kind = kind
    }
}

/// What an egress is.
public enum EgressKind: Hashable, Sendable {
    /// A running Tor: its SOCKS port, and the control port that tells its state (nil: only the SOCKS handshake
    /// does).
    case tor(socks: Endpoint, control: Endpoint?)
    /// A SOCKS5 proxy, with the credentials it asks for.
    case proxy(socks: Endpoint, credentials: Credentials?)

    /// Every address of it that the router dials.
    var endpoints: [Endpoint] {
        switch self {
        case .tor(let socks, let control): [socks] + (control.map { [$0] } ?? [])
        case .proxy(let socks, _): [socks]
        }
    }
}
