/// A user name and a password for a SOCKS5 proxy (RFC 1929). To Tor they are not an account but an isolation
/// key: streams with different ones never share a circuit.
public struct Credentials: Hashable, Sendable {
    /// 1 to 255 bytes.
    public let username: [UInt8]
    /// 1 to 255 bytes.
    public let password: [UInt8]

    /// These two; nil where one is empty or longer than 255 bytes, which RFC 1929 cannot carry.
    public init?(username: [UInt8], password: [UInt8]) {
        guard (1...255).contains(username.count), (1...255).contains(password.count) else { return nil }
        self.username = username
        self.password = password
    }
}

extension Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Neither the name nor the password: a log line that names this value gives nothing away.
    public var description: String { "(credentials)" }
    /// The same.
    public var debugDescription: String { description }
    /// Nothing, so that `dump` shows no secret either.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
