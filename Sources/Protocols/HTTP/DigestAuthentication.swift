/// The client's side of HTTP digest authentication as monerod asks for it (RFC 7616 and RFC 2617, MD5 with
/// `qop=auth`): the password itself never goes over the wire.
///
/// One value is one nonce; its count goes up with each request. monerod's nonces belong to a connection.
public struct DigestAuthentication: Hashable, Sendable {
    /// Whether the server only finds the nonce too old: the credentials were right.
    public let isStale: Bool

    /// Reads one WWW-Authenticate header; nil where it is no challenge that can be answered.
    public init?(challenge wwwAuthenticate: String) {
        return nil
    }

    /// The first of these WWW-Authenticate headers that can be answered; nil where none can.
    public init?(challenges: [String]) {
        return nil
    }

    /// The value of the Authorization header of the next request with this nonce.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - uri: Its target, as it is sent.
    ///   - clientNonce: Random bytes of ours, new for each request.
    ///   - md5: The MD5 of bytes: 16 bytes, or others where it is not available.
    /// - Returns: nil where there is no MD5, or the user name cannot stand in a header.
    public mutating func authorization(
        method: String, uri: String, credentials: Credentials, clientNonce: [UInt8], md5: ([UInt8]) -> [UInt8]
    ) -> String? {
        nil
    }
}
