/// The words and `KEY=VALUE` pairs of a control line, values quoted or not (control-spec sections 2.1, 4.1.10).
///
/// Tor's quoted strings are read as the specification's section 2.1.1 advises: `\n`, `\t`, `\r` and octal escapes
/// as C does, any other escaped character as itself.
public struct TorControlWords: Hashable, Sendable {
    /// The words without "=", in their order.
    public private(set) var words: [String] = []
    /// The values by their keys. Where a key comes twice, the first counts.
    public private(set) var values: [String: [UInt8]] = [:]

    /// Reads a line. What comes after a malformed quoted string is left out: Tor itself does not escape the
    /// WARNING of a BOOTSTRAP event.
    public init(_ text: some Collection<UInt8>) {
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == 0x20 }
            guard !rest.isEmpty else { return }
            let key = rest.prefix { $0 != 0x20 && $0 != 0x3d }
            rest = rest.dropFirst(key.count)
            let name = String(decoding: key, as: UTF8.self)
            guard rest.first == 0x3d else {
                words.append(name)
                continue
            }
            rest = rest.dropFirst()
            let value: [UInt8]
            if rest.first == 0x22 {
                guard let (string, length) = Self.quoted(rest) else { return }
                value = string
                rest = rest.dropFirst(length)
                guard rest.isEmpty || rest.first == 0x20 else { return }
            } else {
                value = Array(rest.prefix { $0 != 0x20 })
                rest = rest.dropFirst(value.count)
            }
            if values[name] == nil { values[name] = value }
        }
    }

    /// The value of a key as text for a person; nil where it is missing.
    public func text(_ key: String) -> String? {
        values[key]?.forPeople
    }

    /// The value of a key as a whole number with or without a sign; nil where it is none.
    public func number(_ key: String) -> Int64? {
        values[key].flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
    }

    /// Reads a quoted string with its quotes.
    ///
    /// - Returns: Its bytes, and how long it was with quotes and escapes; nil where it does not end or has an
    ///   octal escape above 377.
    static func quoted(_ text: some Collection<UInt8>) -> (bytes: [UInt8], length: Int)? {
        guard text.first == 0x22 else { return nil }
        var bytes: [UInt8] = []
        var rest = text.dropFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case 0x22: return (bytes, text.count - rest.count)
            case 0x5c:
                guard let escaped = rest.popFirst() else { return nil }
                switch escaped {
                case 0x6e: bytes.append(0x0a)
                case 0x74: bytes.append(0x09)
                case 0x72: bytes.append(0x0d)
                case 0x30...0x37:
                    var value = Int(escaped) - 0x30
                    for _ in 0..<2 {
                        guard let digit = rest.first, (0x30...0x37).contains(digit) else { break }
                        value = value * 8 + Int(digit) - 0x30
                        rest = rest.dropFirst()
                    }
                    guard let octet = UInt8(exactly: value) else { return nil }
                    bytes.append(octet)
                default: bytes.append(escaped)
                }
            default: bytes.append(byte)
            }
        }
        return nil
    }
}
