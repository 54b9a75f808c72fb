/// Walks a portable storage document and notes where each entry lies. Each step first sees that the bytes it
/// takes are there, so that its work is bounded by the document's length and the limits.
struct PortableStorageReader {
    let limits: PortableStorage.Limits
    private(set) var entries: [PortableStorage.Entry] = []
    private var position = 0

    init(limits: PortableStorage.Limits) {
        self.limits = limits
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
        var sibling: Int?
        for _ in 0..<count {
            guard entries.count < limits.entries else { throw .tooManyEntries }
            let key = try readKey(bytes)
            var earlier = sibling
            while let index = earlier {
                guard !bytes.areEqual(entries[index].key, key) else { throw .duplicateKey }
                earlier = entries[index].sibling
            }
            let code = try readByte(bytes)
            guard let type = PortableStorage.ValueType(rawValue: code & 0x7f) else { throw .unknownType(code) }
            let index = entries.count
            entries.append(
                PortableStorage.Entry(
                    key: key, type: type, arrayCount: nil, value: position..<position, parent: parent,
                    element: element, sibling: sibling))
            if code & 0x80 == 0 {
                entries[index].value = try readValue(bytes, of: index, element: 0, depth: depth)
            } else {
                let start = position
                entries[index].arrayCount = try readArray(bytes, of: index, depth: depth)
                entries[index].value = start..<position
            }
            sibling = index
        }
    }

    /// Reads the values of an array; returns how many there are.
    private mutating func readArray(
        _ bytes: Span<UInt8>, of index: Int, depth: Int
    ) throws(PortableStorageFailure) -> Int {
        // Whatever the type, a value is at least one byte; so the count is bounded before it is trusted.
        guard let count = Int(exactly: try readVarint(bytes)), count <= bytes.count - position else {
            throw .truncated
        }
        for element in 0..<count { _ = try readValue(bytes, of: index, element: element, depth: depth) }
        return count
    }

    /// Reads one value of an entry; returns where it is.
    private mutating func readValue(
        _ bytes: Span<UInt8>, of index: Int, element: Int, depth: Int
    ) throws(PortableStorageFailure) -> Range<Int> {
        let start = position
        switch entries[index].type {
        case .bool:
            guard try readByte(bytes) <= 1 else { throw .badBoolean }
            return start..<position
        case .string:
            return try take(readVarint(bytes), bytes)
        case .object:
            try readSection(bytes, parent: index, element: element, depth: depth + 1)
            return start..<position
        case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .double:
            return try take(UInt64(entries[index].type.size ?? 1), bytes)
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

extension Span<UInt8> {
    fileprivate func areEqual(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { self[$0] == self[$1] }
    }
}
