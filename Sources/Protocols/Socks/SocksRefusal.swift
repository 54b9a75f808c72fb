/// Why a client is refused, as far as a SOCKS reply can say it (RFC 1928 section 6).
public enum SocksRefusal: String, Sendable, CaseIterable {
    /// Something failed, and no other code says what.
    case generalFailure
    /// The rules of this router, or of the proxy, forbid it.
    case notAllowed
    /// The network cannot be reached.
    case networkUnreachable
    /// The host cannot be reached, or no host has this name.
    case hostUnreachable
    /// The host is there and does not accept.
    case connectionRefused
    /// It took too long. RFC 1928 says "TTL expired"; Tor, too, reports its timeouts with it.
    case expired
    /// Something other than CONNECT was asked for.
    case commandNotSupported
    /// An address that is neither IPv4, IPv6 nor a name.
    case addressTypeNotSupported

    /// The code in a SOCKS5 reply: 1 to 8.
    public var code: UInt8 {
        switch self {
        case .generalFailure: 1
        case .notAllowed: 2
        case .networkUnreachable: 3
        case .hostUnreachable: 4
        case .connectionRefused: 5
        case .expired: 6
        case .commandNotSupported: 7
        case .addressTypeNotSupported: 8
        }
    }

    /// The code in a SOCKS4 reply. SOCKS4 knows one refusal, and two more about identd, which nobody runs.
    public var socks4Code: UInt8 { 0x5b }

    /// The refusal that a SOCKS5 reply code stands for; nil for 0 (success) and for codes RFC 1928 does not
    /// assign.
    public init?(code: UInt8) {
        guard let refusal = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = refusal
    }
}
