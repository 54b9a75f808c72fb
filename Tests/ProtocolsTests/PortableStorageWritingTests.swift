import Protocols
import Testing

/// Documents that are written, and documents without some of their entries.
@Suite struct PortableStorageWritingTests {
    private typealias Writer = StorageWriter

    /// What a wallet reads as "daemon is busy".
    @Test func busyIsWrittenAsMonerodWritesIt() {
        #expect(
            PortableStorage.root([("status", .string(Array("BUSY".utf8)))]) == [
                0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01, 0x04, 0x06, 0x73, 0x74, 0x61, 0x74, 0x75, 0x73,
                0x0a,
                0x10, 0x42, 0x55, 0x53, 0x59,
            ])
    }

    @Test func everyTypeIsWrittenAsItIsRead() throws {
        let hash = [UInt8](repeating: 0xab, count: 32)
        let bytes = PortableStorage.root([
            ("a", .uint64(0x0102_0304_0506_0708)), ("b", .uint32(0x0102_0304)), ("c", .uint8(7)), ("d", .bool(true)),
            ("e", .string([UInt8](repeating: 1, count: 70))), ("f", .strings([hash, []])), ("g", .uint64s([1, 2])),
        ])
        #expect(
            bytes
                == Writer.document([
                    Writer.entry("a", 5, [8, 7, 6, 5, 4, 3, 2, 1]), Writer.entry("b", 6, [4, 3, 2, 1]),
                    Writer.entry("c", 8, [7]), Writer.entry("d", 11, [1]),
                    Writer.string("e", [UInt8](repeating: 1, count: 70)),
                    Writer.array("f", 10, [Writer.varint(32) + hash, Writer.varint(0)]),
                    Writer.array("g", 5, [[1, 0, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0]]),
                ]))
        #expect(try PortableStorage(bytes.span).entries.count == 7)
    }

    @Test(arguments: [0, 63, 64, 16383, 16384])
    func lengthsTakeTheFewestBytes(count: Int) throws {
        let value = [UInt8](repeating: 3, count: count)
        #expect(PortableStorage.root([("k", .string(value))]) == Writer.document([Writer.string("k", value)]))
    }

    static let entries = [
        Writer.string("client", [1, 2, 3]), Writer.entry("start_height", 5, [0, 1, 2, 3, 4, 5, 6, 7]),
        Writer.object("inner", [Writer.string("client", [9])]),
        Writer.array("objects", 12, [Writer.section([Writer.entry("x", 8, [1])]), Writer.section([])]),
        Writer.array("hashes", 10, [Writer.varint(1) + [7]]),
        Writer.entry("pool_info_since", 5, [1, 1, 1, 1, 1, 1, 1, 1]),
        Writer.entry("prune", 11, [1]),
    ]

    /// Each entry alone, in every place, and several at once.
    @Test func entriesAreLeftOut() throws {
        let names: [StaticString] = [
            "client", "start_height", "inner", "objects", "hashes", "pool_info_since", "prune",
        ]
        for turn in Self.entries.indices {
            let order = Self.entries.indices.map { ($0 + turn) % Self.entries.count }
            let bytes = Writer.document(order.map { Self.entries[$0] })
            let storage = try PortableStorage(bytes.span)
            for name in Self.entries.indices {
                let expected = Writer.document(order.filter { $0 != name }.map { Self.entries[$0] })
                let without = storage.without([names[name]], bytes.span)
                #expect(without == expected)
            }
            let two = Writer.document(order.filter { $0 != 0 && $0 != 5 }.map { Self.entries[$0] })
            #expect(storage.without(["pool_info_since", "client", "absent"], bytes.span) == two)
            #expect(storage.without([], bytes.span) == bytes && storage.without(["x", "Client"], bytes.span) == bytes)
            #expect(storage.without(names, bytes.span) == Writer.document([]))
        }
    }

    @Test func theCountIsWrittenAnew() throws {
        let many = (0..<64).map { Writer.entry("k\($0)", 8, [1]) }
        let bytes = Writer.document(many)
        let storage = try PortableStorage(bytes.span)
        #expect(storage.without(["k0"], bytes.span) == Writer.document(Array(many.dropFirst())))
        let wide = PortableStorage.signature + Writer.varint(2, width: 3) + many[0] + many[1]
        #expect(try PortableStorage(wide.span).without([], wide.span) == Writer.document(Array(many.prefix(2))))
    }

    @Test func onlyTheRootIsNoted() throws {
        let bytes = Writer.document(Self.entries)
        let roots = try PortableStorage(rootOf: bytes.span).entries
        #expect(try roots == PortableStorage(bytes.span).entries.filter { $0.parent == nil }.map(\.self))
        #expect(root("hashes", bytes) == roots[4])
        #expect(root("x", bytes) == nil)
        #expect(isWellFormed(bytes))
        for end in 0..<bytes.count { #expect(!isWellFormed(Array(bytes[..<end]))) }
        let twice = Writer.document([Writer.object("o", [Writer.entry("x", 8, [1]), Writer.entry("x", 8, [1])])])
        #expect(!isWellFormed(twice) && root("o", twice) == nil)
    }

    private func isWellFormed(_ bytes: [UInt8]) -> Bool { PortableStorage.isWellFormed(bytes.span) }
    private func root(_ name: StaticString, _ bytes: [UInt8]) -> PortableStorage.Entry? {
        PortableStorage.rootEntry(name, in: bytes.span)
    }

    /// The walk takes what a long answer holds: more entries than are noted for a request.
    @Test func longAnswersAreWalked() {
        let section = Writer.section([Writer.string("block", [1]), Writer.entry("pruned", 11, [0])])
        let blocks = Writer.array("blocks", 12, [[UInt8]](repeating: section, count: 10_000))
        let bytes = Writer.document([blocks, Writer.string("status", Array("OK".utf8))])
        #expect(throws: PortableStorageFailure.tooManyEntries) { try PortableStorage(bytes.span) }
        #expect(isWellFormed(bytes))
        #expect(root("status", bytes).map { Array(bytes[$0.value]) } == Array("OK".utf8))
    }
}
