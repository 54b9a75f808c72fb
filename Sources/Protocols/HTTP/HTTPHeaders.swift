/// One header field whose name is a token and whose value is printable text: no CR, LF or NUL can be in it.
public struct HTTPHeader: Hashable, Sendable {
    /// The name as it was written.
    public let name: String
    /// The value, without the white space around it.
    public let value: String

    /// Makes one.
    ///
    /// - Throws: Where the name is no token, or the value has a control or non-ASCII byte, or begins or ends with
    ///   white space (it would not be read back as it is).
    public init(_ name: String, _ value: String) throws(HTTPFailure) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isHTTPToken) else {
            throw HTTPFailure("A header name has a character that no name has.")
        }
        guard value.utf8.allSatisfy(\.isHTTPText) else {
            throw HTTPFailure("A header value has a control character or a byte that is not ASCII.")
        }
        for edge in [value.utf8.first, value.utf8.last] where edge == 0x20 || edge == 0x09 {
            throw HTTPFailure("A header value begins or ends with white space.")
        }
        self.name = name
        self.value = value
    }

    /// One that is known to be good: `name` and `value` are literals of ours or digits.
    init(known name: StaticString, _ value: String) {
        self.name = name.description
        self.value = value
    }

    /// Reads one header line without its CRLF (RFC 9112 section 5).
    init(line: [UInt8]) throws(HTTPFailure) {
        guard let first = line.first, first != 0x20, first != 0x09 else {
            throw HTTPFailure("A header line begins with white space: folded headers are refused.")
        }
        guard let colon = line.firstIndex(of: 0x3a) else { throw HTTPFailure("A header line has no colon.") }
        let name = line[..<colon]
        guard name.last != 0x20, name.last != 0x09 else {
            throw HTTPFailure("White space stands between a header name and its colon.")
        }
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var value = line[(colon &+ 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        try self.init(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
}

/// The header fields of a message, in their order.
public struct HTTPHeaders: Hashable, Sendable, ExpressibleByArrayLiteral {
    /// All of them.
    public var fields: [HTTPHeader]

    /// Headers of these fields.
    public init(_ fields: [HTTPHeader] = []) {
        self.fields = fields
    }

    /// Headers of these fields.
    public init(arrayLiteral elements: HTTPHeader...) {
        fields = elements
    }

    /// Every value of the fields of this name, whatever its case.
    public func values(_ name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// The value of the only field of this name; nil where there is none, or more than one.
    public func only(_ name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values.first : nil
    }

    /// Whether a field of this name is there.
    public func has(_ name: String) -> Bool {
        fields.contains { $0.name.equalsIgnoringCase(name) }
    }

    /// The field lines with their CRLFs and the empty line that ends a head.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            bytes += field.name.utf8
            bytes += [0x3a, 0x20]
            bytes += field.value.utf8
            bytes += [0x0d, 0x0a]
        }
        return bytes + [0x0d, 0x0a]
    }
}
