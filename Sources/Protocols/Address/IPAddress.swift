/// An IP address of either family.
public enum IPAddress: Hashable, Sendable {
    /// An IPv4 address.
    case v4(IPv4Address)
    /// An IPv6 address.
    case v6(IPv6Address)

    /// Reads an IPv4 or an IPv6 literal; an IPv6 one may stand in brackets. Never a name.
    public init?(_ text: some StringProtocol) {
        if let address = IPv4Address(text) {
            self = .v4(address)
        } else if text.hasPrefix("["), text.hasSuffix("]"), let address = IPv6Address(text.dropFirst().dropLast()) {
            self = .v6(address)
        } else if let address = IPv6Address(text) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// Whether it is an IPv4 address.
    public var isIPv4: Bool { if case .v4 = self { true } else { false } }

    /// What this address reaches: an IPv6 form of an IPv4 address is that IPv4 address.
    public var canonical: IPAddress {
        if case .v6(let address) = self, let inner = address.embeddedIPv4 { return .v4(inner) }
        return self
    }

    /// Whether it is this machine itself: 127/8, ::1, 0/8, ::, and IPv6 forms of those.
    public var isLoopback: Bool {
        switch canonical {
        case .v4(let address):
            address.isIn(IPv4Address(127, 0, 0, 0), length: 8) || address.isIn(IPv4Address(0, 0, 0, 0), length: 8)
        case .v6(let address): address.high == 0 && address.low <= 1
        }
    }

    /// Whether what is sent to it stays on this machine: 127/8 and ::1, and 0.0.0.0 and ::, which a connect takes for
    /// those. The rest of 0/8, which `isLoopback` counts too, Linux sends out like any other (since 5.3): it is refused,
    /// and never dialled as this machine.
    public var staysHere: Bool {
        guard isLoopback, case .v4(let address) = canonical else { return isLoopback }
        return address.bits == 0 || address.bits >> 24 == 127
    }

    /// Whether no public peer can have it: loopback, private, shared, link-local, site-local, multicast and
    /// reserved ranges (IANA special-purpose registries, RFC 6890). A proxy asked for one of these would reach
    /// into its own network, or tell the exit something about ours. The documentation ranges are not here: they
    /// lead nowhere.
    public var isPrivate: Bool {
        if isLoopback { return true }
        switch canonical {
        case .v4(let address): return Self.privateIPv4.contains { address.isIn($0.0, length: $0.1) }
        case .v6(let address): return Self.privateIPv6.contains { address.isIn($0.0, length: $0.1) }
        }
    }

    private static let privateIPv4: [(IPv4Address, Int)] = [
        (IPv4Address(10, 0, 0, 0), 8), (IPv4Address(100, 64, 0, 0), 10), (IPv4Address(169, 254, 0, 0), 16),
        (IPv4Address(172, 16, 0, 0), 12), (IPv4Address(192, 0, 0, 0), 24), (IPv4Address(192, 168, 0, 0), 16),
        (IPv4Address(198, 18, 0, 0), 15), (IPv4Address(224, 0, 0, 0), 4), (IPv4Address(240, 0, 0, 0), 4),
    ]
    private static let privateIPv6: [(IPv6Address, Int)] = [
        (IPv6Address(high: 0xfc00 << 48, low: 0), 7),  // unique local
        (IPv6Address(high: 0xfe80 << 48, low: 0), 10),  // link-local
        (IPv6Address(high: 0xfec0 << 48, low: 0), 10),  // site-local
        (IPv6Address(high: 0xff00 << 48, low: 0), 8),  // multicast
        (IPv6Address(high: 0x0100 << 48, low: 0), 64),  // discard only
        (IPv6Address(high: 0x0064_ff9b_0001_0000, low: 0), 48),  // local-use NAT64
        (IPv6Address(high: 0x2001_0000_0000_0000, low: 0), 32),  // Teredo: hides an IPv4 address
    ]
}

extension IPAddress: CustomStringConvertible {
    /// The address as text, without brackets.
    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}
