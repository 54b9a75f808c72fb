internal import Protocols

/// The checksum inside a version 3 onion address (Tor's rend-spec-v3, "Encoding onion addresses"):
///
///     base32( PUBKEY (32) | CHECKSUM (2) | VERSION (1, = 3) ) ".onion"
///     CHECKSUM = SHA3-256( ".onion checksum" | PUBKEY | VERSION )[..<2]
///
/// A mistyped address must not be dialled: nobody answers there, and the operator would wait for it.
enum OnionChecksum {
    /// Whether the 56 characters before ".onion", in lower case, hold a key and its checksum.
    static func holds(_ label: some StringProtocol, sha3_256: ([UInt8]) -> [UInt8]) -> Bool {
        guard let bytes = Base32.decode(label), bytes.count == 35, bytes[34] == 3 else { return false }
        let digest = sha3_256(Array(".onion checksum".utf8) + bytes[..<32] + [3])
        return digest.count == 32 && digest[..<2] == bytes[32..<34]
    }
}
