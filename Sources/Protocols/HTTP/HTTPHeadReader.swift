/// Collects a start line and header lines up to the empty line; or, without a start line, trailers.
struct HTTPHeadReader: Hashable, Sendable {
    enum Outcome {
        case more
        /// `startLine` is whole: look at it before waiting for what follows.
        case startLine
        /// The empty line came: `startLine` and `fields` are whole.
        case complete
        case failed(HTTPFailure)
    }

    private let limits: HTTPLimits
    private(set) var startLine: [UInt8]?
    private(set) var fields: [HTTPHeader] = []
    private var fieldBytes = 0
    private var line = HTTPLineReader()

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    private init(trailersWithin limits: HTTPLimits) {
        self.limits = limits
        startLine = []
    }

    /// A reader of the trailers after the last chunk.
    static func trailers(limits: HTTPLimits) -> HTTPHeadReader {
        HTTPHeadReader(trailersWithin: limits)
    }

    /// Whether nothing has come yet.
    var isUntouched: Bool {
        startLine == nil && !line.isInside
    }

    mutating func receive(_ input: Span<UInt8>, from index: inout Int) -> Outcome {
        while true {
            let outcome =
                if startLine == nil {
                    line.receive(
                        input, from: &index, limit: limits.startLine,
                        tooLong: HTTPFailure(status: 414, "The first line is longer than \(limits.startLine) bytes."))
                } else {
                    line.receive(
                        input, from: &index, limit: limits.headerLine,
                        tooLong: HTTPFailure(status: 431, "A header is longer than \(limits.headerLine) bytes."))
                }
            switch outcome {
            case .more: return .more
            case .failed(let failure): return .failed(failure)
            case .line where startLine == nil:
                startLine = line.bytes
                line.reset()
                return .startLine
            case .line where line.bytes.isEmpty:
                return .complete
            case .line:
                guard fields.count < limits.headerCount else {
                    return .failed(HTTPFailure(status: 431, "There are more than \(limits.headerCount) headers."))
                }
                fieldBytes &+= line.bytes.count
                guard fieldBytes <= limits.headerBytes else {
                    return .failed(
                        HTTPFailure(status: 431, "The headers are longer than \(limits.headerBytes) bytes."))
                }
                do throws(HTTPFailure) {
                    fields.append(try HTTPHeader(line: line.bytes))
                } catch {
                    return .failed(error)
                }
            }
            line.reset()
        }
    }
}
