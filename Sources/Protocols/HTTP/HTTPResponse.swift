/// A whole answer of ours: head and body, with the length stated.
public struct HTTPResponse: Hashable, Sendable {
    /// What the body is.
    public enum ContentType: String, Hashable, Sendable {
        /// A JSON document.
        case json = "application/json"
        /// One JSON document a line.
        case ndjson = "application/x-ndjson"
        /// Prometheus' text format.
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
        /// Text for a person.
        case text = "text/plain; charset=utf-8"
        /// Bytes (Monero's binary calls).
        case binary = "application/octet-stream"
    }

    /// 200 to 599; 204 and 304 are not for this type, which always has a length.
    public var status: Int
    /// What the body is.
    public var type: ContentType
    /// The body; it can be empty.
    public var body: [UInt8]
    /// Whether the connection stays; otherwise the answer says "Connection: close".
    public var keepsAlive: Bool
    /// Further headers (Allow, Cache-Control).
    public var headers: HTTPHeaders

    /// An answer.
    public init(
        status: Int = 200, type: ContentType = .json, body: [UInt8], keepsAlive: Bool = true, headers: HTTPHeaders = []
    ) {
        self.status = status
        self.type = type
        self.body = body
        self.keepsAlive = keepsAlive
        self.headers = headers
    }

    /// The answer to bytes that were no request: its sentence, and the connection is closed after it.
    public init(refusing failure: HTTPFailure) {
        self.init(status: failure.status, type: .text, body: Array((failure.sentence + "\n").utf8), keepsAlive: false)
    }

    /// The head, with Content-Type, Content-Length and, where it closes, Connection.
    ///
    /// - Throws: Where the status is none, or `headers` name one of these again.
    public func head() throws(HTTPFailure) -> HTTPResponseHead {
        var all = HTTPHeaders()
        all.append(name: "Content-Type".utf8.span, value: type.rawValue.utf8.span)
        all.append(name: "Content-Length".utf8.span, value: String(body.count).utf8.span)
        if !keepsAlive { all.append(name: "Connection".utf8.span, value: "close".utf8.span) }
        guard !["content-type", "content-length", "transfer-encoding", "connection"].contains(where: headers.has) else {
            throw HTTPFailure(status: 502, "A header that states the body or the connection is given twice.")
        }
        for field in headers.fields { all.append(field) }
        return try HTTPResponseHead(status: status, headers: all)
    }

    /// What goes over the wire.
    ///
    /// - Parameter method: The method that it answers: HEAD gets the head alone.
    public func bytes(answering method: String = "GET") throws(HTTPFailure) -> [UInt8] {
        guard method != "HEAD" else { return try head().bytes }
        var bytes = try head().bytes(reserving: body.count)
        bytes += body
        return bytes
    }
}

/// The chunks of a body whose length nobody knows yet, such as a stream of events (RFC 9112 section 7.1).
public enum HTTPChunk {
    /// The last one, of no bytes.
    public static let last = Array("0\r\n\r\n".utf8)

    /// What stands before a chunk of so many bytes. There is no chunk of none: it would end the body.
    public static func before(count: Int) -> [UInt8] { Array(String(count, radix: 16).utf8) + after }

    /// What stands after it.
    public static let after: [UInt8] = [0x0d, 0x0a]

    /// One chunk of these bytes; nothing for none.
    public static func bytes(_ body: [UInt8]) -> [UInt8] {
        body.isEmpty ? [] : before(count: body.count) + body + after
    }
}
