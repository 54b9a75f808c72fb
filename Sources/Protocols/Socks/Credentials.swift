/// The user name and password of a SOCKS5 proxy (RFC 1929): bytes, not text.
public struct Credentials: Hashable, Sendable {
    /// The user name, 1 to 255 bytes.
    public let username: [UInt8]
    /// The password, 1 to 255 bytes.
    public let password: [UInt8]

    /// These two; nil where one is empty or longer than 255 bytes.
    public init?(username: [UInt8], password: [UInt8]) {
        guard (1...255).contains(username.count), (1...255).contains(password.count) else { return nil }
        self.username = username
        self.password = password
    }
}
