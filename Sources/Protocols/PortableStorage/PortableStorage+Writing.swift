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

    /// A document of these entries in its root section. Names are 1 to 255 bytes long and differ: that is the caller's
    /// to see to, and a reader refuses what is otherwise.
    public static func root(_ entries: [(StaticString, Value)]) -> [UInt8] {
        var bytes = signature
        bytes.append(varint: entries.count)
        for (name, value) in entries {
            let name = name.description.utf8
            bytes.append(UInt8(truncatingIfNeeded: name.count))
            bytes += name
            value.append(to: &bytes)
        }
        return bytes
    }

    /// The document without the root section's entries of these names. What is in the others is copied as it is.
    ///
    /// - Parameter bytes: the bytes that were read.
    public func without(_ keys: [StaticString], _ bytes: Span<UInt8>) -> [UInt8] {
        let keys = keys.map(\.description)
        var kept: [Range<Int>] = []
        for entry in entries where entry.parent == nil && !keys.contains(where: { bytes.holds($0, at: entry.key) }) {
            // From the byte that says how long the name is to the end of the value.
            kept.append((entry.key.lowerBound - 1..<entry.value.upperBound).clamped(to: 0..<bytes.count))
        }
        var document = Self.signature
        document.reserveCapacity(bytes.count)
        document.append(varint: kept.count)
        for range in kept { document.append(copying: bytes.extracting(range)) }
        return document
    }
}

extension PortableStorage.Value {
    /// Appends the type and the value.
    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .uint64(let value):
            bytes.append(PortableStorage.ValueType.uint64.rawValue)
            bytes.append(littleEndian: value, count: 8)
        case .uint32(let value):
            bytes.append(PortableStorage.ValueType.uint32.rawValue)
            bytes.append(littleEndian: UInt64(value), count: 4)
        case .uint8(let value):
            bytes.append(PortableStorage.ValueType.uint8.rawValue)
            bytes.append(value)
        case .bool(let value):
            bytes.append(PortableStorage.ValueType.bool.rawValue)
            bytes.append(value ? 1 : 0)
        case .string(let value):
            bytes.append(PortableStorage.ValueType.string.rawValue)
            bytes.append(varint: value.count)
            bytes += value
        case .strings(let values):
            bytes.append(PortableStorage.ValueType.string.rawValue | 0x80)
            bytes.append(varint: values.count)
            for value in values {
                bytes.append(varint: value.count)
                bytes += value
            }
        case .uint64s(let values):
            bytes.append(PortableStorage.ValueType.uint64.rawValue | 0x80)
            bytes.append(varint: values.count)
            for value in values { bytes.append(littleEndian: value, count: 8) }
        }
    }
}

extension [UInt8] {
    /// Appends a count or length in the fewest bytes, as epee does.
    fileprivate mutating func append(varint count: Int) {
        let value = UInt64(truncatingIfNeeded: count) << 2
        switch count {
        case ..<(1 << 6): append(UInt8(truncatingIfNeeded: value))
        case ..<(1 << 14): append(littleEndian: value | 1, count: 2)
        case ..<(1 << 30): append(littleEndian: value | 2, count: 4)
        default: append(littleEndian: value | 3, count: 8)
        }
    }
}
