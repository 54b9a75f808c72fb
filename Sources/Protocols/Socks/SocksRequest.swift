/// The forms of SOCKS that a client may speak to us.
public enum SocksVersion: String, Sendable, CaseIterable {
    /// SOCKS4: IPv4 addresses only.
    case v4 = "4"
    /// SOCKS4a: a name in place of the address.
    case v4a = "4a"
    /// SOCKS5 (RFC 1928).
    case v5 = "5"
}

/// What a client asked a SOCKS listener for: a connection, since CONNECT is the only command there is here.
public struct SocksRequest: Hashable, Sendable {
    /// The form in which it asked, and in which it is answered.
    public var version: SocksVersion
    /// Where it wants to go. The port is never 0.
    public var destination: Destination

    /// A request in this form for this destination.
    public init(version: SocksVersion, destination: Destination) {
        self.version = version
        self.destination = destination
    }
}
