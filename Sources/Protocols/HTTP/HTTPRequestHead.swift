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
    /// How long the body is.
    public let framing: HTTPFraming
    /// Whether the connection stays for another request.
    public let keepsAlive: Bool
    /// Whether the client waits for "100 Continue" before it sends the body.
    public let expectsContinue: Bool

    /// Checks what RFC 9112 asks of a request.
    ///
    /// - Throws: `HTTPFailure` with the status that answers the client: 400, 417 or 501.
    public init(method: String, target: String, version: HTTPVersion = .http11, headers: HTTPHeaders)
        throws(HTTPFailure)
    {
        guard method.utf8.span.isHTTPToken else { throw HTTPFailure("The method has a character that no method has.") }
        guard method != "CONNECT" else { throw HTTPFailure(status: 501, "CONNECT is not offered here.") }
        try Self.check(target: target, method: method)
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        try Self.checkHost(headers, version: version)
        framing = try HTTPFraming.stated(by: headers, version: version) ?? .none
        keepsAlive = try HTTPFraming.keepsAlive(headers, version: version)
        expectsContinue = try Self.expectsContinue(headers) && version == .http11
    }

    /// The path alone, without the query, as it was sent: percent signs are not decoded.
    public var path: Substring {
        target.prefix { $0 != "?" }
    }

    /// What Host says; nil where it is missing (HTTP/1.0 only). It can be empty.
    public var host: String? {
        let host = headers.known.host
        let lines = headers.lines.span
        return host.isThere ? String(ascii: lines.extracting(host.value(in: lines))) : nil
    }

    /// What goes over the wire, to the empty line.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(method.utf8.count + target.utf8.count + headers.lines.count + 14)
        bytes += method.utf8
        bytes.append(0x20)
        bytes += target.utf8
        bytes.append(0x20)
        bytes += version.rawValue.utf8
        bytes.append(0x0d)
        bytes.append(0x0a)
        bytes += headers.lines
        bytes.append(0x0d)
        bytes.append(0x0a)
        return bytes
    }

    /// Origin form or the asterisk (RFC 9112 section 3.2). A fragment, a raw control or non-ASCII character, and a
    /// percent sign without two digits are refused.
    private static func check(target: String, method: String) throws(HTTPFailure) {
        if target == "*" && method == "OPTIONS" { return }
        let bytes = target.utf8.span
        guard bytes.count > 0, bytes[0] == 0x2f else {
            throw HTTPFailure("The request target is not an absolute path: this is not a proxy for other hosts.")
        }
        var digits = 0  // still due after a percent sign
        for index in 0..<bytes.count {
            let byte = bytes[index]
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

    private static func checkHost(_ headers: HTTPHeaders, version: HTTPVersion) throws(HTTPFailure) {
        let host = headers.known.host
        guard host.isThere else {
            guard version == .http10 else { throw HTTPFailure("Host is missing.") }
            return
        }
        guard !host.isRepeated else { throw HTTPFailure("Host is there more than once.") }
        let lines = headers.lines.span
        for index in host.value(in: lines) where !lines[index].isHTTPHost {
            throw HTTPFailure("Host has a character that no host has.")
        }
    }

    private static func expectsContinue(_ headers: HTTPHeaders) throws(HTTPFailure) -> Bool {
        let expectation = headers.known.expect
        guard expectation.isThere else { return false }
        let lines = headers.lines.span
        guard !expectation.isRepeated, lines.extracting(expectation.value(in: lines)).isToken("100-continue")
        else { throw HTTPFailure(status: 417, "Expect is not exactly \"100-continue\".") }
        return true
    }
}

/// A method, a target and a version with two single spaces, no more.
struct HTTPRequestLine: HTTPStartLine {
    let method: String
    let target: String
    let version: HTTPVersion

    init(line: Span<UInt8>) throws(HTTPFailure) {
        guard let first = line.firstSpace(from: 0), let second = line.firstSpace(from: first + 1),
            line.firstSpace(from: second + 1) == nil
        else { throw HTTPFailure("The request line is not a method, a target and a version with single spaces.") }
        version = try HTTPVersion(line.extracting(second + 1..<line.count))
        // The usual ones need no text of their own.
        let method = 0..<first
        self.method =
            line.holds("POST", at: method)
            ? "POST" : line.holds("GET", at: method) ? "GET" : String(ascii: line.extracting(method))
        target = String(ascii: line.extracting(first + 1..<second))
    }
}

extension HTTPVersion {
    /// Reads "HTTP/1.0" or "HTTP/1.1".
    init(_ bytes: Span<UInt8>) throws(HTTPFailure) {
        if bytes.holds("HTTP/1.1", at: bytes.indices) {
            self = .http11
        } else if bytes.holds("HTTP/1.0", at: bytes.indices) {
            self = .http10
        } else {
            throw bytes.count >= 5 && bytes.holds("HTTP/", at: 0..<5)
                ? HTTPFailure(status: 505, "The version is neither HTTP/1.1 nor HTTP/1.0.")
                : HTTPFailure("The peer does not speak HTTP.")
        }
    }
}

extension Span<UInt8> {
    /// Where the next space is.
    func firstSpace(from start: Int) -> Int? {
        var index = start
        while index < count {
            if self[index] == 0x20 { return index }
            index &+= 1
        }
        return nil
    }
}
