extension PortableStorage {
    /// A value of an entry that is written.
    public enum Value: Hashable, Sendable {
        /// An unsigned integer of 8 bytes.
        case uint64(UInt64)
        /// An unsigned integer of 4 bytes.
        case uint32(UInt32)
        /// An unsigned integer of 1 byte.
        case uint8(UInt8)
        /// A boolean.
        case bool(Bool)
        /// Text, a hash or a blob.
        case string([UInt8])
        /// Several of these: hashes.
        case strings([[UInt8]])
        /// Unsigned integers of 8 bytes.
        case uint64s([UInt64])
    }

    /// A document of these entries in its root section. Names are 1 to 255 bytes long and not there twice: others are
    /// left out.
    public static func root(_ entries: [(StaticString, Value)]) -> [UInt8] {
        []
    }

    /// The document without the root section's entries of these names. What is in the others is copied as it is.
    ///
    /// - Parameter bytes: the bytes that were read.
    public func without(_ keys: [StaticString], _ bytes: Span<UInt8>) -> [UInt8] {
        []
    }
}
