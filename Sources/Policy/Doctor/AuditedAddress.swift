internal import Protocols

/// What an address in an option of monerod's or of a wallet's leads to.
enum AuditedAddress: Hashable {
    /// A number; `isLoopback` where it is this machine.
    case number(isLoopback: Bool)
    /// An onion or I2P address.
    case hidden
    /// Anything else: a name that the system's resolver is asked for.
    case name

    /// Reads "host", "host:port", "[::1]:port" or either with a scheme before it.
    init(_ text: String) {
        var rest = text[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        if let user = rest.lastIndex(of: "@") { rest = rest[rest.index(after: user)...] }
        let host = Self.split(rest).host
        if let address = IPAddress(host) {
            self = .number(isLoopback: address.staysHere)
            return
        }
        switch try? Host(name: Array(host.utf8)) {
        case .onion, .i2p: self = .hidden
        default: self = .name
        }
    }

    /// The host, and the port where one stands behind it.
    static func split(_ text: Substring) -> (host: Substring, port: Substring?) {
        guard IPAddress(text) == nil, let colon = text.lastIndex(of: ":") else { return (text, nil) }
        let port = text[text.index(after: colon)...]
        return port.allSatisfy(\.isASCIIDigit) ? (text[..<colon], port) : (text, nil)
    }
}

/// The address of a proxy as monerod takes it: `[scheme://[user[:password]@]]ip:port`.
func auditedProxy(_ text: String) -> Endpoint? {
    var rest = text[...]
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
    if let user = rest.lastIndex(of: "@") { rest = rest[rest.index(after: user)...] }
    return Endpoint(String(rest))
}

extension Substring {
    /// Without Foundation there is no search for a text.
    func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) && isASCII }
}

extension IPAddress {
    /// Whether who listens here is reached from this machine only. 0.0.0.0 and :: are this machine as a destination, and
    /// everywhere as a listener.
    var listensToLoopbackOnly: Bool {
        guard isLoopback else { return false }
        switch canonical {
        case .v4(let address): return address.bits >> 24 != 0
        case .v6(let address): return address.low != 0
        }
    }
}
