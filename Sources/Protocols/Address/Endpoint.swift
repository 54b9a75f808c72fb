/// A socket of a proxy, of a control port or of a listener, as the configuration names it: by number, never by
/// name.
public enum Endpoint: Hashable, Sendable {
    /// A TCP address and port.
    case tcp(IPAddress, port: UInt16)
    /// A Unix stream socket at this path.
    case unix(String)

    /// Reads "127.0.0.1:9050", "[::1]:9050" or "unix:/run/tor/socks"; nil for anything else, a port of 0, a
    /// relative path, or a path longer than the 107 bytes that fit a socket address.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst(5)
            guard path.hasPrefix("/"), path.utf8.count <= 107, !path.utf8.contains(0) else { return nil }
            self = .unix(String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = text[..<colon]
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.utf8.first != 0x30, let port = UInt16(digits)
        else { return nil }
        guard let address = IPAddress(host), !host.contains(":") || host.hasPrefix("[") else { return nil }
        self = .tcp(address, port: port)
    }

    /// Whether nothing outside this machine can be there.
    public var isLoopback: Bool {
        switch self {
        case .tcp(let address, _): address.isLoopback
        case .unix: true
        }
    }
}

extension Endpoint: CustomStringConvertible {
    /// The form that `init(_:)` reads.
    public var description: String {
        switch self {
        case .tcp(.v4(let address), let port): "\(address):\(port)"
        case .tcp(.v6(let address), let port): "[\(address)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
