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
        let codings = headers.values("transfer-encoding")
        let lengths = headers.values("content-length")
        guard codings.isEmpty || lengths.isEmpty else {
            throw HTTPFailure("Content-Length and Transfer-Encoding are both there.")
        }
        if let coding = codings.first {
            guard codings.count == 1, coding.equalsIgnoringCase("chunked") else {
                throw HTTPFailure(status: 501, "Transfer-Encoding is not exactly \"chunked\".")
            }
            guard version == .http11 else { throw HTTPFailure("HTTP/1.0 has no Transfer-Encoding.") }
            return .chunked
        }
        guard let text = lengths.first else { return nil }
        guard lengths.count == 1 else { throw HTTPFailure("Content-Length is there more than once.") }
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = UInt64(text)
        else { throw HTTPFailure("Content-Length is not one number.") }
        return length == 0 ? HTTPFraming.none : .length(length)
    }

    /// Whether the sender will take another message on this connection (RFC 9112 section 9.3).
    static func keepsAlive(_ headers: HTTPHeaders, version: HTTPVersion) throws(HTTPFailure) -> Bool {
        var keepsAlive = version == .http11
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
