/// Walks a portable storage document and notes where each entry lies. Each step first sees that the bytes it
/// takes are there, so that its work is bounded by the document's length and the limits.
struct PortableStorageReader {
    let limits: PortableStorage.Limits
    private(set) var entries: [PortableStorage.Entry] = []
    /// Sections this deep and less deep have their entries noted; those below are only walked over.
    private let keptDepth: Int
    /// How many entries there were.
    private var seen = 0
    /// The names of the sections that are open, the innermost section's last.
    private var keys: [Range<Int>] = []
    private var position = 0

    init(limits: PortableStorage.Limits, keptDepth: Int = .max) {
        self.limits = limits
        self.keptDepth = keptDepth
    }

    mutating func readDocument(_ bytes: Span<UInt8>) throws(PortableStorageFailure) {
        for expected in PortableStorage.signature {
            guard try readByte(bytes) == expected else { throw .notPortableStorage }
        }
        try readSection(bytes, parent: nil, element: 0, depth: 1)
        guard position == bytes.count else { throw .trailingBytes }
    }

    private mutating func readSection(
        _ bytes: Span<UInt8>, parent: Int?, element: Int, depth: Int
    ) throws(PortableStorageFailure) {
        guard depth <= limits.depth else { throw .tooDeep }
        let count = try readVarint(bytes)
        guard count <= UInt64(limits.entriesInSection) else { throw .tooManyEntries }
        let first = keys.count
        for _ in 0..<count {
            guard seen < limits.entries else { throw .tooManyEntries }
            seen += 1
            let key = try readKey(bytes)
            for index in first..<keys.count where bytes.areSame(keys[index], key) { throw .duplicateKey }
            keys.append(key)
            let code = try readByte(bytes)
            guard let type = PortableStorage.ValueType(rawValue: code & 0x7f) else { throw .unknownType(code) }
            let index = entries.count
            if depth <= keptDepth {
                entries.append(
                    PortableStorage.Entry(
                        key: key, type: type, arrayCount: nil, value: position..<position, parent: parent,
                        element: element))
            }
            var value = position..<position
            var arrayCount: Int?
            if code & 0x80 == 0 {
                value = try readValue(bytes, type, of: index, element: 0, depth: depth)
            } else {
                arrayCount = try readArray(bytes, type, of: index, depth: depth)
                value = value.lowerBound..<position
            }
            if depth <= keptDepth {
                entries[index].value = value
                entries[index].arrayCount = arrayCount
            }
        }
        keys.removeSubrange(first...)
    }

    /// Reads the values of an array; returns how many there are.
    private mutating func readArray(
        _ bytes: Span<UInt8>, _ type: PortableStorage.ValueType, of index: Int, depth: Int
    ) throws(PortableStorageFailure) -> Int {
        // Whatever the type, a value is at least one byte; so the count is bounded before it is trusted.
        guard let count = Int(exactly: try readVarint(bytes)), count <= bytes.count - position else {
            throw .truncated
        }
        if type != .bool, let size = type.size {
            _ = try take(UInt64(count) * UInt64(size), bytes)
        } else {
            for element in 0..<count { _ = try readValue(bytes, type, of: index, element: element, depth: depth) }
        }
        return count
    }

    /// Reads one value of an entry; returns where it is.
    private mutating func readValue(
        _ bytes: Span<UInt8>, _ type: PortableStorage.ValueType, of index: Int, element: Int, depth: Int
    ) throws(PortableStorageFailure) -> Range<Int> {
        let start = position
        switch type {
        case .bool:
            guard try readByte(bytes) <= 1 else { throw .badBoolean }
            return start..<position
        case .string:
            return try take(readVarint(bytes), bytes)
        case .object:
            try readSection(bytes, parent: index, element: element, depth: depth + 1)
            return start..<position
        case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .double:
            return try take(UInt64(type.size ?? 1), bytes)
        }
    }

    private mutating func readKey(_ bytes: Span<UInt8>) throws(PortableStorageFailure) -> Range<Int> {
        let length = try readByte(bytes)
        guard length > 0 else { throw .emptyKey }
        return try take(UInt64(length), bytes)
    }

    private mutating func readVarint(_ bytes: Span<UInt8>) throws(PortableStorageFailure) -> UInt64 {
        let first = try readByte(bytes)
        var value = UInt64(first)
        // 1, 2, 4 or 8 bytes, the first included.
        for index in 1..<(1 << Int(first & 3)) {
            value |= UInt64(try readByte(bytes)) << UInt64(8 * index)
        }
        return value >> 2
    }

    private mutating func readByte(_ bytes: Span<UInt8>) throws(PortableStorageFailure) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    /// The range of the next `count` bytes, which it steps over.
    private mutating func take(
        _ count: UInt64, _ bytes: Span<UInt8>
    ) throws(PortableStorageFailure) -> Range<Int> {
        guard count <= UInt64(bytes.count - position) else { throw .truncated }
        let start = position
        position += Int(count)
        return start..<position
    }
}
