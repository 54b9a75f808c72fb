extension JSONValue {
    /// The one compact text of this value: no spaces, members in their order, nothing escaped that need not be
    /// (the quote, the backslash and control characters). The same value always gives the same bytes.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter(isIndented: false)
        writer.write(self, indent: 0)
        return writer.bytes
    }

    /// The text for a person at a terminal: one member a line, two spaces a level, and what could drive the
    /// terminal or turn the direction of its text written as escapes. It ends without a newline.
    public func encodedForReading() -> [UInt8] {
        var writer = JSONWriter(isIndented: true)
        writer.write(self, indent: 0)
        return writer.bytes
    }
}

/// The text that is written so far.
private struct JSONWriter {
    let isIndented: Bool
    var bytes: [UInt8] = []

    mutating func write(_ value: JSONValue, indent: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let value): append(value.text)
        case .string(let value): string(value)
        case .array(let elements):
            list("[", "]", elements, indent: indent) { $0.write($1, indent: indent + 1) }
        case .object(let object):
            list("{", "}", object.members, indent: indent) { writer, member in
                writer.string(member.key)
                writer.append(writer.isIndented ? ": " : ":")
                writer.write(member.value, indent: indent + 1)
            }
        }
    }

    private mutating func list<Element>(
        _ opening: String, _ closing: String, _ elements: [Element], indent: Int,
        _ writeElement: (inout JSONWriter, Element) -> Void
    ) {
        append(opening)
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            newLine(indent + 1)
            writeElement(&self, element)
        }
        if !elements.isEmpty { newLine(indent) }
        append(closing)
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func newLine(_ indent: Int) {
        guard isIndented else { return }
        bytes.append(0x0a)
        bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
    }

    private mutating func string(_ text: String) {
        append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\u{8}": append("\\b")
            case "\u{c}": append("\\f")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{0}"..<" ": escape(scalar)
            case _ where isIndented && scalar.drivesTerminals: escape(scalar)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.EncodedScalar())
            }
        }
        append("\"")
    }

    /// Writes `\u` and four digits; only called for scalars below U+10000.
    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits)
    }
}

extension Unicode.Scalar {
    /// Whether a terminal may take it for more than a letter: control characters of both sets, line and paragraph
    /// separators, and the marks that turn the direction of text (all below U+10000).
    public var drivesTerminals: Bool {
        switch value {
        case 0..<0x20, 0x7f...0x9f, 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        default: false
        }
    }
}
