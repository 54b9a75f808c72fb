/// Collects one line that ends in CRLF, and refuses every other line ending and control character (RFC 9112
/// section 2.2 allows a bare LF; a reader that does and one that does not are two readings).
struct HTTPLineReader: Hashable, Sendable {
    enum Outcome {
        /// All input is taken, the line goes on.
        case more
        /// The line is in `bytes`, without its CRLF.
        case line
        case failed(HTTPFailure)
    }

    private(set) var bytes: [UInt8] = []
    private var sawReturn = false

    /// Whether a line is under way.
    var isInside: Bool {
        !bytes.isEmpty || sawReturn
    }

    /// Takes input from `index` on, and moves it behind what it took.
    ///
    /// - Parameters:
    ///   - limit: How many bytes the line may have.
    ///   - tooLong: What it is when it has more.
    mutating func receive(
        _ input: Span<UInt8>, from index: inout Int, limit: Int, tooLong: @autoclosure () -> HTTPFailure
    ) -> Outcome {
        while index < input.count {
            let byte = input[index]
            index &+= 1
            if sawReturn {
                guard byte == 0x0a else { return .failed(HTTPFailure("A CR stands without its LF.")) }
                sawReturn = false
                return .line
            }
            switch byte {
            case 0x0d: sawReturn = true
            case 0x0a: return .failed(HTTPFailure("An LF stands without its CR."))
            case _ where !byte.isHTTPText:
                return .failed(HTTPFailure("A line has a control character or a byte that is not ASCII."))
            case _ where bytes.count >= limit: return .failed(tooLong())
            default: bytes.append(byte)
            }
        }
        return .more
    }

    /// Makes ready for the next line.
    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
    }
}
