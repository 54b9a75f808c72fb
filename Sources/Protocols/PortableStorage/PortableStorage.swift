/// A document in epee's portable storage format, which Monero speaks in Levin messages and in the ".bin" calls of
/// its RPC (monero: docs/PORTABLE_STORAGE.md).
///
/// ```
/// document   01 11 01 01 01 01 02 01 01  section
/// section    varint: number of entries, then the entries
/// entry      1 byte: length of the name, not 0; the name; 1 byte: type; the value
///            type with 0x80 set: varint: number of values, then the values, nothing between
/// string     varint: length, then the bytes
/// integers   little endian
/// varint     the two low bits of the first byte say how many bytes it has (1, 2, 4, 8); the rest is the number
/// ```
///
/// It is read once, whole, into a list of where each value lies, so that what was checked can be changed or passed
/// on in place. What two readers could read differently is refused: equal names in one section, bytes after the
/// root section, nameless entries, odd booleans. So is type 13, an array of arrays, which nobody writes.
public struct PortableStorage: Sendable {
    /// How much a document may hold.
    public struct Limits: Hashable, Sendable {
        /// Sections inside each other, the root section included.
        public var depth: Int
        /// Entries in the whole document, which is also what reading it costs: about 100 bytes of memory each.
        public var entries: Int
        /// Entries in one section.
        public var entriesInSection: Int

        /// Limits of these sizes. The structures Monero sends are at most 4 deep, with less than 64 entries each.
        public init(depth: Int = 8, entries: Int = 4096, entriesInSection: Int = 64) {
            self.depth = min(depth, 64)
            self.entries = entries
            self.entriesInSection = entriesInSection
        }
    }

    /// What each document begins with: two signatures and the version, 1.
    public static let signature: [UInt8] = [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01]

    /// Every entry, in the order of the document: an object's entries follow the object.
    public private(set) var entries: [Entry] = []

    /// Reads the document that `bytes` are, from the first to the last.
    ///
    /// - Throws: why they are none, or are more than `limits` allow.
    public init(_ bytes: Span<UInt8>, limits: Limits = Limits()) throws(PortableStorageFailure) {
        var reader = PortableStorageReader(limits: limits)
        try reader.readDocument(bytes)
        entries = reader.entries
    }

    /// Reads the document and notes only the root section's entries: what an answer of a megabyte costs is the walk.
    ///
    /// - Throws: as the other does. How many entries there are below is bounded by the bytes alone.
    public init(rootOf bytes: Span<UInt8>) throws(PortableStorageFailure) {
        var reader = PortableStorageReader(limits: Limits(entries: .max), keptDepth: 1)
        try reader.readDocument(bytes)
        entries = reader.entries
    }

    /// The root section's entry of this name; nil where there is none, or the bytes are no whole document.
    public static func rootEntry(_ key: StaticString, in bytes: Span<UInt8>) -> Entry? {
        guard let storage = try? PortableStorage(rootOf: bytes) else { return nil }
        let key = key.description
        return storage.entries.first { bytes.holds(key, at: $0.key) }
    }

    /// The entry that these names lead to: the last is its own, the others are those of the objects it is in.
    /// Arrays of objects are not entered.
    ///
    /// - Parameter bytes: the bytes that were read.
    public func entry(_ path: [String], in bytes: Span<UInt8>) -> Entry? {
        var parent: Int?
        var found: Entry?
        for name in path {
            if let found, found.arrayCount != nil { return nil }
            guard
                let index = entries.indices.first(where: { index in
                    entries[index].parent == parent && bytes.holds(name, at: entries[index].key)
                })
            else { return nil }
            parent = index
            found = entries[index]
        }
        return found
    }
}
