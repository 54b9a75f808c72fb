/// Where an I2P destination is reached: the public half of its keys (I2P's common structures, "Destination").
///
/// ```
///  0        256 encryption key (random padding, for some kinds)
///  256      128 signing key, at the end of its field
///  384        1 kind of certificate: 5, a key certificate
///  385        2 its length, 4 and more
///  387        2 kind of signing key: 7, Ed25519
///  389        2 kind of encryption key
///  391          … the rest of the certificate
/// ```
public struct I2PDestination: Hashable, Sendable {
    /// These bytes.
    public let bytes: [UInt8]

    /// Bytes before the certificate's own.
    static let headLength = 387
    /// No certificate that we take is longer: a key certificate has 4 bytes, and more only for keys of other kinds.
    static let certificateLimit = 512

    /// The destination that some bytes begin with; nil where they are too few, or none.
    ///
    /// - Returns: with it, how many bytes it has.
    init?(prefixOf bytes: [UInt8]) {
        guard bytes.count >= Self.headLength else { return nil }
        let length = Int(bytes[385]) << 8 | Int(bytes[386])
        // 0: no certificate, with which the oldest destinations came; 5: one that says which kinds the keys are.
        guard bytes[384] == 0 && length == 0 || bytes[384] == 5 && (4...Self.certificateLimit).contains(length),
            bytes.count >= Self.headLength &+ length
        else { return nil }
        self.bytes = Array(bytes[..<(Self.headLength &+ length)])
    }

    /// Reads the base64 that a SAM bridge gives; nil where it is none, or more than a destination.
    public init?(base64 text: some Collection<UInt8>) {
        guard let bytes = I2PBase64.decode(text), let destination = I2PDestination(prefixOf: bytes),
            destination.bytes.count == bytes.count
        else { return nil }
        self = destination
    }

    /// Its name: 52 characters of base32 for the SHA-256 of its bytes, and ".b32.i2p".
    ///
    /// - Parameter hash: SHA-256; what it gives is shown as it is.
    public func name(hash: ([UInt8]) -> [UInt8]) -> String { Base32.encode(hash(bytes)) + ".b32.i2p" }

    /// Whether its signing key is Ed25519 (kind 7).
    var isEd25519: Bool {
        bytes.count >= 391 && bytes[384] == 5 && bytes[387] == 0 && bytes[388] == 7
    }
}
