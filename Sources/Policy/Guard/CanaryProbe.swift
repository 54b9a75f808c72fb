public import Protocols

/// One thing that the canary tries, and that the guard must stop. Each has a counter of its own in the guard's table, so
/// that a failure for another cause is not taken for the guard's work.
///
/// The addresses are for documentation (RFC 5737, RFC 3849): nobody has them. Every packet carries DSCP 42, so that the
/// confined user's own packets to the same place are not counted with the canary's.
public enum CanaryProbe: String, Hashable, Sendable, CaseIterable {
    /// A TCP connection.
    case tcp4
    /// A UDP datagram.
    case udp4
    /// A question to a name server.
    case dns4
    /// The same over IPv6.
    case tcp6
    /// The same over IPv6.
    case udp6
    /// The same over IPv6.
    case dns6
    /// The local stub resolver, which would ask the world for whoever asks it. It has a route on every machine.
    case stub
    /// A name server on the loopback of IPv6. It has a route wherever there is IPv6.
    case stub6

    /// What all packets of the canary carry (`IP_TOS` is four times this).
    public static let dscp: UInt8 = 42

    /// Where it goes.
    public var endpoint: Endpoint {
        switch self {
        case .tcp4, .udp4: .tcp(.v4(Self.documentation4), port: 18080)
        case .dns4: .tcp(.v4(Self.documentation4), port: 53)
        case .tcp6, .udp6: .tcp(.v6(Self.documentation6), port: 18080)
        case .dns6: .tcp(.v6(Self.documentation6), port: 53)
        case .stub: .tcp(.v4(IPv4Address(127, 0, 0, 53)), port: 53)
        case .stub6: .tcp(.v6(IPv6Address(high: 0, low: 1)), port: 53)
        }
    }

    /// By which protocol.
    public var transport: NftStatement.Transport {
        switch self {
        case .tcp4, .tcp6: .tcp
        case .udp4, .dns4, .udp6, .dns6, .stub, .stub6: .udp
        }
    }

    /// Whether it needs no route beyond this machine: what proves the guard even where there is no network.
    public var isLocal: Bool { self == .stub || self == .stub6 }

    /// Whether it is IPv6.
    public var isIPv6: Bool {
        switch self {
        case .tcp6, .udp6, .dns6, .stub6: true
        case .tcp4, .udp4, .dns4, .stub: false
        }
    }

    /// TEST-NET-1.
    private static let documentation4 = IPv4Address(192, 0, 2, 1)
    /// 2001:db8::1
    private static let documentation6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 1)
}
