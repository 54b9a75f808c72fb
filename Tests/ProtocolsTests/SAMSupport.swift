import Protocols

/// A destination with an Ed25519 signature, and private keys that belong to nobody.
func samKeys(_ seed: UInt8 = 1, signature: UInt8 = 7, privateLength: Int = 64) -> [UInt8] {
    var bytes = (0..<384).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ Int(seed)) }
    bytes += [5, 0, 4, 0, signature, 0, 4]
    bytes += [UInt8](repeating: seed, count: privateLength)
    return I2PBase64.encode(bytes)
}

/// Its public half, as a bridge says it.
func samDestination(_ seed: UInt8 = 1) -> [UInt8] {
    I2PBase64.encode((I2PBase64.decode(samKeys(seed)) ?? []).prefix(391))
}

let samID = SAMSessionID(random: [UInt8](repeating: 0xab, count: 16))

extension String {
    /// A line of a SAM bridge.
    var line: [UInt8] { Array(utf8) + [0x0a] }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
