public import Protocols

/// The wallet's side of one connection: an HTTP server that takes one request after the other, and gives each whole
/// to whoever finds an answer. Pure: bytes in, effects out; times and sockets are the driver's.
///
/// ```
///   head ─▶ body ─▶ (request is given) ─▶ answer()                    ─▶ head …
///                                       └▶ begin() part()… finish()   ─┘
/// ```
public struct WalletConversation {
    /// What the driver does, in this order.
    public enum Effect: Hashable, Sendable {
        /// Find an answer to this request, and give it by `answer` or by `begin`, `part` and `finish`.
        case request(WalletRequest)
        /// Send these bytes.
        case write([UInt8])
        /// Close once everything is sent. Nothing more is read.
        case close
    }

    private enum State {
        /// Between requests, or in a request's head.
        case head
        /// In a body that will be judged.
        case body(WalletGate.Target)
        /// In a body that is not looked at: this is the answer.
        case refusal(WalletAnswer)
        /// A request is given, nothing is answered yet.
        case given
        /// The answer's head is sent.
        case answering(Framing)
        case closed
    }

    /// How the end of an answer that is given in parts is known.
    private enum Framing {
        case length, chunks, close
    }

    /// As much as a driver reads at once: what a wallet may send ahead while it waits for an answer.
    public static let ahead = 65536

    private let gate: WalletGate
    private var reader: HTTPRequestReader
    private var recent = RecentVerdicts()
    private var state: State = .head
    /// The body that is being read.
    private var body: [UInt8] = []
    /// What came while a request was answered.
    private var pending: [UInt8] = []
    private var hasBegun = false
    private var keepsAlive = true
    private var isHTTP10 = false
    /// The form and the id of the request that is answered.
    private var form = WalletCall.Form.json
    private var id = WalletRequest.usualID

    /// A new connection.
    ///
    /// - Parameter limits: What a request may hold. monerod itself takes 1 MiB of body.
    public init(gate: WalletGate, limits: HTTPLimits = HTTPLimits(body: 1 << 20)) {
        self.gate = gate
        reader = HTTPRequestReader(limits: limits)
    }

    /// Whether a part of a request is there, so that its sender may be waiting for our acknowledgement: a wallet
    /// sends head and body by two writes, and its kernel holds the second back until the first is acknowledged (43 ms
    /// through an ordinary proxy). Time for the rest is limited.
    public var wantsAcknowledgement: Bool {
        switch state {
        case .head: hasBegun
        case .body, .refusal: true
        case .given, .answering, .closed: false
        }
    }

    /// Whether a request's head is whole and its body is not.
    public var isInBody: Bool {
        switch state {
        case .body, .refusal: true
        case .head, .given, .answering, .closed: false
        }
    }

    /// Whether nothing is under way.
    public var isIdle: Bool {
        if case .head = state { !hasBegun && pending.isEmpty } else { false }
    }

    /// Whether further bytes are taken. While a request is answered one reading is kept, so that the wallet's close
    /// is still seen.
    public var acceptsBytes: Bool {
        switch state {
        case .body, .refusal: true
        case .head, .given, .answering: pending.isEmpty
        case .closed: false
        }
    }

    /// Takes what has come.
    public mutating func received(_ bytes: Span<UInt8>) -> [Effect] {
        switch state {
        case .closed: return []
        case .given, .answering: return keep(bytes)
        case .head where !pending.isEmpty: return keep(bytes)
        case .head, .body, .refusal:
            var effects: [Effect] = []
            read(bytes, &effects)
            return effects
        }
    }

    /// What came ahead is kept, up to a limit.
    private mutating func keep(_ bytes: Span<UInt8>) -> [Effect] {
        guard pending.count + bytes.count <= Self.ahead else {
            state = .closed
            return [.close]
        }
        pending.append(copying: bytes)
        return []
    }

    /// Gives the whole answer to the request that was given. Its Content-Type is ours, by the form of the call.
    ///
    /// - Parameter readsOn: whether what came ahead is taken up at once; else by `readOn`.
    public mutating func answer(_ answer: WalletAnswer, readsOn: Bool = true) -> [Effect] {
        guard case .given = state else { return [] }
        var effects: [Effect] = []
        write(answer, contentType: form.contentType, &effects)
        next(&effects)
        if readsOn { effects += readOn() }
        return effects
    }

    /// Takes up what came while a request was answered, if it is answered.
    public mutating func readOn() -> [Effect] {
        guard case .head = state, !pending.isEmpty else { return [] }
        let bytes = pending
        pending = []
        var effects: [Effect] = []
        read(bytes.span, &effects)
        return effects
    }

    /// Begins an answer that is given in parts.
    ///
    /// - Parameters:
    ///   - status: Its HTTP status.
    ///   - length: The length of the whole body, what is given now included; nil where nobody knows it.
    ///   - beginning: What of the body is there already.
    /// - Returns: What is sent now.
    public mutating func begin(status: Int, length: UInt64?, beginning: [UInt8]) -> [UInt8] {
        guard case .given = state else { return [] }
        let framing: Framing = length != nil ? .length : isHTTP10 ? .close : .chunks
        if framing == .close { keepsAlive = false }
        let body = withOwnID(beginning)
        // What the id's change adds or takes.
        let total = length.map { $0 &+ UInt64(body.count) &- UInt64(beginning.count) }
        var bytes = WalletHead.bytes(
            status: status, contentType: form.contentType, length: total, isChunked: framing == .chunks,
            keepsAlive: keepsAlive)
        state = .answering(framing)
        let frame = part(count: body.count)
        bytes += frame.before
        bytes += body
        bytes += frame.after
        return bytes
    }

