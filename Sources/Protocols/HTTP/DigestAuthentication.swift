/// The client's side of HTTP digest authentication as monerod asks for it (RFC 2617 and RFC 7616, MD5 with
/// `qop=auth`): the password itself never goes over the wire.
///
/// ```
/// ◀ 401  WWW-authenticate: Digest qop="auth",algorithm=MD5,realm="monero-rpc",nonce="…",stale=false
///        WWW-authenticate: Digest qop="auth",algorithm=MD5-sess,…
/// ▶ Authorization: Digest algorithm=MD5,nonce="…",realm="…",response="…",uri="/…",username="…",qop=auth,
///                         nc=00000001,cnonce="…"
/// ```
///
/// One value is one nonce, whose count goes up with each request. monerod makes a nonce for a connection, and takes
/// only the count that is due: each request after the challenge needs an Authorization, in the order it is sent.
/// A challenge of another kind is not answered: MD5-sess is always offered beside MD5, and without `qop` a nonce is
/// good for one request only, so that nobody offers that.
public struct DigestAuthentication: Hashable, Sendable {
    /// Whether the server finds only the nonce too old, not the credentials wrong: the request may be sent again. Where
    /// it is not so, and the request had an Authorization, the credentials are refused.
    public let isStale: Bool

    private let realm: String
    private let nonce: String
    private let opaque: String?
    private var count: UInt32 = 0

    /// Reads one WWW-Authenticate header; nil where it is no challenge that is answered.
    public init?(challenge wwwAuthenticate: String) {
        guard let challenge = HTTPChallenge(wwwAuthenticate), challenge.scheme.equalsIgnoringCase("Digest"),
            let realm = challenge["realm"], let nonce = challenge["nonce"], !nonce.isEmpty,
            (challenge["algorithm"] ?? "MD5").equalsIgnoringCase("MD5"),
            let qualities = challenge["qop"]?.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\t" }),
            qualities.contains(where: { $0.equalsIgnoringCase("auth") })
        else { return nil }
        self.realm = realm
        self.nonce = nonce
        opaque = challenge["opaque"]
        isStale = challenge["stale"]?.equalsIgnoringCase("true") ?? false
    }

    /// The first of these WWW-Authenticate headers that can be answered; nil where none can.
    public init?(challenges: [String]) {
        guard let first = challenges.lazy.compactMap(DigestAuthentication.init(challenge:)).first else { return nil }
        self = first
    }

    /// The value of the Authorization header of the next request.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - uri: Its target, as it is sent.
    ///   - clientNonce: Random bytes of ours, new for each request; sent in base64.
    ///   - md5: The MD5 of bytes: 16 of them, or another number where it is not available.
    /// - Returns: nil where there is no MD5, where the user name or the target cannot stand in the header, or the nonce
    ///   is used up: nothing is sent then.
    public mutating func authorization(
        method: String, uri: String, credentials: Credentials, clientNonce: [UInt8], md5: ([UInt8]) -> [UInt8]
    ) -> String? {
        // monerod compares the name byte for byte without undoing escapes: what needs one never matches there.
        let isPlain = { (byte: UInt8) in byte.isHTTPText && byte != 0x22 && byte != 0x5c }
        guard credentials.username.allSatisfy(isPlain), uri.utf8.allSatisfy(isPlain), !clientNonce.isEmpty, count < .max
        else { return nil }
        count += 1
        let nc = Array((0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) }.hexadecimal.utf8)
        let cnonce = [UInt8](base64: clientNonce)
        func hash(_ parts: [[UInt8]]) -> [UInt8]? {
            let digest = md5(Array(parts.joined(separator: [0x3a])))
            return digest.count == 16 ? Array(digest.hexadecimal.utf8) : nil
        }
        guard let secret = hash([credentials.username, Array(realm.utf8), credentials.password]),
            let request = hash([Array(method.utf8), Array(uri.utf8)]),
            let response = hash([secret, Array(nonce.utf8), nc, cnonce, Array("auth".utf8), request])
        else { return nil }
        let text = { (bytes: [UInt8]) in String(decoding: bytes, as: UTF8.self) }
        // In the order in which Monero's own wallets write it.
        return
            "Digest algorithm=MD5,nonce=\"\(nonce)\",realm=\"\(realm)\",response=\"\(text(response))\",uri=\"\(uri)\","
            + "username=\"\(text(credentials.username))\"" + (opaque.map { ",opaque=\"\($0)\"" } ?? "")
            + ",qop=auth,nc=\(text(nc)),cnonce=\"\(text(cnonce))\""
    }
}

extension [UInt8] {
    /// Base64 (RFC 4648 section 4), with its padding.
    fileprivate init(base64 bytes: [UInt8]) {
        self = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start...].prefix(3)
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                append(place <= group.count ? Self.base64Letter(UInt8(bits >> UInt32(18 - 6 * place) & 63)) : 0x3d)
            }
        }
    }

    private static func base64Letter(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: value + 0x41
        case 26..<52: value - 26 + 0x61
        case 52..<62: value - 52 + 0x30
        case 62: 0x2b
        default: 0x2f
        }
    }
}
