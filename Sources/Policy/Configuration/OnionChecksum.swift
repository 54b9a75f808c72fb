/// The checksum inside a version 3 onion address (Tor's rend-spec-v3, "Encoding onion addresses"):
///
///     base32( PUBKEY (32) | CHECKSUM (2) | VERSION (1, = 3) ) ".onion"
///     CHECKSUM = SHA3-256( ".onion checksum" | PUBKEY | VERSION )[..<2]
///
/// A mistyped address must not be dialled: nobody answers there, and the operator would wait for it.
enum OnionChecksum {
    /// Whether the 56 characters before ".onion", in lower case, hold a key and its checksum.
    static func holds(_ label: some StringProtocol, sha3_256: ([UInt8]) -> [UInt8]) -> Bool {
        guard let bytes = base32(label), bytes.count == 35, bytes[34] == 3 else { return false }
        let digest = sha3_256(Array(".onion checksum".utf8) + bytes[..<32] + [3])
        return digest.count == 32 && digest[..<2] == bytes[32..<34]
    }

    /// RFC 4648 base32 in lower case, without padding; whole bytes only.
    private static func base32(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text.utf8 {
            switch character {
            case 0x61...0x7a: bits = bits << 5 | UInt32(character - 0x61)
            case 0x32...0x37: bits = bits << 5 | UInt32(character - 0x32 + 26)
            default: return nil
            }
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        return bytes
    }
}
