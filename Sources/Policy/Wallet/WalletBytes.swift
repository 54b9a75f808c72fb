extension [UInt8] {
    /// Appends a number in decimal digits.
    mutating func append(decimal number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor &*= 10 }
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: 0x30 &+ number / divisor % 10))
            divisor /= 10
        }
    }
}

extension Span<UInt8> {
    /// Whether the bytes there are these.
    func holds(_ text: [UInt8], at range: Range<Int>) -> Bool {
        guard range.count == text.count, range.lowerBound >= 0, range.upperBound <= count else { return false }
        for (offset, byte) in text.enumerated() where self[range.lowerBound &+ offset] != byte { return false }
        return true
    }
}
