/// The keys of an I2P destination as a SAM bridge gives and takes them: the destination, then its private encryption key,
/// then its private signing key, all in I2P's base64. Whoever has them is that destination.
public struct I2PKeys: Hashable, Sendable {
    /// The base64, as the bridge gave it: it is given back the same.
    public let text: [UInt8]
    /// The public half.
    public let destination: I2PDestination

    /// A private key of 32 bytes is the shortest of either kind, and 256 with 64 the longest of those that bridges write.
    private static let privateLengths = 64...(256 + 128)

    /// Reads what a bridge calls keys; nil where it is not a destination with an Ed25519 signature and its private keys.
    public init?(base64 text: [UInt8]) {
        guard text.count <= 4096, let bytes = I2PBase64.decode(text),
            let destination = I2PDestination(prefixOf: bytes), destination.isEd25519,
            Self.privateLengths.contains(bytes.count &- destination.bytes.count)
        else { return nil }
        self.text = text
        self.destination = destination
    }

    /// Reads the file that they are kept in: the base64 and one line feed.
    public init?(fileContents: [UInt8]) {
        guard fileContents.last == 0x0a else { return nil }
        self.init(base64: Array(fileContents.dropLast()))
    }

    /// The file to keep them in.
    public var fileContents: [UInt8] { text + [0x0a] }
}

/// They never stand in a log, whoever prints what holds them.
extension I2PKeys: CustomStringConvertible, CustomDebugStringConvertible {
    /// That they are keys, and nothing of them.
    public var description: String { "I2P keys" }
    /// The same.
    public var debugDescription: String { description }
}
