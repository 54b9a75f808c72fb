/// Reads responses, as a client does (RFC 9112): each is the answer to one request, whose method it must know, as
/// the answer to HEAD has no body. Strict: one reading of the bytes, or a refusal.
///
/// Call it like `HTTPRequestReader`; after `.end`, say by `next(answering:)` which request comes next.
public struct HTTPResponseReader: Hashable, Sendable {
    /// What the bytes meant.
    public enum Event: Hashable, Sendable {
        /// Everything is consumed, and more is needed.
        case more
        /// A head of 1xx; the real one follows. "100 Continue" asks for the body.
        case interim(HTTPResponseHead)
        /// The head is whole.
        case head(HTTPResponseHead)
        /// These bytes of the input just given are body. Never empty; not copied.
        case body(Range<Int>)
        /// The response is whole. It is said until `next(answering:)` is called.
        case end
        /// This is no response to us: close. It is said for ever, and no byte after it is read.
        case failed(HTTPFailure)
    }

    private enum State: Hashable {
        case head
        case body
        case end
        /// The last response said that it was the last.
        case over
        case failed(HTTPFailure)
    }

    private let limits: HTTPLimits
    private var method: String
    private var state: State = .head
    private var head = HTTPHeadReader<HTTPStatusLine>()
    private var body: HTTPBodyReader?
    private var keepsAlive = true
    private var interims = 0

    /// A reader of the answer to the first request of a connection.
    ///
    /// - Parameter method: The method of that request.
    public init(answering method: String, limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        self.method = method
    }

    /// Takes the next bytes of the connection. See `HTTPRequestReader` for how to call it.
    public mutating func receive(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        var index = 0
        let event = advance(input, &index)
        guard case .failed(let failure) = event else { return (index, event) }
        state = .failed(failure.ofResponse)
        return (index, .failed(failure.ofResponse))
    }

    /// Makes ready for the answer to the next request.
    ///
    /// - Returns: Whether the connection can carry it: false where the last response has not ended, or said that it
    ///   closes.
    @discardableResult
    public mutating func next(answering method: String) -> Bool {
        guard state == .end else { return false }
        self.method = method
        interims = 0
        state = keepsAlive ? .head : .over
        return keepsAlive
    }

    /// Says what it means that the peer sends no more. A body that goes on until then ends here.
    public mutating func finish() -> HTTPFinish {
        switch state {
        case .head: return head.isUntouched && interims == 0 ? .unanswered : .truncated
        case .body where body?.endsByClose == true:
            state = .end
            return .complete
        case .body: return .truncated
        case .end, .over, .failed: return .clean
        }
    }

    private mutating func advance(_ input: Span<UInt8>, _ index: inout Int) -> Event {
        switch state {
        case .head:
            switch head.receive(input, from: &index, limits: limits) {
            case .more: return .more
            case .failed(let failure): return .failed(failure)
            case .complete: return begin()
            }
        case .body:
            switch body?.receive(input, from: &index) {
            case .more: return .more
            case .body(let range): return .body(range)
            case .failed(let failure): return .failed(failure)
            case .end, nil:
                body = nil
                state = .end
                return .end
            }
        case .end: return .end
        case .over:
            return input.count == 0 ? .more : .failed(HTTPFailure("Bytes follow a response that said it was the last."))
        case .failed(let failure): return .failed(failure)
        }
    }

    private mutating func begin() -> Event {
        guard let (line, headers) = head.take() else { return .more }  // a head that is complete has one
        do throws(HTTPFailure) {
            let head = try HTTPResponseHead(
                status: line.status, reason: line.reason, version: line.version, headers: headers, answering: method)
            guard head.isInterim else {
                body = try HTTPBodyReader(head.framing, limits: limits)
                state = .body
                keepsAlive = head.keepsAlive
                return .head(head)
            }
            interims += 1
            guard interims <= HTTPLimits.interims else {
                throw HTTPFailure("More than \(HTTPLimits.interims) interim responses came.")
            }
            return .interim(head)
        } catch {
            return .failed(error)
        }
    }
}
