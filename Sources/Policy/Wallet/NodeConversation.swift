import Protocols

/// Our side of one connection to a node: an HTTP client that asks one thing after the other, in one form for all
/// wallets. Pure: bytes in, events out.
///
/// What it sends is what wallet2 sends, in its order and case (measured with 0.18):
///
/// ```
///   POST /getblocks.bin HTTP/1.1 CRLF
///   Host: <the node's host, without its port> CRLF
///   Content-Length: <n> CRLF
///   [Content-Type: application/json; charset=utf-8 CRLF]      JSON calls
///   [Authorization: Digest … CRLF]                            where the node asks for it and has credentials
///   CRLF
/// ```
public struct NodeConversation {
    /// What the node's bytes meant.
    public enum Event: Hashable, Sendable {
        /// Send these bytes: the request once more, as the node has asked who we are.
        case write([UInt8])
        /// The first byte of an answer is here.
        case began
        /// The answer's head. The length is nil where only the end will say it.
        case head(status: Int, length: UInt64?)
        /// These bytes of what was received are body. Never empty.
        case body(Range<Int>)
        /// The answer is whole.
        case end(keepsAlive: Bool)
        /// The connection is of no more use; why, in one sentence. Said once.
        ///
        /// `answered` says whether a byte of an answer had come: without one, a connection that was kept open had
        /// just run out, and the request can be asked again.
        case failed(String, answered: Bool)
    }

    private enum State {
        case idle
        /// A request is sent, no byte of its answer has come.
        case asked
        case answering
        /// The node asks who we are: its answer's body is skipped.
        case challenged(DigestAuthentication)
        case failed
    }

    /// The longest body: getblocks.bin is about 100 MiB at most, and this is beyond it.
    private static let limits = HTTPLimits(body: 256 << 20)

    /// The longest body of a challenge, which is not looked at; monerod's has about 100 bytes.
    private static let longestChallenge: UInt64 = 65536

    /// The longest request that is kept for the case that it is asked again.
    private static let longestKept = 2048

    private let credentials: Credentials?
    private let hasCredentials: Bool
    private let md5: ([UInt8]) -> [UInt8]
    private let nonce: () -> [UInt8]
    /// What stands between a request's path and the length of its body.
    private let middle: [UInt8]
    private var reader = HTTPResponseReader(answering: "POST", limits: Self.limits)
    private var state: State = .idle
    private var digest: DigestAuthentication?
    /// The request under way, where it may have to be sent again.
    private var request: WalletRequest?
    /// The last request that was sent without credentials, and how: who polls asks the same things again.
    private var last: (request: WalletRequest, bytes: [UInt8])?
    /// How often the request under way was sent with credentials.
    private var proofs = 0

    /// A new connection to this node.
    ///
    /// - Parameters:
    ///   - md5: The MD5 of bytes, which digest authentication needs.
    ///   - nonce: Random bytes, new at each call, likewise.
    public init(node: WalletNodeConfiguration, md5: @escaping ([UInt8]) -> [UInt8], nonce: @escaping () -> [UInt8]) {
        credentials = node.credentials
        hasCredentials = credentials != nil
        self.md5 = md5
        self.nonce = nonce
        middle = Array(" HTTP/1.1\r\nHost: \(node.destination.host)\r\nContent-Length: ".utf8)
    }

    /// Whether a request can be sent now.
    public var isIdle: Bool { if case .idle = state { true } else { false } }

    /// Asks this; the bytes are to be sent. Only where `isIdle`; otherwise it is nothing.
    public mutating func send(_ request: WalletRequest) -> [UInt8] {
        guard case .idle = state else { return [] }
        state = .asked
        proofs = 0
        guard !hasCredentials else {
            self.request = request
            return bytes(of: request)
        }
        if let last, last.request == request { return last.bytes }
        let bytes = bytes(of: request)
        last = bytes.count <= Self.longestKept && request.call.mayBeRemembered ? (request, bytes) : nil
        return bytes
    }

