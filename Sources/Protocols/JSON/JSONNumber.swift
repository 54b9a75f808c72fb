/// A JSON number as its exact text (RFC 8259 section 6): what is read is what is written again, so nothing is
/// lost in a `Double` on the way (a 64-bit amount has more digits than it holds).
public struct JSONNumber: Hashable, Sendable {
    /// The digits as written, a valid JSON number of at most `longest` bytes.
    public let text: String

    /// The longest number that is read. RFC 8259 lets a reader set a limit; a 128-bit number has 39 digits.
    public static let longest = 128

    /// A whole number.
    public init(_ value: some FixedWidthInteger) {
        text = String(value)
    }

    /// The shortest text that reads as this number again; nil for infinities and NaN, which JSON does not have.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// Reads a JSON number and nothing else: no spaces, no plus sign, no leading zeros.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        var scan = Scan()
        guard (try? scan.run(bytes.span)) != nil, scan.end == bytes.count else { return nil }
        self.text = text
    }

    /// For the reader, which has scanned it.
    init(scanned text: String) {
        self.text = text
    }

    /// The value, if it is written as a whole number (no fraction, no exponent) and fits.
    public var int64: Int64? { Int64(text) }

    /// The value, if it is written as a whole number (no fraction, no exponent, no sign) and fits.
    public var uint64: UInt64? { text.utf8.first == 0x2d ? nil : UInt64(text) }

    /// The nearest `Double`; nil where it is too large for one.
    public var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }
}

extension JSONNumber {
    /// Walks over one number: `-`? (`0` | 1-9 digits*) (`.` digits+)? ((`e` | `E`) (`+` | `-`)? digits+)?
    struct Scan {
        /// Where the number began, and later where it ends (the first byte that is not its).
        var end = 0

        /// Moves `end` from the number's first byte to the byte after its last.
        mutating func run(_ bytes: Span<UInt8>) throws(JSONFailure) {
            let start = end
            skip(0x2d, bytes)
            if skip(0x30, bytes) {
                if end < bytes.count, bytes[end].isDigit { throw JSONFailure(.leadingZero, at: end) }
            } else {
                try digits(bytes)
            }
            if skip(0x2e, bytes) { try digits(bytes) }
            if skip(0x65, bytes) || skip(0x45, bytes) {
                if !skip(0x2b, bytes) { skip(0x2d, bytes) }
                try digits(bytes)
            }
            guard end - start <= JSONNumber.longest else { throw JSONFailure(.longNumber, at: start) }
        }

        @discardableResult
        private mutating func skip(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
            guard end < bytes.count, bytes[end] == byte else { return false }
            end += 1
            return true
        }

        private mutating func digits(_ bytes: Span<UInt8>) throws(JSONFailure) {
            guard end < bytes.count else { throw JSONFailure(.truncated, at: end) }
            guard bytes[end].isDigit else { throw JSONFailure(.badNumber, at: end) }
            while end < bytes.count, bytes[end].isDigit { end += 1 }
        }
    }
}

extension UInt8 {
    /// Whether this is an ASCII digit.
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
}
