extension [UInt8] {
    /// Appends a number in decimal digits, without making a string of it.
    public mutating func append(decimal number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor &*= 10 }
        while divisor > 0 {
            append(UInt8(truncatingIfNeeded: 0x30 &+ number / divisor % 10))
            divisor /= 10
        }
    }

    /// Two hexadecimal digits for each byte, in lower case.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
