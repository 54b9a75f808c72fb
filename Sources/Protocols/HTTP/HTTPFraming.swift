/// The two versions that are spoken (RFC 9112 section 2.3).
public enum HTTPVersion: String, Hashable, Sendable {
    /// One message a connection, unless both say otherwise; no chunks.
    case http10 = "HTTP/1.0"
    /// Persistent connections and chunks.
    case http11 = "HTTP/1.1"
}

/// How long a body is (RFC 9112 section 6).
public enum HTTPFraming: Hashable, Sendable {
    /// There is none.
    case none
    /// So many bytes, of which there is at least one.
    case length(UInt64)
    /// Chunks, until one of no bytes.
    case chunked
    /// All that comes until the peer closes: only a response's.
    case untilClose

    /// What the headers say; nil where they say nothing.
    ///
    /// Refused, as any two readers of it may differ: both fields at once, either of them twice or as a list, a
    /// coding other than exactly "chunked", a transfer coding in HTTP/1.0, a length with a sign or a blank or more
    /// than 19 digits.
    static func stated(by headers: HTTPHeaders, version: HTTPVersion) throws(HTTPFailure) -> HTTPFraming? {
        let coding = headers.known.transferEncoding
        let length = headers.known.contentLength
        let lines = headers.lines.span
        guard !coding.isThere || !length.isThere else {
            throw HTTPFailure("Content-Length and Transfer-Encoding are both there.")
        }
        if coding.isThere {
            guard !coding.isRepeated, lines.extracting(coding.value(in: lines)).isToken("chunked") else {
                throw HTTPFailure(status: 501, "Transfer-Encoding is not exactly \"chunked\".")
            }
            guard version == .http11 else { throw HTTPFailure("HTTP/1.0 has no Transfer-Encoding.") }
            return .chunked
        }
        guard length.isThere else { return nil }
        guard !length.isRepeated else { throw HTTPFailure("Content-Length is there more than once.") }
        let digits = length.value(in: lines)
        guard (1...19).contains(digits.count) else { throw HTTPFailure("Content-Length is not one number.") }
        var size: UInt64 = 0  // 19 digits fit
        for index in digits {
            guard (0x30...0x39).contains(lines[index]) else { throw HTTPFailure("Content-Length is not one number.") }
            size = size &* 10 &+ UInt64(lines[index] &- 0x30)
        }
        return size == 0 ? HTTPFraming.none : .length(size)
    }

    /// Whether the sender will take another message on this connection (RFC 9112 section 9.3).
    static func keepsAlive(_ headers: HTTPHeaders, version: HTTPVersion) throws(HTTPFailure) -> Bool {
        var keepsAlive = version == .http11
        guard headers.known.connection.isThere else { return keepsAlive }
        var closes = false
        for value in headers.values("connection") {
            for option in value.split(separator: ",", omittingEmptySubsequences: false) {
                var option = option[...]
                while option.first == " " || option.first == "\t" { option.removeFirst() }
                while option.last == " " || option.last == "\t" { option.removeLast() }
                guard !option.isEmpty, option.utf8.allSatisfy(\.isHTTPToken) else {
                    throw HTTPFailure("Connection is not a list of options.")
                }
                if option.equalsIgnoringCase("close") { closes = true }
                if option.equalsIgnoringCase("keep-alive") { keepsAlive = true }
            }
        }
        return keepsAlive && !closes
    }
}
