/// A place in a text file.
public struct TomlPosition: Hashable, Comparable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// The column, from 1, counted in Unicode code points.
    public var column: Int

    /// This line and column.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character of a file.
    public static let start = TomlPosition(line: 1, column: 1)

    /// Earlier in the file before later.
    public static func < (left: TomlPosition, right: TomlPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// Why a file is no TOML.
public struct TomlSyntaxError: Error, Hashable, Sendable {
    /// Where reading stopped.
    public var position: TomlPosition
    /// What was wrong there, in words.
    public var message: String

    /// This message for this place, made fit to be shown.
    public init(at position: TomlPosition, _ message: String) {
        self.position = position
        self.message = message.printable(limit: 500)
    }
}
