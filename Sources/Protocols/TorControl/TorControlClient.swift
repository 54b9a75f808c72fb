/// The client's side of a control connection, from the first byte to Tor's state: events in, effects out.
///
/// ```
///   connected ─▶ PROTOCOLINFO ─▶ readCookie ─▶ AUTHCHALLENGE ─▶ (server proven) AUTHENTICATE
///             ─▶ (TAKEOWNERSHIP) SETEVENTS, GETINFO ─▶ report … report, and a GETINFO every two seconds
/// ```
///
/// The cookie itself never goes over the connection: each side proves by an HMAC that it knows the file, Tor first.
/// One machine serves one connection; after `.close`, make another for the next.
public struct TorControlClient: Sendable {
    /// What the driver shall do, in this order.
    public enum Effect: Hashable, Sendable {
        /// Write these bytes to the connection.
        case send([UInt8])
        /// Read this file, and give `cookie` what is in it. Open it without waiting (it may be a FIFO) and read no
        /// more than 33 bytes: whoever listens there names it.
        case readCookie(path: String)
        /// Tor's state is another now.
        case report(TorState)
        /// Tor could not connect a stream of ours.
        case stream(TorStreamEvent)
        /// Something became known of the onion services that are published over this connection.
        case onion(TorOnionEvent)
        /// The connection is of no use: close it. A report that says so came before.
        case close(TorControlFailure)
    }

    /// HMAC-SHA256 of a message under a key: 32 bytes, or anything else where it cannot be computed.
    public typealias HMAC = @Sendable (_ key: [UInt8], _ message: [UInt8]) -> [UInt8]

    /// What was sent and is to be answered. Tor answers in the order of the commands.
    enum Command: Hashable {
        case protocolInfo
        case challenge(TorSafeCookie)
        case authenticate
        case takeOwnership
        case setEvents
        case poll
        /// A circuit of Tor's choice; whether it comes to stand is told by events.
        case probe
        /// As which user Tor runs.
        case owner
        case addOnion(TorOnionRequest)
        case deleteOnion(address: String)
    }

    private enum Phase: Hashable {
        case idle
        /// PROTOCOLINFO, AUTHCHALLENGE or AUTHENTICATE is under way.
        case authenticating
        /// The driver reads the cookie file.
        case cookie(path: String)
        /// Tor has let us in.
        case running
        case over
    }

    /// A command unanswered for so long means that Tor is stopped or overloaded.
    static let patience = Duration.seconds(8)
    /// How often Tor is asked, beside its events.
    static let pollInterval = Duration.seconds(2)
    /// Tor fetches a consensus about every two hours and then speaks up if the clock is (still) wrong.
    static let skewMemory = Duration.seconds(4 * 3600)
    /// Tor tries its guards again every ten minutes at least; when it has not failed for longer, nothing is known.
    static let relayMemory = Duration.seconds(15 * 60)
    /// How often a Tor that has lost the network is asked for a circuit.
    static let probeInterval = Duration.seconds(30)

    /// Tor's state as last reported.
    public private(set) var state = TorState()

    private let nonce: [UInt8]
    private let takesOwnership: Bool
    private let hmac: HMAC
    private var reader = TorControlReplyReader()
    private var phase = Phase.idle
    private var pending: [Command] = []
    private var reported: TorState?
    private var now: Instant?
    private var polledAt: Instant?
    private var skewToldAt: Instant?
    private var relayFailedAt: Instant?
    private var probedAt: Instant?
    private var waited = Duration.zero
    private var servesOnions = false
    /// The addresses of the services that stand.
    private var onions: Set<String> = []

    /// A machine for one connection.
    ///
    /// - Parameters:
    ///   - nonce: 32 random bytes, made for this connection alone.
    ///   - takesOwnership: whether this Tor is to end as soon as the connection does (control-spec section 3.22).
    ///   - hmac: HMAC-SHA256.
    public init(nonce: [UInt8], takesOwnership: Bool = false, hmac: @escaping HMAC) {
        self.nonce = nonce
        self.takesOwnership = takesOwnership
        self.hmac = hmac
    }

