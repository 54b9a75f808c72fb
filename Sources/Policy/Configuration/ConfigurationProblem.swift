public import Protocols

/// One thing that is wrong with a configuration, and the mend.
public struct ConfigurationProblem: Hashable, Sendable {
    /// The file it is in, where that is another than the configuration (a ban list).
    public var file: String?
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int
    /// What is wrong, and the mend.
    public var message: String

    /// This message, made fit to be shown, for this place of the configuration file, or of another file.
    public init(_ message: String, at position: TomlPosition, file: String? = nil) {
        self.file = file
        line = position.line
        column = position.column
        self.message = message.printable(limit: 500)
    }

    /// A syntax error, which is all that can be said about a file that has one.
    public init(_ error: TomlSyntaxError) {
        self.init(error.message, at: error.position)
    }

    /// "FILE:LINE:COLUMN: what, and the mend". `file` is the configuration's name as the operator gave it.
    public func rendered(file: String) -> String {
        "\(self.file ?? file):\(line):\(column): \(message)"
    }
}

/// Everything that is wrong with a configuration, in the order of the file; never empty.
public struct ConfigurationProblems: Error, Hashable, Sendable {
    /// The problems: those of the configuration by place, then those of other files.
    public let list: [ConfigurationProblem]

    init(_ list: [ConfigurationProblem]) {
        self.list = list.sorted {
            ($0.file ?? "", $0.line, $0.column) < ($1.file ?? "", $1.line, $1.column)
        }
    }
}
