/// The ingress machine: reads a client's SOCKS4, SOCKS4a or SOCKS5 handshake up to its request, and says what to
/// answer. One per accepted connection; it owns no descriptor and knows no time.
///
/// ```
///            4          whole request
/// unknown ──────▶ socks4 ───────────────────────────────▶ requested ──▶ success() or failure(_:)
///    │       5           no-auth              whole request  ▲
///    ├──────────▶ greeting ───────────────▶ request ─────────┘
///    │                │ user, password         ▲
///    │ other          └──────▶ authentication ─┘
///    └──────▶ refused, without a word            (any step may end in refused, with its own reply)
/// ```
///
/// User names, passwords and SOCKS4 user ids are read and forgotten where none is required: a node that reaches its
/// listener needs none, and monerod sends one static pair or nothing, so they tell nobody apart.
public struct SocksServer: Sendable {
    /// Where the handshake stands after the bytes given so far.
    public enum Outcome: Hashable, Sendable {
        /// The handshake goes on. `replies` may hold bytes to send.
        case more
        /// The client's request. Answer with `success()` or `failure(_:)`.
        case request(SocksRequest)
        /// It is over: send `replies` and close.
        case refused(SocksServerFailure)
    }

    enum Stage: UInt8 {
        case unknown, socks4, greeting, authentication, request, requested4, requested5, refused
    }

    /// What one message, or the beginning of one, turned out to be. `length` counts the bytes it is known by.
    enum Reading {
        case incomplete
        case greeting(length: Int, method: UInt8)
        case authentication(length: Int, isRight: Bool)
        case request(length: Int, SocksRequest)
        case refused(length: Int, SocksServerFailure)
    }

    /// No message is longer: SOCKS4a's is 8 bytes, a user id, a NUL, a name, a NUL.
    private static let longestMessage = 8 + 256 + 256

    private(set) var stage = Stage.unknown
    /// The beginning of a message whose end has not come. Empty as long as messages come whole.
    private var pending: [UInt8] = []

    /// What the client must say to be let in, in SOCKS5; nil where none is asked for.
    private let required: Credentials?

    /// A machine that has read nothing, and lets in whoever comes, or only who knows `required`.
    public init(requiring required: Credentials? = nil) {
        self.required = required
    }

    /// Reads what the client sent.
    ///
    /// - Parameters:
    ///   - input: bytes not given before, split anywhere.
    ///   - replies: the bytes to send to the client are appended here, those of a refusal too.
    /// - Returns: How many of them were of the handshake. After a request none is: what follows belongs to the
    ///   stream. After a refusal the rest means nothing.
    public mutating func receive(_ input: Span<UInt8>, replies: inout [UInt8]) -> (consumed: Int, outcome: Outcome) {
        var consumed = 0
        while consumed < input.count {
            switch stage {
            case .unknown where input[consumed] == 4 && required == nil: stage = .socks4
            case .unknown where input[consumed] == 5: stage = .greeting
            case .unknown:
                stage = .refused
                return (consumed, .refused(.notSocks(firstByte: input[consumed])))
            case .socks4, .greeting, .authentication, .request: break
            case .requested4, .requested5, .refused: return (consumed, .refused(.ended))
            }
            let held = pending.count
            switch nextMessage(input.extracting(consumed..<input.count)) {
            case .incomplete:
                return (input.count, .more)
            case .greeting(let length, let method):
                consumed += length - held
                replies.append(5)
                replies.append(method)
                stage = method == Self.noAuthentication ? .request : .authentication
            case .authentication(let length, let isRight):
                consumed += length - held
                replies.append(1)
                replies.append(isRight ? 0 : 1)
                guard isRight else {
                    stage = .refused
                    return (consumed, .refused(.wrongCredentials))
                }
                stage = .request
            case .request(let length, let request):
                stage = stage == .socks4 ? .requested4 : .requested5
                return (consumed + length - held, .request(request))
            case .refused(let length, let failure):
                replies.append(contentsOf: self.failure(failure.refusal))
                stage = .refused
                return (consumed + length - held, .refused(failure))
            }
        }
        return (consumed, .more)
    }

    /// The next message, read where it lies if all of it is in `input`, else from `pending` with as much of
    /// `input` behind it as a message can need.
    private mutating func nextMessage(_ input: Span<UInt8>) -> Reading {
        guard !pending.isEmpty else {
            let reading = read(input)
            if case .incomplete = reading { pending.append(copying: input) }
            return reading
        }
        pending.append(copying: input.extracting(0..<min(input.count, Self.longestMessage - pending.count)))
        let reading = read(pending.span)
        if case .incomplete = reading { return reading }
        pending = []
        return reading
    }

    private func read(_ bytes: Span<UInt8>) -> Reading {
        switch stage {
        case .socks4: Self.readSocks4(bytes)
        case .greeting: Self.readGreeting(bytes, requiresPassword: required != nil)
        case .authentication: Self.readAuthentication(bytes, required: required)
        case .request: Self.readRequest(bytes)
        case .unknown, .requested4, .requested5, .refused: .incomplete
        }
    }
}
