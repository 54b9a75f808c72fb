/// The header fields of a message, in their order.
///
/// They are kept as the lines that go over the wire, each once and in one form: a message's head costs one piece of
/// memory, however many fields it has, and is written again by copying it.
public struct HTTPHeaders: Hashable, Sendable, ExpressibleByArrayLiteral {
    /// `name: value CRLF` for each field; names are tokens, values printable without white space around them.
    private(set) var lines: [UInt8] = []
    /// Where the values lie that say how the message is read.
    private(set) var known = HTTPKnownFields()

    /// None.
    public init() {}

    /// Headers of these fields.
    public init(_ fields: [HTTPHeader]) {
        for field in fields { append(field) }
    }

    /// Headers of these fields.
    public init(arrayLiteral elements: HTTPHeader...) {
        self.init(elements)
    }

    /// All of them.
    public var fields: [HTTPHeader] {
        var fields: [HTTPHeader] = []
        forEach { name, value in fields.append(HTTPHeader(known: String(ascii: name), String(ascii: value))) }
        return fields
    }

    /// Appends a field.
    public mutating func append(_ field: HTTPHeader) {
        append(name: field.name.utf8.span, value: field.value.utf8.span)
    }

    /// Every value of the fields of this name, whatever its case.
    public func values(_ name: String) -> [String] {
        var values: [String] = []
        let wanted = name.utf8.span
        forEach { name, value in if name.equalsIgnoringCase(wanted) { values.append(String(ascii: value)) } }
        return values
    }

    /// The value of the only field of this name; nil where there is none, or more than one.
    public func only(_ name: String) -> String? {
        let values = values(name)
        return values.count == 1 ? values.first : nil
    }

    /// Whether a field of this name is there.
    public func has(_ name: String) -> Bool {
        let wanted = name.utf8.span
        return containsName { $0.equalsIgnoringCase(wanted) }
    }

    /// Whether the body has an encoding (Content-Encoding, RFC 9110 section 8.4): it is not what it stands for.
    public var isEncoded: Bool { known.contentEncoding.isThere }

    /// Whether a field's name is one that is looked for. Nothing is copied: this is for judging each request.
    public func containsName(where isWanted: (_ name: Span<UInt8>) -> Bool) -> Bool {
        var found = false
        forEach { name, _ in found = found || isWanted(name) }
        return found
    }

    /// How many bytes the lines have that they are.
    public var size: Int { lines.count }

    /// The lines with the empty one that ends a head.
    var bytes: [UInt8] {
        lines + [0x0d, 0x0a]
    }

    private func forEach(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        let bytes = lines.span
        var start = 0
        while start < bytes.count {
            var colon = start
            while colon < bytes.count, bytes[colon] != 0x3a { colon &+= 1 }
            var end = colon
            while end < bytes.count, bytes[end] != 0x0d { end &+= 1 }
            guard colon &+ 2 <= end else { return }
            body(bytes.extracting(start..<colon), bytes.extracting(colon &+ 2..<end))
            start = end &+ 2
        }
    }
}

extension HTTPHeaders {
    /// Appends the field of one header line without its CRLF (RFC 9112 section 5), whose bytes are printable.
    mutating func append(line: Span<UInt8>) throws(HTTPFailure) {
        guard line.count > 0, !line[0].isHTTPBlank else {
            throw HTTPFailure("A header line begins with white space: folded headers are refused.")
        }
        var colon = 0
        while colon < line.count, line[colon].isHTTPToken { colon &+= 1 }
        guard colon > 0, colon < line.count, line[colon] == 0x3a else { throw Self.failure(of: line) }
        var start = colon &+ 1
        var end = line.count
        while start < end, line[start].isHTTPBlank { start &+= 1 }
        while end > start, line[end &- 1].isHTTPBlank { end &-= 1 }
        let name = line.extracting(0..<colon)
        // Nearly all are written in the one form already.
        if start == colon &+ 2, line[colon &+ 1] == 0x20, end == line.count {
            if lines.isEmpty { lines.reserveCapacity(Self.usualSize) }
            known.note(name, at: lines.count &+ start)
            lines.append(copying: line)
            lines.append(0x0d)
            lines.append(0x0a)
        } else {
            append(name: name, value: line.extracting(start..<end))
        }
    }

    /// Why a line is none that has a name, a colon and a value.
    private static func failure(of line: Span<UInt8>) -> HTTPFailure {
        var colon = 0
        while colon < line.count, line[colon] != 0x3a { colon &+= 1 }
        guard colon < line.count else { return HTTPFailure("A header line has no colon.") }
        return colon > 0 && line[colon &- 1].isHTTPBlank
            ? HTTPFailure("White space stands between a header name and its colon.") : .badHeaderName
    }

    /// What most messages' headers fit into.
    private static let usualSize = 240

    /// Appends a field that is known to be good.
    mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
        if lines.isEmpty { lines.reserveCapacity(Self.usualSize) }
        let size = name.count &+ value.count &+ 4
        known.note(name, at: lines.count &+ name.count &+ 2)
        lines.append(addingCapacity: size) { output in
            output.append(repeating: 0x20, count: size)
            var line = output.mutableSpan
            for index in 0..<name.count { line[index] = name[index] }
            line[name.count] = 0x3a
            for index in 0..<value.count { line[name.count &+ 2 &+ index] = value[index] }
            line[size &- 2] = 0x0d
            line[size &- 1] = 0x0a
        }
    }

    /// Both are the same lines; the rest follows from them.
    public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool { left.lines == right.lines }

    /// Feeds the hasher; equal headers feed the same.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(lines)
    }
}
