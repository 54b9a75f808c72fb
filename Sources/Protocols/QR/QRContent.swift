/// What a QR code says, as one segment (ISO/IEC 18004, 7.4):
///
///     mode (4 bits) | count (8 to 16 bits) | data | 0000 | zeros to a whole byte | 11101100 00010001 11101100 ...
enum QRContent {
    /// Characters of 5.5 bits, as their numbers in the mode's alphabet.
    case alphanumeric([UInt32])
    /// Bytes.
    case bytes([UInt8])

    /// The alphanumeric mode's characters; each one's place is its number.
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    /// A text, in the shorter mode where it fits that.
    init(_ text: String) {
        let numbers = text.utf8.map { Self.alphabet.firstIndex(of: $0).map { UInt32($0) } }
        let known = numbers.compactMap(\.self)
        self = known.count == numbers.count ? .alphanumeric(known) : .bytes(Array(text.utf8))
    }

    /// The codewords of data of a version and level, all of them; nil where the content does not fit.
    func codewords(in version: QRVersion, _ level: QRCode.Level) -> [UInt8]? {
        let capacity = version.capacity(level) * 8
        let isLong = version.number >= 10
        var bits = QRBits()
        switch self {
        case .alphanumeric(let numbers):
            guard numbers.count * 11 / 2 <= capacity else { return nil }
            bits.append(0b0010, 4)
            bits.append(UInt32(numbers.count), isLong ? 11 : 9)
            for pair in stride(from: 0, to: numbers.count, by: 2) {
                if pair + 1 < numbers.count {
                    bits.append(numbers[pair] * 45 + numbers[pair + 1], 11)
                } else {
                    bits.append(numbers[pair], 6)
                }
            }
        case .bytes(let bytes):
            guard bytes.count * 8 <= capacity else { return nil }
            bits.append(0b0100, 4)
            bits.append(UInt32(bytes.count), isLong ? 16 : 8)
            for byte in bytes { bits.append(UInt32(byte), 8) }
        }
        guard bits.count <= capacity else { return nil }
        bits.append(0, min(4, capacity - bits.count))
        bits.append(0, (8 - bits.count % 8) % 8)
        var codewords = bits.bytes
        for pad in 0..<max(0, capacity / 8 - codewords.count) { codewords.append(pad % 2 == 0 ? 0xec : 0x11) }
        return codewords
    }
}

/// Bits, the first of them the highest of the first byte.
private struct QRBits {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    /// Appends the lowest bits of a value, the highest of them first.
    mutating func append(_ value: UInt32, _ count: Int) {
        for place in (0..<count).reversed() {
            if self.count % 8 == 0 { bytes.append(0) }
            if value >> UInt32(place) & 1 == 1 { bytes[self.count / 8] |= 0x80 >> UInt8(self.count % 8) }
            self.count += 1
        }
    }
}
