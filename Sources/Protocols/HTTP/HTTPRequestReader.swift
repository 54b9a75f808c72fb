/// Reads requests, one at a time, as a server does (RFC 9112). Strict: one reading of the bytes, or a refusal.
///
/// Give `receive` what has come. Drop as many bytes as it consumed, act on the event, and call it again with the
/// rest, until it says `.more` (it has consumed everything: wait for more), `.end` or `.failed`. After `.end`, call
/// `next()`: what follows is another request, and nothing of it has been touched.
///
/// ```
///   .head ─▶ .body … .body ─▶ .end ─▶ next() ─▶ .head …
/// ```
public struct HTTPRequestReader: Hashable, Sendable {
    /// What the bytes meant.
    public enum Event: Hashable, Sendable {
        /// Everything is consumed, and more is needed.
        case more
        /// The head is whole. Where it expects "100 Continue", the body comes after that is sent.
        case head(HTTPRequestHead)
        /// These bytes of the input just given are body. Never empty; not copied.
        case body(Range<Int>)
        /// The request is whole. It is said until `next()` is called.
        case end
        /// This is no request to us. Answer with its status if nothing was answered yet, then close: it is said for
        /// ever, and no byte after it is read.
        case failed(HTTPFailure)
    }

    private enum State: Hashable {
        case head
        case body
        case end
        /// The last request said that it was the last.
        case over
        case failed(HTTPFailure)
    }

    private let limits: HTTPLimits
    private var state: State = .head
    private var head = HTTPHeadReader<HTTPRequestLine>()
    private var recent = HTTPRecentHeads()
    private var body: HTTPBodyReader?
    private var keepsAlive = true

    /// A reader of a new connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Takes the next bytes of the connection. See the type for how to call it.
    public mutating func receive(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        var index = 0
        let event = advance(input, &index)
        if case .failed(let failure) = event { state = .failed(failure) }
        return (index, event)
    }

    /// Makes ready for the request after the one that has ended.
    ///
    /// - Returns: Whether there can be one: false where the last request has not ended, or said that it closes.
    @discardableResult
    public mutating func next() -> Bool {
        guard state == .end else { return false }
        state = keepsAlive ? .head : .over
        return keepsAlive
    }

    /// Says what it means that the peer sends no more.
    public func finish() -> HTTPFinish {
        switch state {
        case .head: head.isUntouched ? .clean : .truncated
        case .body: .truncated
        case .end, .over, .failed: .clean
        }
    }

    private mutating func advance(_ input: Span<UInt8>, _ index: inout Int) -> Event {
        switch state {
        case .head:
            let isBeginning = head.isUntouched
            if isBeginning {
                if input.count > 0, input[0] == 0x16 { return .failed(.tlsHello) }
                if let (head, length) = recent.head(of: input) {
                    index = length
                    return begin(head)
                }
            }
            switch head.receive(input, from: &index, limits: limits) {
            case .more: return .more
            case .failed(let failure): return .failed(failure)
            case .complete: return begin(cameAs: isBeginning ? input.extracting(0..<index) : nil)
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
            return input.count == 0
                ? .more : .failed(HTTPFailure("Bytes follow a request that said it was the last."))
        case .failed(let failure): return .failed(failure)
        }
    }

    /// A head is whole.
    ///
    /// - Parameter cameAs: its bytes, where they came at once.
    private mutating func begin(cameAs bytes: Span<UInt8>?) -> Event {
        guard let (line, headers) = head.take() else { return .more }  // a head that is complete has one
        do throws(HTTPFailure) {
            let head = try HTTPRequestHead(
                method: line.method, target: line.target, version: line.version, headers: headers)
            let event = begin(head)
            if let bytes, case .head = event { recent.keep(head, bytes) }
            return event
        } catch {
            return .failed(error)
        }
    }

    private mutating func begin(_ head: HTTPRequestHead) -> Event {
        do throws(HTTPFailure) {
            body = try HTTPBodyReader(head.framing, limits: limits)
            state = .body
            keepsAlive = head.keepsAlive
            return .head(head)
        } catch {
            return .failed(error)
        }
    }
}

/// What the end of a connection meant to the message under way.
public enum HTTPFinish: Hashable, Sendable {
    /// There was none.
    case clean
    /// It ended a body that goes on until the peer closes: the message is whole.
    case complete
    /// The server closed without a byte of an answer; a kept connection that ran out looks like this.
    case unanswered
    /// It is cut off: nothing of it may be taken for whole.
    case truncated
}