    /// Takes what has come, and says what it meant. The ranges of `.body` are of `bytes`.
    public mutating func received(_ bytes: Span<UInt8>, _ handle: (Event) -> Void) {
        guard bytes.count > 0 else { return }
        switch state {
        case .failed: return
        case .idle: return fail("It sent bytes that nobody had asked for.", answered: false, handle)
        case .asked:
            state = .answering
            handle(.began)
        case .answering, .challenged: break
        }
        var index = 0
        while true {
            let (consumed, event) = reader.receive(bytes.extracting(index..<bytes.count))
            let start = index
            index &+= consumed
            switch event {
            case .more: return
            case .interim: continue
            case .failed(let failure): return fail("Its answer is no HTTP: \(failure.sentence)", answered: true, handle)
            case .head(let head): guard begin(head, handle) else { return }
            case .body(let range):
                guard case .answering = state else { continue }
                handle(.body(start &+ range.lowerBound..<start &+ range.upperBound))
            case .end:
                return end(hasMore: index < bytes.count, handle)
            }
        }
    }

    /// Says what it means that the node has closed; nil where nothing was under way.
    public mutating func closed() -> Event? {
        switch state {
        case .idle, .failed:
            state = .failed
            return nil
        case .asked:
            state = .failed
            return .failed("It closed the connection without an answer.", answered: false)
        case .answering, .challenged:
            state = .failed
            return .failed("It closed the connection within its answer.", answered: true)
        }
    }

    private mutating func fail(_ sentence: String, answered: Bool, _ handle: (Event) -> Void) {
        state = .failed
        handle(.failed(sentence, answered: answered))
    }

    /// Judges the head of an answer; false where it is refused.
    private mutating func begin(_ head: HTTPResponseHead, _ handle: (Event) -> Void) -> Bool {
        guard !head.headers.isEncoded else {
            fail("Its answer is encoded, which nobody had asked for.", answered: true, handle)
            return false
        }
        let length: UInt64?
        switch head.framing {
        case .none: length = 0
        case .length(let stated): length = stated
        case .chunked: length = nil
        case .untilClose:
            // One that is cut off would look whole. monerod always states a length, a proxy before it sends chunks.
            fail("Its answer does not say how long it is.", answered: true, handle)
            return false
        }
        if head.status == 401, credentials != nil {
            // Once for each nonce: a second refusal is one of the credentials.
            guard let challenge = DigestAuthentication(challenges: head.headers.values("www-authenticate")) else {
                fail("It asks for credentials in a way that is not spoken here.", answered: true, handle)
                return false
            }
            guard let length, length <= Self.longestChallenge else {
                fail("Its question who we are is too long.", answered: true, handle)
                return false
            }
            guard proofs == 0 || proofs == 1 && challenge.isStale else {
                fail("It does not take the username and password.", answered: true, handle)
                return false
            }
            state = .challenged(challenge)
            return true
        }
        handle(.head(status: head.status, length: length))
        return true
    }

    /// An answer is whole.
    ///
    /// - Parameter hasMore: Whether bytes follow that nobody has asked for.
    private mutating func end(hasMore: Bool, _ handle: (Event) -> Void) {
        let keepsAlive = reader.next(answering: "POST") && !hasMore
        switch state {
        case .answering:
            state = keepsAlive ? .idle : .failed
            request = nil
            handle(.end(keepsAlive: keepsAlive))
        case .challenged(let challenge):
            guard let request, keepsAlive else {
                return fail("It closes the connection instead of asking who we are.", answered: true, handle)
            }
            digest = challenge
            let bytes = bytes(of: request)
            guard proofs > 0 else {
                return fail("Its question who we are could not be answered: there is no MD5.", answered: true, handle)
            }
            state = .asked
            handle(.write(bytes))
        case .idle, .asked, .failed: break
        }
    }

    private mutating func bytes(of request: WalletRequest) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 &+ request.body.count)
        bytes += "POST ".utf8
        bytes += request.call.path.utf8
        bytes += middle
        bytes.append(decimal: UInt64(request.body.count))
        bytes += "\r\n".utf8
        if request.call.form != .portableStorage { bytes += "Content-Type: application/json; charset=utf-8\r\n".utf8 }
        if let credentials,
            let proof = digest?.authorization(
                method: "POST", uri: request.call.path, credentials: credentials, clientNonce: nonce(), md5: md5)
        {
            proofs += 1
            bytes += "Authorization: ".utf8
            bytes += proof.utf8
            bytes += "\r\n".utf8
        }
        bytes += "\r\n".utf8
        bytes += request.body
        return bytes
    }
}
