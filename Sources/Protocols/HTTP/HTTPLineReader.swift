/// Finds one line that ends in CRLF, and refuses every other line ending and control character (RFC 9112 section 2.2
/// allows a bare LF; a reader that does and one that does not are two readings).
///
/// A line that lies whole in the input is left there; only one that comes in parts is collected.
struct HTTPLineReader: Hashable, Sendable {
    enum Outcome {
        /// All input is taken, the line goes on.
        case more
        /// The line is this part of the input, without its CRLF.
        case line(Range<Int>)
        /// The line is in `collected`, without its CRLF. Call `reset` when it is read.
        case collected
        case failed(HTTPFailure)
    }

    private(set) var collected: [UInt8] = []
    private var sawReturn = false

    /// Whether a line is under way.
    var isInside: Bool {
        !collected.isEmpty || sawReturn
    }

    /// Takes input from `index` on, and moves it behind what it took.
    ///
    /// - Parameters:
    ///   - limit: How many bytes the line may have.
    ///   - tooLong: What it is when it has more.
    mutating func receive(
        _ input: Span<UInt8>, from index: inout Int, limit: Int, tooLong: @autoclosure () -> HTTPFailure
    ) -> Outcome {
        if !sawReturn {
            let start = index
            let end = min(input.count, start + max(0, limit - collected.count))
            index &+= input.extracting(start..<end).leadingTextCount
            guard index < input.count else {
                collected.append(copying: input.extracting(start..<index))
                return .more
            }
            switch input[index] {
            case 0x0d: break
            case 0x0a: return refuse(&index, HTTPFailure("An LF stands without its CR."))
            case let byte where byte.isHTTPText: return refuse(&index, tooLong())
            default: return refuse(&index, HTTPFailure("A line has a control character or a byte that is not ASCII."))
            }
            let text = start..<index
            index &+= 1
            if index < input.count, input[index] == 0x0a, collected.isEmpty {
                index &+= 1
                return .line(text)
            }
            collected.append(copying: input.extracting(text))
            sawReturn = true
        }
        guard index < input.count else { return .more }
        guard input[index] == 0x0a else { return refuse(&index, HTTPFailure("A CR stands without its LF.")) }
        index &+= 1
        sawReturn = false
        return .collected
    }

    /// Makes ready for the next line.
    mutating func reset() {
        collected.removeAll(keepingCapacity: true)
    }

    /// The byte that is refused counts as taken.
    private func refuse(_ index: inout Int, _ failure: HTTPFailure) -> Outcome {
        index &+= 1
        return .failed(failure)
    }
}
