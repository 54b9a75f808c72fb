import EventLoop
import Policy
import Protocols

/// Our I2P service, running: a session with its keys, and the connections at which it waits for peers. Each stream of
/// a peer is handed to the router, and goes on as every inbound stream does.
final class I2PService {
    let configuration: I2PServiceConfiguration
    let egress: SAMEgress
    /// Called after each change of what is known of it.
    var onChange: () -> Void = {}

    private unowned let router: Router
    private let session: SAMSession
    /// What has come by it since it was published last: its counts end with it.
    private var streams: InboundService
    private var machine = I2PAccepts()
    /// What is on its way to us through the network.
    private var proof: SAMProof?
    private var accepts: [UInt64: SAMAccept] = [:]
    /// The session that they wait for.
    private var accepting: SAMSessionID?
    private lazy var wake = Watch.timer(on: router.loop) { [unowned self] in apply { $0.tick($1) } }

    init(_ configuration: I2PServiceConfiguration, by egress: SAMEgress, keys: I2PKeyStore, router: Router) {
        self.configuration = configuration
        self.egress = egress
        self.router = router
        session = SAMSession(.service, tunnels: configuration.tunnels, at: egress.source, loop: router.loop)
        streams = Self.streams(configuration, by: egress, router: router)
        session.readKeys = { () throws(StartFailure) in try keys.read() }
        session.keepKeys = { (new) throws(StartFailure) in try keys.write(new) }
        session.prove = { [unowned self] in prove($0) }
        session.onChange = { [unowned self] in sessionChanged() }
        session.findKeys()
    }

    /// Its address; nil while it has no keys.
    var address: String? { session.address }
    /// Whether it was reached through the network, by a peer like any other.
    var isPublished: Bool { session.readiness.isReady && egress.readiness.isReady }
    /// Whether there is something amiss with it, beyond that it takes its time, or that its egress is lost.
    var isFailing: Bool {
        guard egress.readiness.isReady else { return false }
        switch session.readiness.state {
        case .failing, .down: return true
        case .starting, .ready: return false
        }
    }
    /// The streams by it that are open.
    var open: UInt64 { UInt64(max(streams.open, 0)) }
    /// Why it is not.
    var problem: String { session.readiness.isReady ? egress.readiness.detail : session.readiness.detail }

    /// Publishes it.
    func start() {
        guard !isStarted else { return }
        isStarted = true
        router.add(streams)
        session.start()
    }

    /// Takes it down: its session ends, and with it every stream of it.
    func stop() {
        guard isStarted else { return }
        isStarted = false
        session.stop()
        stopAccepting()
        router.remove(streams)
        streams = Self.streams(configuration, by: egress, router: router)
    }

    private static func streams(
        _ configuration: I2PServiceConfiguration, by egress: SAMEgress, router: Router
    ) -> InboundService {
        InboundService(
            name: configuration.name, target: configuration.target, requestClass: .inbound, egress: egress,
            id: router.nextSource())
    }

    private var isStarted = false

    private func sessionChanged() {
        if session.id != accepting {
            // Not where one begins: its first proof may be on its way.
            if accepting != nil { stopAccepting() }
            accepting = session.id
            if accepting != nil { apply { $0.start($1) } }
        }
        onChange()
    }

    private func stopAccepting() {
        accepting = nil
        proof = nil
        apply { machine, _ in machine.stop() }
        for accept in accepts.values { accept.close() }
        accepts = [:]
    }

    private func apply(_ event: (inout I2PAccepts, Instant) -> [I2PAccepts.Effect]) {
        for effect in event(&machine, router.loop.now) {
            switch effect {
            case .open(let number): open(number)
            case .close(let number): accepts.removeValue(forKey: number)?.close()
            }
        }
        if let deadline = machine.deadline {
            wake.schedule(after: max(deadline - router.loop.now, .zero))
        } else {
            wake.cancel()
        }
    }

    private func open(_ number: UInt64) {
        guard let endpoint = egress.source.endpoint, let accepting else { return }
        do throws(SystemError) {
            let accept = try SAMAccept(at: endpoint, session: accepting, loop: router.loop)
            accepts[number] = accept
            accept.onWaiting = { [unowned self] in
                apply { machine, now in
                    machine.waits(number, random: .random(in: .min ... .max, using: &router.random), now: now)
                    return []
                }
            }
            accept.onPeer = { [unowned self] in came($0, $1, number) }
            accept.onEnded = { [unowned self] in ended(number) }
        } catch {
            // Not in this call: it is one of the machine's own effects.
            let later = Watch.timer(on: router.loop) { [unowned self] in ended(number) }
            failures[number] = later
            later.schedule(after: .zero)
        }
    }

    private var failures: [UInt64: Watch] = [:]

    private func ended(_ number: UInt64) {
        failures[number] = nil
        accepts.removeValue(forKey: number)?.close()
        apply { $0.failed(number, now: $1) }
        // Where it was the session that is gone: it is asked at once.
        session.dialFailed()
    }

    /// By the node's session, or where that does not stand, later.
    private func prove(_ address: String) {
        proof = nil
        if let host = try? Host(name: Array(address.utf8)),
            case .dial(let way) = egress.way(to: Destination(host: host, port: 1), isolation: nil),
            egress.readiness.isReady, let proof = try? SAMProof(by: way, loop: router.loop)
        {
            self.proof = proof
            proof.onFailed = { [unowned self] in
                self.proof = nil
                session.notProved()
            }
        } else {
            later.schedule(after: .zero)
        }
    }

    private lazy var later = Watch.timer(on: router.loop) { [unowned self] in session.proofPostponed() }

    private func came(_ client: consuming Descriptor, _ early: [UInt8], _ number: UInt64) {
        accepts[number] = nil
        if let proof, proof.isMine(early) {
            _ = consume client
            self.proof = nil
            session.proved()
        } else if streams.isPaused {
            // As many are open as the descriptor limit allows. Whoever comes by I2P has waited long enough to try again.
            _ = consume client
            streams.count(.connectionLimit)
        } else {
            router.take(client, early: early, of: streams)
        }
        apply { $0.taken(number, now: $1) }
    }
}
