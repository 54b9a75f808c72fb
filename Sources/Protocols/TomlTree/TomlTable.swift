/// A table of a TOML file: its entries in the order in which their keys first stand in the file.
public struct TomlTable: Hashable, Sendable {
    /// A key and its value.
    public struct Entry: Hashable, Sendable {
        /// The key, without quotes; of a dotted key the one part that names this entry.
        public var key: String
        /// Where the key begins.
        public var position: TomlPosition
        /// Its value.
        public var value: TomlValue

        /// This key at this place, with this value.
        public init(_ key: String, at position: TomlPosition, _ value: TomlValue) {
            self.key = key
            self.position = position
            self.value = value
        }
    }

    /// The entries, by place.
    public let entries: [Entry]

    /// A table of these entries, which are put in the order of their places.
    public init(_ entries: [Entry] = []) {
        self.entries = entries.sorted { $0.position < $1.position }
    }

    /// The entry of this key.
    public subscript(key: String) -> Entry? {
        entries.first { $0.key == key }
    }
}
