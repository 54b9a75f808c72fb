/// One reply or event of Tor's control protocol (control-spec section 2.3).
///
/// ```
///   250-version=0.4.9.11 CRLF      a line, and more follow
///   250+config-text= CRLF          a line with data:
///   Nickname lab CRLF                lines, a leading dot doubled
///   . CRLF                           the end of the data
///   250 OK CRLF                    the last line
/// ```
public struct TorControlReply: Hashable, Sendable {
    /// One line of it.
    public struct Line: Hashable, Sendable {
        /// What follows the status code and its separator.
        public var text: [UInt8]
        /// The data that came with the line, its lines joined by LF, the dots undone; nil where there was none.
        public var data: [UInt8]?

        /// A line.
        public init(text: [UInt8], data: [UInt8]? = nil) {
            self.text = text
            self.data = data
        }
    }

    /// The status code, 200 to 699. All lines of a reply have the same.
    public var code: Int
    /// The lines, of which there is at least one.
    public var lines: [Line]

    /// A reply.
    public init(code: Int, lines: [Line]) {
        self.code = code
        self.lines = lines
    }

    /// Whether it came by itself (650) and answers no command.
    public var isEvent: Bool {
        code >= 600
    }

    /// The last line as text for a person: what Tor says of a command it refuses.
    public var sentence: String {
        (lines.last?.text ?? []).forPeople
    }

    /// The value of each "key=value" line, as GETINFO answers (section 3.9); a line without "=" ("OK") is none.
    public var values: [String: [UInt8]] {
        var values: [String: [UInt8]] = [:]
        for line in lines {
            guard let equals = line.text.firstIndex(of: 0x3d) else { continue }
            let key = String(decoding: line.text[..<equals], as: UTF8.self)
            values[key] = line.data ?? Array(line.text[(equals &+ 1)...])
        }
        return values
    }
}

extension Collection<UInt8> {
    /// These bytes for a person's screen: printable ASCII, all else as "?", at most 200 characters. What an
    /// unproven peer sends ends in logs and on terminals.
    var forPeople: String {
        String(decoding: prefix(200).map { (0x20...0x7e).contains($0) ? $0 : 0x3f }, as: UTF8.self)
    }
}
