/// Says which bytes of the input are body, without copying them, and where the body ends (RFC 9112 sections 6, 7).
///
/// ```
///   1a;name=value CRLF   chunk size, extensions (ignored)     at most 256 bytes
///   <26 bytes>    CRLF   chunk
///   0 CRLF               last chunk
///   Name: value CRLF     trailers (checked, then dropped: no header may arrive after it was judged)
///   CRLF
/// ```
struct HTTPBodyReader: Hashable, Sendable {
    enum Outcome {
        case more
        case body(Range<Int>)
        case end
        case failed(HTTPFailure)
    }

    private enum State: Hashable {
        case length(UInt64)
        case untilClose
        case chunkSize(HTTPLineReader)
        case chunk(UInt64)
        case chunkEnd(HTTPLineReader)
        indirect case trailers(HTTPHeadReader<HTTPNoStartLine>)
        case end
    }

    private let limits: HTTPLimits
    private var state: State
    /// Body bytes announced so far (chunks) or seen (until close).
    private var total: UInt64 = 0

    /// - Throws: 413 where the length that is stated is over the limit.
    init(_ framing: HTTPFraming, limits: HTTPLimits) throws(HTTPFailure) {
        self.limits = limits
        switch framing {
        case .none: state = .end
        case .length(let length):
            guard length <= limits.body else { throw Self.tooLarge(limits) }
            state = .length(length)
        case .chunked: state = .chunkSize(HTTPLineReader())
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the peer's close ends the body rightly.
    var endsByClose: Bool {
        state == .untilClose
    }

    mutating func receive(_ input: Span<UInt8>, from index: inout Int) -> Outcome {
        while true {
            switch state {
            case .end:
                return .end
            case .length(let remaining):
                guard let part = Self.take(remaining, of: input, from: &index) else { return .more }
                let left = remaining - UInt64(part.count)
                state = left == 0 ? .end : .length(left)
                return .body(part)
            case .untilClose:
                guard index < input.count else { return .more }
                // What fits is given first, so that the outcome does not depend on how the bytes came.
                guard let part = Self.take(limits.body - total, of: input, from: &index) else {
                    return .failed(Self.tooLarge(limits))
                }
                total += UInt64(part.count)
                return .body(part)
            case .chunk(let remaining):
                guard let part = Self.take(remaining, of: input, from: &index) else { return .more }
                let left = remaining - UInt64(part.count)
                state = left == 0 ? .chunkEnd(HTTPLineReader()) : .chunk(left)
                return .body(part)
            case .chunkSize(var line):
                let outcome = line.receive(
                    input, from: &index, limit: HTTPLimits.chunkLine,
                    tooLong: HTTPFailure("A chunk-size line is longer than \(HTTPLimits.chunkLine) bytes."))
                switch outcome {
                case .more:
                    state = .chunkSize(line)
                    return .more
                case .failed(let failure): return .failed(failure)
                case .line(let range):
                    if let failure = begin(input.extracting(range)) { return .failed(failure) }
                case .collected:
                    if let failure = begin(line.collected.span) { return .failed(failure) }
                }
            case .chunkEnd(var line):
                switch line.receive(
                    input, from: &index, limit: 0, tooLong: HTTPFailure("A chunk is longer than its size."))
                {
                case .more:
                    state = .chunkEnd(line)
                    return .more
                case .failed(let failure): return .failed(failure)
                case .line, .collected: state = .chunkSize(HTTPLineReader())
                }
            case .trailers(var trailers):
                switch trailers.receive(input, from: &index, limits: limits) {
                case .more:
                    state = .trailers(trailers)
                    return .more
                case .failed(let failure): return .failed(failure)
                case .complete:
                    let known = trailers.headers.known
                    guard !known.contentLength.isThere, !known.transferEncoding.isThere, !known.host.isThere else {
                        return .failed(HTTPFailure("A trailer says what only a header may say."))
                    }
                    state = .end
                }
            }
        }
    }

    /// The next part of the input, at most `remaining` bytes of it; nil where that is none.
    private static func take(_ remaining: UInt64, of input: Span<UInt8>, from index: inout Int) -> Range<Int>? {
        let available = input.count - index
        guard available > 0, remaining > 0 else { return nil }
        let size = Int(min(remaining, UInt64(available)))
        defer { index += size }
        return index..<index + size
    }

    /// Begins the chunk whose size line this is.
    private mutating func begin(_ line: Span<UInt8>) -> HTTPFailure? {
        guard let size = Self.chunkSize(line) else { return HTTPFailure("A chunk size is not a hexadecimal number.") }
        guard count(size) else { return Self.tooLarge(limits) }
        state = size == 0 ? .trailers(.trailers) : .chunk(size)
        return nil
    }

    /// One to sixteen digits, then nothing or a semicolon: white space before it is refused.
    private static func chunkSize(_ line: Span<UInt8>) -> UInt64? {
        var size: UInt64 = 0
        var digits = 0
        while digits < line.count, line[digits] != 0x3b {
            guard digits < 16, let value = line[digits].hexValue else { return nil }
            size = size << 4 | UInt64(value)
            digits += 1
        }
        return digits > 0 ? size : nil
    }

    /// Adds to the total; false where that is over the limit.
    private mutating func count(_ size: UInt64) -> Bool {
        let (sum, overflow) = total.addingReportingOverflow(size)
        total = sum
        return !overflow && sum <= limits.body
    }

    private static func tooLarge(_ limits: HTTPLimits) -> HTTPFailure {
        HTTPFailure(status: 413, "The body is longer than \(limits.body) bytes.")
    }
}
