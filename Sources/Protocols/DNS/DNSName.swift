/// A domain name, as labels on the wire. Names that differ only in the case of ASCII letters are one name
/// (RFC 1035 section 2.3.3).
///
/// ```
///  +---+-----------+---+-------+---+
///  | 4 | n o d e   | 3 | o r g | 0 |     at most 255 bytes, a label at most 63 (RFC 1035 section 3.1)
///  +---+-----------+---+-------+---+
/// ```
/// In a message the rest of a name may stand elsewhere (RFC 1035 section 4.1.4):
/// ```
///  +---+---+---------------------------+
///  | 1 | 1 | offset in the message, 14 |     `DNSCursor` follows it
///  +---+---+---------------------------+
/// ```
public struct DNSName: Sendable {
    /// The bytes of a name with its last, empty label.
    public static let longest = 255
    /// The bytes of a label.
    public static let longestLabel = 63
    /// The name of the root, ".".
    public static let root = DNSName(wire: [0])

    /// The uncompressed wire form, in the case it was read in.
    public let wire: [UInt8]

    /// A wire form that is known to be good.
    init(wire: [UInt8]) {
        self.wire = wire
    }

    /// Reads "node.example" or "node.example."; nil where a label is empty or too long, or the whole is. Nothing is
    /// escaped: a name that needs it is not one of a host.
    public init?(_ text: String) {
        var wire: [UInt8] = []
        let bytes = Array(text.utf8)
        let trimmed = bytes.last == 0x2e ? bytes.dropLast() : bytes[...]
        guard !trimmed.isEmpty else { return nil }
        for label in trimmed.split(separator: 0x2e, omittingEmptySubsequences: false) {
            guard (1...Self.longestLabel).contains(label.count), label.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                return nil
            }
            wire.append(UInt8(label.count))
            wire.append(contentsOf: label)
        }
        wire.append(0)
        guard wire.count <= Self.longest else { return nil }
        self.init(wire: wire)
    }

    /// Lower case throughout. A length byte is at most 63, so it is never taken for a letter.
    private var folded: some Sequence<UInt8> {
        wire.lazy.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
    }
}

extension DNSName: Hashable {
    /// Whether both are one name, whatever their case.
    public static func == (left: DNSName, right: DNSName) -> Bool {
        left.wire.count == right.wire.count && left.folded.elementsEqual(right.folded)
    }

    /// Hashes the name without its case.
    public func hash(into hasher: inout Hasher) {
        for byte in folded { hasher.combine(byte) }
    }
}

extension DNSName: CustomStringConvertible {
    /// "node.example", or "." for the root; a byte that is not printable, a dot or a backslash as \DDD
    /// (RFC 1035 section 5.1).
    public var description: String {
        guard wire.count > 1 else { return "." }
        var text = ""
        var index = 0
        while index < wire.count, wire[index] != 0 {
            let end = min(index + 1 + Int(wire[index]), wire.count)
            if index > 0 { text += "." }
            for byte in wire[(index + 1)..<end] {
                if (0x21...0x7e).contains(byte), byte != 0x2e, byte != 0x5c {
                    text.unicodeScalars.append(UnicodeScalar(byte))
                } else {
                    text += "\\" + String(repeating: "0", count: byte < 10 ? 2 : byte < 100 ? 1 : 0) + "\(byte)"
                }
            }
            index = end
        }
        return text
    }
}