    /// The connection stands.
    public mutating func connected() -> [Effect] {
        guard phase == .idle else { return [] }
        phase = .authenticating
        return [send("PROTOCOLINFO 1", .protocolInfo)] + report()
    }

    /// These bytes came; all of them are taken.
    ///
    /// - Parameter keyOf: whose stream it is, by its SOCKS user name; nil where it is none of ours.
    public mutating func received(
        _ input: Span<UInt8>, keyOf: (ArraySlice<UInt8>) -> UInt64? = { _ in nil }
    ) -> [Effect] {
        var effects: [Effect] = []
        var start = 0
        while phase != .over && phase != .idle {
            let (consumed, event) = reader.receive(input.extracting(start..<input.count))
            start += consumed
            switch event {
            case .more: return effects + report()
            case .failed(let failure): return effects + fail(failure)
            case .reply(let reply) where reply.isEvent:
                guard phase == .running, let text = reply.lines.first?.text else { continue }
                if TorStreamEvent.isAbout(text) {
                    if let stream = TorStreamEvent(text, keyOf: keyOf) { effects.append(.stream(stream)) }
                    continue
                }
                if TorDescriptorEvent.isAbout(text) {
                    if let descriptor = TorDescriptorEvent(text, isOurs: onions.contains) {
                        effects.append(.onion(.descriptor(descriptor)))
                    }
                    continue
                }
                switch state.apply(event: reply) {
                case .clockSkew: skewToldAt = now
                case .relayFailure: relayFailedAt = now
                case nil: break
                }
            case .reply(let reply): effects += answer(reply)
            }
        }
        return effects
    }

    /// What `.readCookie` gave.
    public mutating func cookie(_ result: Result<[UInt8], TorCookieFailure>) -> [Effect] {
        guard case .cookie(let path) = phase else { return [] }
        switch result {
        case .failure(let failure): return fail(.cookieUnreadable(path: path, failure))
        case .success(let cookie):
            guard cookie.count == 32 else { return fail(.cookieLength(path: path, cookie.count)) }
            phase = .authenticating
            let proof = TorSafeCookie(path: path, cookie: cookie, nonce: nonce)
            return [send(proof.challenge, .challenge(proof))]
        }
    }

    /// Onion services are to be published over this connection, as soon as Tor lets us in: `.onion(.open)` says so.
    public mutating func serveOnions() -> [Effect] {
        guard !servesOnions else { return [] }
        servesOnions = true
        return phase == .running ? openOnions() : []
    }

    /// Publishes a service; what came of it is told by `.onion`. Before `.onion(.open)` nothing is sent.
    public mutating func publish(_ request: TorOnionRequest) -> [Effect] {
        guard phase == .running, servesOnions else { return [] }
        return [send(request.command, .addOnion(request))]
    }

    /// Takes a service down that this connection has published.
    ///
    /// - Parameter address: as `.onion(.added)` gave it.
    public mutating func unpublish(_ address: String) -> [Effect] {
        guard phase == .running, onions.contains(address) else { return [] }
        return [send("DEL_ONION \(address.prefix { $0 != "." })", .deleteOnion(address: address))]
    }

    /// The peer closed the connection, or it broke.
    public mutating func closed() -> [Effect] {
        fail(phase == .running ? .closed : .closedEarly)
    }

    /// The time. Call it about once a second: a longer gap counts as two seconds of waiting, as it was us who slept.
    public mutating func tick(_ now: Instant) -> [Effect] {
        let passed = self.now.map { min(max(now - $0, .zero), .seconds(2)) } ?? .zero
        self.now = now
        guard phase != .idle && phase != .over else { return [] }
        forget(now)
        guard pending.isEmpty else {
            waited += passed
            if waited >= Self.patience { state.isSilent = true }
            return report()
        }
        guard phase == .running else { return report() }
        guard polledAt.map({ now - $0 >= Self.pollInterval }) ?? true else { return report() }
        return probe(now) + [poll()] + report()
    }
}

