/// Collects lines of NDJSON, each one a JSON text with a newline behind it, from bytes as they come.
///
/// A line over the limit ends the conversation: what follows it cannot be told apart any more.
public struct JSONLineReader: Hashable, Sendable {
    /// What one line was.
    public enum Line: Hashable, Sendable {
        /// A JSON value.
        case value(JSONValue)
        /// Not JSON, for this reason.
        case malformed(String)
        /// Longer than the limit. Nothing comes after it.
        case tooLong
    }

    private let limit: Int
    private var line: [UInt8] = []
    private var isBroken = false

    /// A reader of lines of at most this many bytes.
    public init(limit: Int = 16384) {
        self.limit = limit
    }

    /// Takes bytes and gives the lines that they complete. An empty line is passed over.
    public mutating func receive(_ bytes: Span<UInt8>) -> [Line] {
        var lines: [Line] = []
        for index in bytes.indices where !isBroken {
            let byte = bytes[index]
            if byte == 0x0a {
                if !line.isEmpty { lines.append(read()) }
                line.removeAll(keepingCapacity: true)
            } else if line.count < limit {
                line.append(byte)
            } else {
                isBroken = true
                line = []
                lines.append(.tooLong)
            }
        }
        return lines
    }

    private func read() -> Line {
        do throws(JSONFailure) {
            return .value(try JSONValue(reading: line.span, limits: JSONLimits(bytes: limit)))
        } catch {
            return .malformed("\(error)")
        }
    }
}
