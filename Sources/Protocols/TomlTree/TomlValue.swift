/// One value of a TOML file, with the place where it begins.
public struct TomlValue: Hashable, Sendable {
    /// What it holds.
    public enum Content: Hashable, Sendable {
        /// A string.
        case string(String)
        /// An integer.
        case integer(Int64)
        /// A floating-point number.
        case float(Double)
        /// A boolean.
        case boolean(Bool)
        /// An array's values.
        case array([TomlValue])
        /// A table.
        case table(TomlTable)
        /// A date, a time, or both, as text (RFC 3339).
        case dateTime(String)
    }

    /// What it holds.
    public var content: Content
    /// Where it begins; a table's is that of its header.
    public var position: TomlPosition

    /// A value at this place.
    public init(_ content: Content, at position: TomlPosition) {
        self.content = content
        self.position = position
    }

    /// What it is, in words, with its article: "a string".
    public var kind: String {
        switch content {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a float"
        case .boolean: "a boolean"
        case .array: "an array"
        case .table: "a table"
        case .dateTime: "a date"
        }
    }
}
