/// Writes portable storage for tests, well formed or not.
struct StorageWriter {
    /// A section of these entries, each written by `entry`, `string` or `object`.
    static func section(_ entries: [[UInt8]]) -> [UInt8] {
        varint(UInt64(entries.count)) + entries.flatMap { $0 }
    }

    static func document(_ entries: [[UInt8]]) -> [UInt8] {
        [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01] + section(entries)
    }

    static func entry(_ key: String, _ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [UInt8(key.utf8.count)] + Array(key.utf8) + [type] + value
    }

    static func string(_ key: String, _ value: [UInt8]) -> [UInt8] {
        entry(key, 10, varint(UInt64(value.count)) + value)
    }

    static func object(_ key: String, _ entries: [[UInt8]]) -> [UInt8] {
        entry(key, 12, section(entries))
    }

    static func array(_ key: String, _ type: UInt8, _ values: [[UInt8]]) -> [UInt8] {
        entry(key, type | 0x80, varint(UInt64(values.count)) + values.flatMap { $0 })
    }

    /// A number in the fewest bytes, or in 1 << `width` of them.
    static func varint(_ value: UInt64, width: Int? = nil) -> [UInt8] {
        let width = width ?? (value < 1 << 6 ? 0 : value < 1 << 14 ? 1 : value < 1 << 30 ? 2 : 3)
        let bits = value << 2 | UInt64(width)
        return (0..<(1 << width)).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
    }
}
