/// The request line and headers of a message, checked: a value of this type is one that every reader understands
/// alike, whether it was read or made to be sent.
public struct HTTPRequestHead: Hashable, Sendable {
    /// The method, a token; methods are case-sensitive.
    public let method: String
    /// An absolute path with its query ("/v1/status?watch=1"), or "*" of OPTIONS. Never an absolute URI.
    public let target: String
    /// The version.
    public let version: HTTPVersion
    /// The headers.
    public let headers: HTTPHeaders
    /// What Host says; nil where it is missing (HTTP/1.0 only). It can be empty.
    public let host: String?
    /// How long the body is.
    public let framing: HTTPFraming
    /// Whether the connection stays for another request.
    public let keepsAlive: Bool
    /// Whether the client waits for "100 Continue" before it sends the body.
    public let expectsContinue: Bool

    /// Checks what RFC 9112 asks of a request.
    ///
    /// - Throws: `HTTPFailure` with the status that answers the client: 400, 417 or 501.
    public init(
        method: String, target: String, version: HTTPVersion = .http11, headers: HTTPHeaders
    ) throws(HTTPFailure) {
        guard !method.isEmpty, method.utf8.allSatisfy(\.isHTTPToken) else {
            throw HTTPFailure("The method has a character that no method has.")
        }
        guard method != "CONNECT" else { throw HTTPFailure(status: 501, "CONNECT is not offered here.") }
        try Self.check(target: target, method: method)
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        host = try Self.host(of: headers, version: version)
        framing = try HTTPFraming.stated(by: headers, version: version) ?? .none
        keepsAlive = try HTTPFraming.keepsAlive(headers, version: version)
        expectsContinue = try Self.expectsContinue(headers) && version == .http11
    }

    /// The path alone, without the query, as it was sent: percent signs are not decoded.
    public var path: Substring {
        target.prefix { $0 != "?" }
    }

    /// What goes over the wire, to the empty line.
    public var bytes: [UInt8] {
        Array("\(method) \(target) \(version.rawValue)\r\n".utf8) + headers.bytes
    }

    /// Origin form or the asterisk (RFC 9112 section 3.2). A fragment, a raw control or non-ASCII character, and a
    /// percent sign without two digits are refused.
    private static func check(target: String, method: String) throws(HTTPFailure) {
        if target == "*" && method == "OPTIONS" { return }
        guard target.utf8.first == 0x2f else {
            throw HTTPFailure("The request target is not an absolute path: this is not a proxy for other hosts.")
        }
        var digits = 0  // still due after a percent sign
        for byte in target.utf8 {
            if digits > 0 {
                guard byte.hexValue != nil else { throw HTTPFailure("A percent sign has no two digits after it.") }
                digits -= 1
            } else if byte == 0x25 {
                digits = 2
            } else if !byte.isHTTPPath {
                throw HTTPFailure("The request target has a character that no path has.")
            }
        }
        guard digits == 0 else { throw HTTPFailure("A percent sign has no two digits after it.") }
    }

    private static func host(of headers: HTTPHeaders, version: HTTPVersion) throws(HTTPFailure) -> String? {
        let hosts = headers.values("host")
        guard let host = hosts.first else {
            guard version == .http10 else { throw HTTPFailure("Host is missing.") }
            return nil
        }
        guard hosts.count == 1 else { throw HTTPFailure("Host is there more than once.") }
        guard host.utf8.allSatisfy(\.isHTTPHost) else {
            throw HTTPFailure("Host has a character that no host has.")
        }
        return host
    }

    private static func expectsContinue(_ headers: HTTPHeaders) throws(HTTPFailure) -> Bool {
        let expectations = headers.values("expect")
        guard let expectation = expectations.first else { return false }
        guard expectations.count == 1, expectation.equalsIgnoringCase("100-continue") else {
            throw HTTPFailure(status: 417, "Expect is not exactly \"100-continue\".")
        }
        return true
    }
}

extension HTTPRequestHead {
    /// Reads a request line without its CRLF: two single spaces, no more.
    static func parse(line: [UInt8]) throws(HTTPFailure) -> (method: String, target: String, version: HTTPVersion) {
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw HTTPFailure("The request line is not a method, a target and a version with single spaces.")
        }
        let version = try HTTPVersion(parts[2])
        return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self), version)
    }
}

extension HTTPVersion {
    /// Reads "HTTP/1.0" or "HTTP/1.1".
    init(_ bytes: ArraySlice<UInt8>) throws(HTTPFailure) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let version = HTTPVersion(rawValue: text) else {
            throw text.hasPrefix("HTTP/")
                ? HTTPFailure(status: 505, "The version is neither HTTP/1.1 nor HTTP/1.0.")
                : HTTPFailure("The peer does not speak HTTP.")
        }
        self = version
    }
}
