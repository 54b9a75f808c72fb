/// What the first line of a head says.
protocol HTTPStartLine: Hashable, Sendable {
    /// Reads the line, without its CRLF.
    init(line: Span<UInt8>) throws(HTTPFailure)
}

/// Collects a start line and header lines up to the empty line.
struct HTTPHeadReader<Start: HTTPStartLine>: Hashable, Sendable {
    enum Outcome {
        case more
        /// The empty line came: `start` and `headers` are whole.
        case complete
        case failed(HTTPFailure)
    }

    private var start: Start?
    private var hasStart = false
    private(set) var headers = HTTPHeaders()
    private var fieldCount = 0
    private var fieldBytes = 0
    private var line = HTTPLineReader()

    /// Gives what is whole, and makes ready for the next head.
    mutating func take() -> (start: Start, headers: HTTPHeaders)? {
        guard let start = start.take() else { return nil }
        hasStart = false
        var headers = HTTPHeaders()
        swap(&headers, &self.headers)
        fieldCount = 0
        fieldBytes = 0
        return (start, headers)
    }

    /// Whether nothing has come yet.
    var isUntouched: Bool {
        !hasStart && !line.isInside
    }

    mutating func receive(_ input: Span<UInt8>, from index: inout Int, limits: HTTPLimits) -> Outcome {
        do throws(HTTPFailure) {
            while true {
                // The first line is looked at before waiting for what follows.
                let isFirst = !hasStart
                let outcome = line.receive(
                    input, from: &index, limit: isFirst ? limits.startLine : limits.headerLine,
                    tooLong: isFirst
                        ? HTTPFailure(status: 414, "The first line is longer than \(limits.startLine) bytes.")
                        : HTTPFailure(status: 431, "A header is longer than \(limits.headerLine) bytes."))
                let isLast: Bool
                switch outcome {
                case .more: return .more
                case .failed(let failure): return .failed(failure)
                case .line(let range): isLast = try take(input.extracting(range), limits)
                case .collected:
                    var whole = HTTPLineReader()
                    swap(&whole, &line)
                    isLast = try take(whole.collected.span, limits)
                }
                if isLast { return .complete }
            }
        } catch {
            return .failed(error)
        }
    }

    /// Takes one line; true where it is the empty one that ends the head.
    private mutating func take(_ line: Span<UInt8>, _ limits: HTTPLimits) throws(HTTPFailure) -> Bool {
        guard hasStart else {
            start = try Start(line: line)
            hasStart = true
            return false
        }
        guard line.count > 0 else { return true }
        guard fieldCount < limits.headerCount else {
            throw HTTPFailure(status: 431, "There are more than \(limits.headerCount) headers.")
        }
        fieldCount &+= 1
        fieldBytes &+= line.count
        guard fieldBytes <= limits.headerBytes else {
            throw HTTPFailure(status: 431, "The headers are longer than \(limits.headerBytes) bytes.")
        }
        try headers.append(line: line)
        return false
    }
}

extension HTTPHeadReader<HTTPNoStartLine> {
    /// A reader of the trailers after the last chunk.
    static var trailers: Self {
        var reader = Self()
        reader.hasStart = true
        return reader
    }
}

/// What trailers begin with: nothing.
struct HTTPNoStartLine: HTTPStartLine {
    init(line: Span<UInt8>) throws(HTTPFailure) {}
}
