/// The secret key of a version 3 onion service, as Tor gives and takes it (control-spec section 3.27):
///
/// ```
///   ED25519-V3:<88 characters of base64>      64 bytes: the expanded secret scalar (32) | the hash prefix (32)
/// ```
///
/// It stays text: nobody here computes with it. Its description does not show it.
public struct TorOnionKey: Hashable, Sendable {
    /// The form above.
    public let text: String

    /// Reads the form above; nil for anything else.
    public init?(_ bytes: some Collection<UInt8>) {
        let prefix = Array("ED25519-V3:".utf8)
        guard bytes.count == prefix.count + 88, bytes.starts(with: prefix) else { return nil }
        let digits = bytes.dropFirst(prefix.count)
        let padding = digits.suffix(2)
        guard padding.allSatisfy({ $0 == 0x3d }), digits.dropLast(2).allSatisfy(Self.isBase64),
            // The last digit has two bits of the 64th byte; the other four are zero, or another text would be the same key.
            let last = digits.dropLast(2).suffix(1).first, [0x41, 0x51, 0x67, 0x77].contains(last)
        else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2b, 0x2f: true
        default: false
        }
    }
}

extension TorOnionKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says nothing of the key: what is printed by mistake ends in a log.
    public var description: String { "(an onion service's key)" }
    /// The same.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
