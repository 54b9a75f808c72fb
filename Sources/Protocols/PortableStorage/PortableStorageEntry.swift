extension PortableStorage {
    /// The types of values, with the codes they have on the wire.
    public enum ValueType: UInt8, Sendable, CaseIterable {
        /// A signed integer of 8 bytes.
        case int64 = 1
        /// A signed integer of 4 bytes.
        case int32 = 2
        /// A signed integer of 2 bytes.
        case int16 = 3
        /// A signed integer of 1 byte.
        case int8 = 4
        /// An unsigned integer of 8 bytes.
        case uint64 = 5
        /// An unsigned integer of 4 bytes.
        case uint32 = 6
        /// An unsigned integer of 2 bytes.
        case uint16 = 7
        /// An unsigned integer of 1 byte.
        case uint8 = 8
        /// A floating point number of 8 bytes.
        case double = 9
        /// A length and that many bytes: text, hashes and blobs alike.
        case string = 10
        /// One byte, 0 or 1.
        case bool = 11
        /// A section of entries.
        case object = 12

        /// The size of a value in bytes; nil where the value itself says it.
        var size: Int? {
            switch self {
            case .int64, .uint64, .double: 8
            case .int32, .uint32: 4
            case .int16, .uint16: 2
            case .int8, .uint8, .bool: 1
            case .string, .object: nil
            }
        }
    }

    /// One named value, by where it lies in the document.
    public struct Entry: Hashable, Sendable {
        /// The bytes of its name.
        public var key: Range<Int>
        /// The type of its value, or of its values.
        public var type: ValueType
        /// How many values it has; nil where it is one value and no array.
        public var arrayCount: Int?
        /// The bytes of its value: of a string without its length, of an object or an array with its count.
        public var value: Range<Int>
        /// The index of the entry whose object it is in; nil in the root section.
        public var parent: Int?
        /// Which object it is in, where its parent is an array of objects; else 0.
        public var element: Int
    }
}
