import Protocols
import Testing

/// The walk that notes the root section only.
@Suite struct PortableStorageRootTests {
    private typealias Writer = StorageWriter

    static let entries = [
        Writer.string("client", [1, 2, 3]), Writer.entry("start_height", 5, [0, 1, 2, 3, 4, 5, 6, 7]),
        Writer.object("inner", [Writer.string("client", [9])]),
        Writer.array("objects", 12, [Writer.section([Writer.entry("x", 8, [1])]), Writer.section([])]),
        Writer.array("hashes", 10, [Writer.varint(1) + [7]]),
        Writer.entry("pool_info_since", 5, [1, 1, 1, 1, 1, 1, 1, 1]),
        Writer.entry("prune", 11, [1]),
    ]

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

    private func isWellFormed(_ bytes: [UInt8]) -> Bool { (try? PortableStorage(rootOf: bytes.span)) != nil }
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
