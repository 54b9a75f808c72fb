/// The status line and headers of a response, checked: whether it was read or made to be sent.
public struct HTTPResponseHead: Hashable, Sendable {
    /// 100 to 599.
    public let status: Int
    /// The reason phrase; nobody shall decide anything by it.
    public let reason: String
    /// The version.
    public let version: HTTPVersion
    /// The headers.
    public let headers: HTTPHeaders
    /// How long the body is that follows this head.
    public let framing: HTTPFraming
    /// Whether the connection can carry another request afterwards.
    public let keepsAlive: Bool

    /// Checks what RFC 9112 asks of a response.
    ///
    /// - Parameters:
    ///   - status: 100 to 599; 101 is refused, as nobody here asks for an upgrade.
    ///   - reason: The phrase after it; nil for the usual one.
    ///   - method: The method of the request that it answers: the answer to HEAD has no body.
    /// - Throws: `HTTPFailure` with status 502.
    public init(
        status: Int, reason: String? = nil, version: HTTPVersion = .http11, headers: HTTPHeaders,
        answering method: String = "GET"
    ) throws(HTTPFailure) {
        do throws(HTTPFailure) {
            try self.init(checking: status, reason, version, headers, method)
        } catch {
            throw error.ofResponse
        }
    }

    private init(
        checking status: Int, _ reason: String?, _ version: HTTPVersion, _ headers: HTTPHeaders, _ method: String
    ) throws(HTTPFailure) {
        guard (100...599).contains(status) else { throw HTTPFailure("The status code is not 100 to 599.") }
        guard status != 101 else { throw HTTPFailure("The server switched protocols without being asked.") }
        let reason = reason ?? Self.reason(of: status)
        guard reason.utf8.allSatisfy(\.isHTTPText) else {
            throw HTTPFailure("The reason phrase has a control character or a byte that is not ASCII.")
        }
        let stated = try HTTPFraming.stated(by: headers, version: version)
        let saysKeepsAlive = try HTTPFraming.keepsAlive(headers, version: version)
        self.status = status
        self.reason = reason
        self.version = version
        self.headers = headers
        switch status {
        case 100...199, 204:
            // They never have a body; one that states it has is read in two ways.
            guard stated == nil || stated == HTTPFraming.none else {
                throw HTTPFailure("A response that can have no body states one.")
            }
            framing = .none
        case 304:
            framing = .none  // what it states is that of the answer it stands for
        default:
            framing = method == "HEAD" ? .none : stated ?? .untilClose
        }
        keepsAlive = saysKeepsAlive && framing != .untilClose
    }

    /// Whether another response to the same request follows (1xx).
    public var isInterim: Bool {
        status < 200
    }

    /// What goes over the wire, to the empty line.
    public var bytes: [UInt8] {
        bytes(reserving: 0)
    }

    /// What goes over the wire, to the empty line.
    ///
    /// - Parameter reserving: How many bytes the caller will append.
    func bytes(reserving: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(reason.utf8.count + headers.lines.count + 17 + reserving)
        bytes += version.rawValue.utf8
        bytes.append(0x20)
        for unit in [100, 10, 1] { bytes.append(UInt8(0x30 + status / unit % 10)) }
        bytes.append(0x20)
        bytes += reason.utf8
        bytes.append(0x0d)
        bytes.append(0x0a)
        bytes += headers.lines
        bytes.append(0x0d)
        bytes.append(0x0a)
        return bytes
    }

    /// The phrase that RFC 9110 section 15 gives the codes we send; empty for others.
    public static func reason(of status: Int) -> String {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 202: "Accepted"
        case 204: "No Content"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}

/// A status line (RFC 9112 section 4).
struct HTTPStatusLine: HTTPStartLine {
    let version: HTTPVersion
    let status: Int
    let reason: String

    init(line: Span<UInt8>) throws(HTTPFailure) {
        let first = line.firstSpace(from: 0) ?? line.count
        version = try HTTPVersion(line.extracting(0..<first))
        // A status line ends its code with a space even where no phrase follows; servers that leave it out exist.
        let end = line.firstSpace(from: first + 1) ?? line.count
        var status = 0
        var index = first + 1
        while index < end, (0x30...0x39).contains(line[index]) {
            status = status &* 10 &+ Int(line[index] &- 0x30)
            index += 1
        }
        guard index == end, end == first + 4 else { throw HTTPFailure("The status code is not three digits.") }
        self.status = status
        reason = end < line.count ? String(ascii: line.extracting(end + 1..<line.count)) : ""
    }
}
