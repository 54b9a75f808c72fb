/// Reads lines from a SAM bridge, split at any byte: printable ASCII, ended by a line feed.
public struct SAMLineReader: Hashable, Sendable {
    /// What the bytes meant.
    public enum Event: Hashable, Sendable {
        /// Everything is consumed, and more is needed.
        case more
        /// A line, without its line feed.
        case line([UInt8])
        /// This is no line of SAM's. It is said for ever.
        case failed(SAMFailure)
    }

    /// Bytes of a line. The longest that we read has two sets of keys: about 1,500.
    public static let limit = 4096

    private var line: [UInt8] = []
    private var hasRead = false
    private var failure: SAMFailure?

    /// A reader of a new connection.
    public init() {}

    /// Takes the next bytes up to the end of a line, and none behind it: what follows the last reply is a stream's.
    public mutating func receive(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        if let failure { return (0, .failed(failure)) }
        for index in 0..<input.count {
            let byte = input[index]
            if byte == 0x0a {
                let whole = line
                line = []
                hasRead = true
                return (index &+ 1, .line(whole))
            }
            guard (0x20...0x7e).contains(byte), line.count < Self.limit else {
                let failure: SAMFailure = hasRead || !line.isEmpty ? .malformed : .notSAM(firstByte: byte)
                self.failure = failure
                line = []
                return (index, .failed(failure))
            }
            line.append(byte)
        }
        return (input.count, .more)
    }
}
