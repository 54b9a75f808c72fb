import Protocols
import Testing

/// Reading epee's format: what Monero writes, and what only somebody else would.
@Suite struct PortableStorageTests {
    typealias Writer = StorageWriter

    private func read(
        _ bytes: [UInt8], limits: PortableStorage.Limits = .init()
    ) throws(PortableStorageFailure) -> PortableStorage {
        try PortableStorage(bytes.span, limits: limits)
    }

    private func failure(
        _ bytes: [UInt8], limits: PortableStorage.Limits = .init()
    ) -> PortableStorageFailure? {
        do throws(PortableStorageFailure) {
            _ = try read(bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func everyTypeIsReadWhereItLies() throws {
        let values: [(UInt8, [UInt8])] = [
            (1, Array(1...8)), (2, Array(1...4)), (3, [1, 2]), (4, [1]), (5, Array(1...8)), (6, Array(1...4)),
            (7, [1, 2]), (8, [1]), (9, Array(1...8)), (11, [1]), (12, Writer.section([])),
        ]
        for (type, value) in values {
            let bytes = Writer.document([Writer.entry("a", type, value), Writer.entry("b", 8, [0x77])])
            let storage = try read(bytes)
            let entry = try #require(storage.entry("a", of: bytes))
            #expect(entry.type.rawValue == type && entry.arrayCount == nil && entry.parent == nil)
            #expect(Array(bytes[entry.value]) == value)
            #expect(Array(bytes[entry.key]) == [0x61])
            #expect(storage.entry("b", of: bytes).map { Array(bytes[$0.value]) } == [0x77])

            let array = Writer.document([Writer.array("a", type, [value, value, value]), Writer.entry("b", 8, [9])])
            let arrayEntry = try #require(try read(array).entry("a", of: array))
            #expect(arrayEntry.arrayCount == 3 && arrayEntry.type.rawValue == type)
            #expect(Array(array[arrayEntry.value]) == Writer.varint(3) + value + value + value)
            #expect(try read(array).entry("b", of: array) != nil)
        }
    }

    @Test(arguments: [0, 1, 63, 64, 300, 16383, 16384, 70000])
    func stringsOfEachVarintSize(count: Int) throws {
        let text = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = Writer.document([Writer.string("text", text)])
        let entry = try #require(try read(bytes).entry("text", of: bytes))
        #expect(Array(bytes[entry.value]) == text)
    }

    @Test(arguments: 0...3)
    func aNumberMayBeWrittenWiderThanNeeded(width: Int) throws {
        let bytes = Writer.document([Writer.entry("a", 10, Writer.varint(2, width: width) + [7, 8])])
        #expect(try read(bytes).entry("a", of: bytes).map { Array(bytes[$0.value]) } == [7, 8])
    }

    @Test func objectsAndArraysOfObjects() throws {
        let bytes = Writer.document([
            Writer.object(
                "outer", [Writer.object("inner", [Writer.string("text", [1, 2])]), Writer.entry("n", 8, [3])]),
            Writer.array(
                "list", 12,
                [
                    Writer.section([Writer.entry("n", 8, [4])]), Writer.section([]),
                    Writer.section([Writer.entry("n", 8, [5])]),
                ]),
            Writer.entry("n", 8, [6]),
        ])
        let storage = try read(bytes)
        func value(_ entry: PortableStorage.Entry?) -> [UInt8]? { entry.map { Array(bytes[$0.value]) } }
        #expect(value(storage.entry("outer", "inner", "text", of: bytes)) == [1, 2])
        #expect(value(storage.entry("outer", "n", of: bytes)) == [3])
        #expect(value(storage.entry("n", of: bytes)) == [6])
        #expect(storage.entry("list", "n", of: bytes) == nil, "which of them?")
        #expect(storage.entry("outer", "text", of: bytes) == nil)
        #expect(storage.entry("missing", of: bytes) == nil)
        #expect(storage.entry("n", "n", of: bytes) == nil)
        let list = storage.entries.firstIndex { $0.arrayCount == 3 }
        let elements = storage.entries.filter { $0.parent == list }
        #expect(elements.map(\.element) == [0, 2] && elements.map { bytes[$0.value.lowerBound] } == [4, 5])
    }

    static let bad: [([UInt8], PortableStorageFailure)] = [
        ([], .truncated), ([0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01], .truncated),
        ([0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x02, 0x00], .notPortableStorage),
        (Array("{\"jsonrpc\"".utf8), .notPortableStorage),
        (Writer.document([]) + [0], .trailingBytes),
        (Writer.document([Writer.entry("", 8, [1])]), .emptyKey),
        (Writer.document([Writer.entry("a", 8, [1]), Writer.entry("a", 8, [1])]), .duplicateKey),
        (
            Writer.document([
                Writer.entry("a", 8, [1]), Writer.object("b", [Writer.entry("a", 8, [1])]), Writer.string("a", []),
            ]), .duplicateKey
        ),
        (Writer.document([Writer.entry("a", 0, [])]), .unknownType(0)),
        (Writer.document([Writer.entry("a", 13, [0x8a, 0])]), .unknownType(13)),
        (Writer.document([Writer.entry("a", 0x8d, [0])]), .unknownType(0x8d)),
        (Writer.document([Writer.entry("a", 14, [])]), .unknownType(14)),
        (Writer.document([Writer.entry("a", 11, [2])]), .badBoolean),
        (Writer.document([Writer.array("a", 11, [[1], [0], [3]])]), .badBoolean),
        // Counts and lengths that no document could hold.
        (Writer.document([Writer.entry("a", 10, Writer.varint(1 << 62 - 1, width: 3))]), .truncated),
        (Writer.document([Writer.entry("a", 0x85, Writer.varint(1 << 61, width: 3))]), .truncated),
        (Writer.document([Writer.entry("a", 0x8a, Writer.varint(1 << 61, width: 3))]), .truncated),
        (Writer.document([Writer.entry("a", 0x8c, Writer.varint(1 << 61, width: 3))]), .truncated),
        (Writer.document([Writer.array("a", 5, [Array(repeating: 0, count: 15)])]).dropLast(8), .truncated),
        (Writer.document([]).dropLast() + [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], .tooManyEntries),
    ]

    @Test(arguments: bad)
    func refused(bytes: [UInt8], expected: PortableStorageFailure) {
        #expect(failure(bytes) == expected)
        #expect(!expected.sentence.isEmpty)
    }

    @Test func sameNamesInDifferentSectionsAreNoDuplicates() throws {
        let bytes = Writer.document([
            Writer.object("a", [Writer.entry("a", 8, [1])]),
            Writer.array(
                "b", 12, [Writer.section([Writer.entry("a", 8, [1])]), Writer.section([Writer.entry("a", 8, [1])])]),
            Writer.entry("aa", 8, [1]), Writer.entry("A", 8, [1]),
        ])
        #expect(failure(bytes) == nil)
    }

    @Test(arguments: RealHandshake.all)
    func everyTruncationIsRefused(_ real: RealHandshake) {
        let body = Array(real.bytes.dropFirst(LevinHeader.size))
        #expect(failure(body) == nil)
        for count in body.indices { #expect(failure(Array(body[..<count])) == .truncated) }
        #expect(failure(body + [0]) == .trailingBytes)
    }

    @Test func theLimitsHold() {
        let limits = PortableStorage.Limits(depth: 3, entries: 10, entriesInSection: 5)
        func nested(_ depth: Int) -> [UInt8] {
            var inner = Writer.entry("n", 8, [1])
            for _ in 1..<depth { inner = Writer.object("o", [inner]) }
            return Writer.document([inner])
        }
        #expect(failure(nested(3), limits: limits) == nil)
        #expect(failure(nested(4), limits: limits) == .tooDeep)
        func wide(_ count: Int) -> [[UInt8]] { (0..<count).map { Writer.entry("k\($0)", 8, [1]) } }
        #expect(failure(Writer.document(wide(5)), limits: limits) == nil)
        #expect(failure(Writer.document(wide(6)), limits: limits) == .tooManyEntries)
        func list(_ count: Int) -> [UInt8] {
            Writer.document([Writer.array("l", 12, Array(repeating: Writer.section(wide(3)), count: count))])
        }
        #expect(failure(list(3), limits: limits) == nil)
        #expect(failure(list(4), limits: limits) == .tooManyEntries)
        // No limit that is asked for lets the reader run out of stack.
        #expect(failure(nested(100), limits: .init(depth: .max)) == .tooDeep)
    }
}

extension PortableStorage {
    /// What `entry(_:in:)` finds. (The macros of Testing cannot hold a span.)
    fileprivate func entry(_ path: String..., of bytes: [UInt8]) -> Entry? {
        entry(path, in: bytes.span)
    }
}
