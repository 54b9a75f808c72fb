/// RFC 4648 base32 without padding, as onion addresses, I2P addresses and the keys of an onion service's clients are
/// written: lower case is written, both cases are read.
public enum Base32 {
    /// The bytes of a text; nil where a character is none of the alphabet, or the bits behind the last whole byte are
    /// more than padding: eight characters are five bytes, and no other text says the same bytes.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for character in text.utf8 {
            switch character {
            case 0x61...0x7a: bits = bits << 5 | UInt32(character - 0x61)
            case 0x41...0x5a: bits = bits << 5 | UInt32(character - 0x41)
            case 0x32...0x37: bits = bits << 5 | UInt32(character - 0x32 + 26)
            default: return nil
            }
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= (1 << count) - 1
            }
        }
        return count < 5 && bits == 0 ? bytes : nil
    }

    /// The text of some bytes, in lower case.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        func letter(_ value: UInt32) -> UInt8 {
            let five = UInt8(truncatingIfNeeded: value & 31)
            return five < 26 ? 0x61 + five : 0x32 + five - 26
        }
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                text.append(letter(bits >> count))
            }
            bits &= (1 << count) - 1
        }
        if count > 0 { text.append(letter(bits << (5 - count))) }
        return String(decoding: text, as: UTF8.self)
    }
}