    /// What stands before and after the next part of the answer, which the driver sends itself.
    ///
    /// - Parameter count: The part's length in bytes.
    public func part(count: Int) -> (before: [UInt8], after: [UInt8]) {
        guard case .answering(.chunks) = state, count > 0 else { return ([], []) }
        return (HTTPChunk.before(count: count), HTTPChunk.after)
    }

    /// Ends an answer that was given in parts. One that breaks off is not finished: close instead.
    ///
    /// - Parameter readsOn: as for `answer`.
    public mutating func finish(readsOn: Bool = true) -> [Effect] {
        guard case .answering(let framing) = state else { return [] }
        var effects: [Effect] = framing == .chunks ? [.write(HTTPChunk.last)] : []
        next(&effects)
        if readsOn { effects += readOn() }
        return effects
    }

    private mutating func read(_ bytes: Span<UInt8>, _ effects: inout [Effect]) {
        var index = 0
        if bytes.count > 0 { hasBegun = true }
        while true {
            let (consumed, event) = reader.receive(bytes.extracting(index..<bytes.count))
            let start = index
            index &+= consumed
            switch event {
            case .more: return
            case .failed(let failure):
                state = .closed
                // Wallets try TLS first, and plain HTTP when it is closed.
                if failure != .tlsHello {
                    keepsAlive = false
                    write(.text(failure.status, failure.sentence), &effects)
                }
                effects.append(.close)
                return
            case .head(let head):
                begin(head, &effects)
                if case .closed = state { return }
            case .body(let range):
                guard case .body = state else { continue }
                body.append(copying: bytes.extracting(start &+ range.lowerBound..<start &+ range.upperBound))
            case .end:
                end(&effects)
                switch state {
                case .head: hasBegun = index < bytes.count  // answered here: the next request may follow
                case .given:
                    pending.append(copying: bytes.extracting(index..<bytes.count))
                    return
                default: return
                }
            }
        }
    }

    private mutating func begin(_ head: HTTPRequestHead, _ effects: inout [Effect]) {
        keepsAlive = head.keepsAlive && head.version == .http11
        isHTTP10 = head.version == .http10
        if let target = recent.target(head) { return read(target, head, &effects) }
        switch gate.admit(head) {
        case .expulsion(let answer):
            expel(answer, &effects)
        case .refusal(let answer):
            // Whoever waits to be asked for the body need not send it.
            guard !head.expectsContinue else { return expel(answer, &effects) }
            state = .refusal(answer)
        case .call(let target):
            recent.keep(head, target)
            read(target, head, &effects)
        }
    }

    /// The head is admitted: its body follows.
    private mutating func read(_ target: WalletGate.Target, _ head: HTTPRequestHead, _ effects: inout [Effect]) {
        state = .body(target)
        if case .length(let length) = head.framing { body.reserveCapacity(Int(min(length, 4096))) }
        if head.expectsContinue { effects.append(.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))) }
    }

    private mutating func expel(_ answer: WalletAnswer, _ effects: inout [Effect]) {
        keepsAlive = false
        write(answer, &effects)
        state = .closed
        effects.append(.close)
    }

    /// A request is whole.
    private mutating func end(_ effects: inout [Effect]) {
        switch state {
        case .refusal(let answer):
            write(answer, &effects)
            next(&effects)
        case .body(let target):
            if let request = recent.request(target, body: body) {
                body.removeAll(keepingCapacity: true)
                return give(request, &effects)
            }
            let verdict = gate.judge(target, body: body)
            if case .request(let request) = verdict { recent.keep(target, body: body, request) }
            body = []
            switch verdict {
            case .request(let request): give(request, &effects)
            case .answer(let answer):
                write(answer, &effects)
                next(&effects)
            }
        case .head, .given, .answering, .closed: break
        }
    }

    private mutating func give(_ request: WalletRequest, _ effects: inout [Effect]) {
        form = request.call.form
        id = request.id
        state = .given
        effects.append(.request(request))
    }

    private func write(_ answer: WalletAnswer, contentType: String? = nil, _ effects: inout [Effect]) {
        let body = withOwnID(answer.body)
        var bytes = WalletHead.bytes(
            status: answer.status, contentType: contentType ?? answer.contentType, length: UInt64(body.count),
            isChunked: false, keepsAlive: keepsAlive, reserving: body.count)
        bytes += body
        effects.append(.write(bytes))
    }

    /// Makes ready for the next request.
    private mutating func next(_ effects: inout [Effect]) {
        form = .json
        id = WalletRequest.usualID
        hasBegun = false
        guard keepsAlive, reader.next() else {
            state = .closed
            effects.append(.close)
            return
        }
        state = .head
    }

    private static let idKey = Array("id".utf8)

    /// The body of a JSON-RPC answer with the id that the wallet gave. A node only ever sees "0".
    private func withOwnID(_ body: [UInt8]) -> [UInt8] {
        guard form == .jsonRPC, id != WalletRequest.usualID,
            let place = NodeJSON.value(of: Self.idKey, in: body.span)
        else { return body }
        return body[..<place.lowerBound] + id + body[place.upperBound...]
    }
}
