import Crypto
import EventLoop
import Policy
import Protocols

/// Keeps a conversation with Tor's control port: the driver of `TorControlClient`. A broken one is made anew, with
/// the cookie read anew, since a Tor that restarts writes another.
final class TorControlConnection {
    /// What Tor says of itself.
    private(set) var readiness = unasked
    /// Called after each change of `readiness`.
    var onChange: () -> Void = {}
    /// Called with what Tor tells of a stream of ours.
    var onStream: (TorStreamEvent) -> Void = { _ in }
    /// The number of an isolation key by its SOCKS user name; nil where it is none of ours.
    var keyOf: (ArraySlice<UInt8>) -> UInt64? = { _ in nil }

    /// Called with what it tells of onion services.
    var onOnion: (TorOnionEvent) -> Void = { _ in }

    let endpoint: Endpoint
    private let takesOwnership: Bool
    private let held: HeldUsers
    private let loop: EventLoop
    private var client: TorControlClient?
    private var stream: ByteStream?
    private var isConnected = false
    private var servesOnions = false
    private var pause = shortestPause
    private lazy var ticker = Watch.timer(on: loop) { [unowned self] in tick() }
    private lazy var reconnect = Watch.timer(on: loop) { [unowned self] in connect() }

    /// Before Tor has said anything.
    private static let unasked = EgressReadiness(.starting, "asking Tor's control port")
    /// Pauses between attempts: short at first, as a Tor that restarts is back within a second.
    private static let shortestPause: Duration = .milliseconds(250)
    private static let longestPause: Duration = .seconds(5)
    /// How often the machine is told the time.
    private static let tickInterval: Duration = .seconds(1)

    /// - Parameters:
    ///   - takesOwnership: whether this Tor is to end as soon as the connection does.
    ///   - held: the users of whom none is taken for a Tor.
    init(_ endpoint: Endpoint, takesOwnership: Bool = false, loop: EventLoop, held: HeldUsers) {
        self.endpoint = endpoint
        self.takesOwnership = takesOwnership
        self.held = held
        self.loop = loop
    }

    func start() {
        // What a Tor said before a stop may have been another one's.
        readiness = Self.unasked
        reconnect.schedule(after: .zero)
    }

    func stop() {
        stream?.close()
        stream = nil
        client = nil
        ticker.cancel()
        reconnect.cancel()
        if servesOnions { onOnion(.closed) }
    }

    /// Onion services are to be published over this connection, and over each that follows it.
    func serveOnions() {
        servesOnions = true
        apply { $0.serveOnions() }
    }

    func publish(_ request: TorOnionRequest) { apply { $0.publish(request) } }
    func unpublish(_ address: String) { apply { $0.unpublish(address) } }

    private func connect() {
        let nonce: [UInt8]
        let socket: Descriptor
        do {
            nonce = try Crypto.randomBytes(32)
            socket = try Socket.connect(to: endpoint)
        } catch let error as SystemError where error.isDescriptorLimit {
            // Our own lack of descriptors says nothing of Tor.
            return reconnect.schedule(after: .seconds(1))
        } catch let error as SystemError {
            return failed("Tor's control port at \(endpoint) cannot be reached: \(error.reason)")
        } catch {
            return failed("no random bytes for Tor's control port: \(error)")
        }
        // An HMAC that cannot be computed is empty, and matches none of Tor's.
        client = TorControlClient(nonce: nonce, takesOwnership: takesOwnership) {
            (try? Crypto.hmacSHA256(key: $0, message: $1)) ?? []
        }
        if servesOnions { apply { $0.serveOnions() } }
        isConnected = false
        let stream = ByteStream(socket, connecting: true, loop: loop)
        self.stream = stream
        stream.onConnected = { [unowned self] in
            isConnected = true
            apply { $0.connected() }
        }
        var isKnown = false
        stream.onBytes = { [unowned self, unowned stream] bytes in
            if !isKnown, held.answer(at: endpoint, to: stream.localEndpoint) {
                return failed(
                    "a program of a user whom the guard holds has Tor's control port at \(endpoint): end it, and start Tor",
                    isGone: false)
            }
            isKnown = true
            apply { $0.received(bytes, keyOf: keyOf) }
        }
        stream.onEnded = { [unowned self] ending in
            if !isConnected, case .failed(let error) = ending {
                failed("Tor's control port at \(endpoint) cannot be reached: \(error.reason)")
            } else {
                apply { $0.closed() }
            }
        }
        ticker.schedule(after: Self.tickInterval)
    }

    private func tick() {
        apply { $0.tick(loop.now) }
        if client != nil { ticker.schedule(after: Self.tickInterval) }
    }

    private func apply(_ event: (inout TorControlClient) -> [TorControlClient.Effect]) {
        guard var machine = client else { return }
        let effects = event(&machine)
        client = machine
        for effect in effects {
            switch effect {
            case .send(let bytes): stream?.write(bytes)
            case .readCookie(let path): readCookie(path)
            case .report(let state): report(state)
            case .stream(let event): onStream(event)
            case .onion(let event): onOnion(event)
            case .close(let failure): failed(failure.description, isGone: failure.isGone)
            }
        }
    }

    private func readCookie(_ path: String) {
        do throws(SystemError) {
            let cookie = try Files.read(path, limit: 4096).bytes
            apply { $0.cookie(.success(cookie)) }
        } catch {
            let failure: TorCookieFailure =
                error.isForbidden ? .notPermitted : error.isMissing ? .missing : .other(error.reason)
            apply { $0.cookie(.failure(failure)) }
        }
    }

    private func report(_ state: TorState) {
        // A new conversation knows nothing yet; what was known of the one before stands until it does.
        guard state.bootstrap != nil || state.failure != nil else { return }
        let readiness: Readiness =
            switch state.readiness {
            case .starting: .starting
            case .ready: .ready
            case .failing: .failing
            }
        if readiness == .ready { pause = Self.shortestPause }
        become(EgressReadiness(readiness, state.detail))
    }

    private func failed(_ sentence: String, isGone: Bool = true) {
        stream?.close()
        stream = nil
        client = nil
        ticker.cancel()
        reconnect.schedule(after: pause)
        pause = min(pause * 2, Self.longestPause)
        become(EgressReadiness(isGone ? .down : .failing, sentence))
    }

    private func become(_ new: EgressReadiness) {
        guard new != readiness else { return }
        readiness = new
        onChange()
    }
}

extension TorControlFailure {
    /// Whether Tor is not there, as opposed to there and not to be trusted.
    fileprivate var isGone: Bool {
        switch self {
        case .closed, .closedEarly: true
        default: false
        }
    }
}