extension TorControlClient {
    private mutating func answer(_ reply: TorControlReply) -> [Effect] {
        guard !pending.isEmpty else { return fail(.violation("an answer to nothing")) }
        let command = pending.removeFirst()
        waited = .zero
        state.isSilent = false
        do throws(TorControlFailure) {
            switch command {
            case .protocolInfo: return try begin(TorAuthentication(answer: reply))
            case .challenge(let proof):
                let answer = try proof.answer(to: reply, hmac: hmac)
                return [send("AUTHENTICATE \(answer)", .authenticate)]
            case .authenticate:
                guard reply.code == 250 else { throw .refused(reply.sentence) }
                phase = .running
                return (takesOwnership ? [send("TAKEOWNERSHIP", .takeOwnership)] : [])
                    + [send("SETEVENTS \(Self.events)", .setEvents), poll()] + (servesOnions ? openOnions() : [])
            case .takeOwnership, .setEvents:
                guard reply.code == 250 else { throw .unsupported(reply.sentence) }
                return []
            case .poll:
                guard reply.code == 250 else { throw .unsupported(reply.sentence) }
                state.apply(answer: reply)
                return []
            case .probe: return []
            case .owner: return [.onion(.open(user: TorOnionEvent.user(reply)))]
            case .addOnion(let request):
                let event = try TorOnionEvent(answer: reply, to: request)
                if case .added(_, let address, _) = event { onions.insert(address) }
                return [.onion(event)]
            case .deleteOnion(let address):
                // 552: it is not there. A service that Tor does not take down ends with the connection.
                guard [250, 552].contains(reply.code) else { throw .unsupported(reply.sentence) }
                onions.remove(address)
                return [.onion(.deleted(address: address))]
            }
        } catch {
            return fail(error)
        }
    }

    private static let events = "STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS ORCONN STREAM"

    /// Only for who publishes: to any other, events of descriptors would tell what onions this Tor's users look for.
    private mutating func openOnions() -> [Effect] {
        [send("SETEVENTS \(Self.events) HS_DESC", .setEvents), send("GETINFO process/uid", .owner)]
    }

    private mutating func begin(_ authentication: TorAuthentication) -> [Effect] {
        switch authentication {
        case .none: return [send("AUTHENTICATE", .authenticate)]
        case .safeCookie(let path):
            phase = .cookie(path: path)
            return [.readCookie(path: path)]
        }
    }

    /// Lets go of what is too old to be true still.
    private mutating func forget(_ now: Instant) {
        if state.clockSkew != nil {
            let told = skewToldAt ?? now
            skewToldAt = told
            if now - told >= Self.skewMemory {
                state.clockSkew = nil
                skewToldAt = nil
            }
        }
        if state.relayFailures > 0 {
            let failed = relayFailedAt ?? now
            relayFailedAt = failed
            if now - failed >= Self.relayMemory {
                state.forgetRelayFailures()
                relayFailedAt = nil
            }
        }
    }

    /// Asks for a circuit where Tor has had no network for a while.
    private mutating func probe(_ now: Instant) -> [Effect] {
        guard state.needsProbe else {
            probedAt = nil
            return []
        }
        guard let last = probedAt else {
            probedAt = now
            return []
        }
        guard now - last >= Self.probeInterval else { return [] }
        probedAt = now
        return [send("EXTENDCIRCUIT 0", .probe)]
    }

    private mutating func poll() -> Effect {
        polledAt = now
        return send("GETINFO \(state.keys.joined(separator: " "))", .poll)
    }

    private mutating func send(_ line: String, _ command: Command) -> Effect {
        if pending.isEmpty { waited = .zero }
        pending.append(command)
        return .send(Array(line.utf8) + [0x0d, 0x0a])
    }

    private mutating func report() -> [Effect] {
        guard state != reported else { return [] }
        reported = state
        return [.report(state)]
    }

    private mutating func fail(_ failure: TorControlFailure) -> [Effect] {
        guard phase != .over else { return [] }
        let served = servesOnions && phase == .running
        phase = .over
        pending = []
        onions = []
        state = TorState()
        state.failure = failure
        return (served ? [.onion(.closed)] : []) + report() + [.close(failure)]
    }
}
