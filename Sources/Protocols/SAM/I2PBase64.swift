/// I2P's base64: the alphabet of RFC 4648 with "-" and "~" in place of "+" and "/", always padded with "=" (I2P's
/// common structures, "Destination").
public enum I2PBase64 {
    /// The bytes of a text; nil where it has another character, wrong padding, or bits behind the last whole byte: no
    /// two texts say the same bytes.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 &* 3)
        var bits: UInt32 = 0
        var count: UInt32 = 0
        var padding = 0
        for character in text {
            if character == 0x3d {
                padding &+= 1
                continue
            }
            guard padding == 0, let value = value(of: character) else { return nil }
            bits = bits << 6 | value
            count &+= 6
            if count >= 8 {
                count &-= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
                bits &= (1 << count) &- 1
            }
        }
        // Two characters of the last four leave four bits, three leave two.
        guard bits == 0, padding <= 2, count == UInt32(truncatingIfNeeded: padding) &* 2 else { return nil }
        return bytes
    }

    /// The text of some bytes.
    public static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count &+= 8
            while count >= 6 {
                count &-= 6
                text.append(character(of: bits >> count & 63))
            }
            bits &= (1 << count) &- 1
        }
        if count > 0 { text.append(character(of: bits << (6 &- count) & 63)) }
        while text.count % 4 != 0 { text.append(0x3d) }
        return text
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case 0x41...0x5a: UInt32(character &- 0x41)
        case 0x61...0x7a: UInt32(character &- 0x61) &+ 26
        case 0x30...0x39: UInt32(character &- 0x30) &+ 52
        case 0x2d: 62
        case 0x7e: 63
        default: nil
        }
    }

    private static func character(of value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        switch value {
        case 0..<26: return 0x41 &+ value
        case 26..<52: return 0x61 &+ (value &- 26)
        case 52..<62: return 0x30 &+ (value &- 52)
        default: return value == 62 ? 0x2d : 0x7e
        }
    }
}
