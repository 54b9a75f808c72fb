public import EventLoop
public import Policy
import Protocols

/// The running router: listeners, egresses, the streams between them, and the lock over all. One loop's thread
/// owns it.
public final class Router {
    let loop: EventLoop
    let streams: StreamsInHandshake
    let lockStore: LockStore
    /// When it started.
    let started: Instant
    private(set) var configuration: Configuration
    var route: Route
    var isolation = IsolationKeys()
    var listeners: [NodeListener] = []
    var egresses: [Egress] = []
    var lock: LockState
    /// The document that events were last made from.
    var lastTold: StatusDocument
    /// Why the file on disk is not what is in force; nil where it is.
    var reloadProblem: String?
    /// Refusals that no event has told of yet.
    var unreported: [Refusal: UInt64] = [:]
    private(set) lazy var refusalReport = Watch.timer(on: loop) { [unowned self] in tellRefusals() }
    private(set) lazy var table = FlowTable(loop: loop, pipeLimit: budget.pipes) { [unowned self] in
        relayEnded($0)
    }
    lazy var budget = ConnectionBudget(descriptors: ThisProcess.raiseDescriptorLimit())
    private var random = SystemRandomNumberGenerator()
    private var lastEgress: UInt32 = 0
    private var lastListener: UInt32 = 0
    private var housekeeping: Watch?
    private var resumeLater: Watch?
    private var isPausedByLimit = false

    /// Called with each event, as it happens.
    public var onEvent: (StatusEvent) -> Void = { _ in }

    /// Opens the listeners and begins to prove the egresses. Nothing is accepted before `start`.
    ///
    /// - Throws: `StartFailure` with a sentence: which port is taken, by the listener's name.
    public init(_ configuration: Configuration, lockStore: LockStore, loop: EventLoop) throws(StartFailure) {
        self.configuration = configuration
        self.loop = loop
        self.lockStore = lockStore
        streams = StreamsInHandshake(loop: loop)
        started = loop.now
        route = Route(configuration, ownAddresses: OwnAddresses.read())
        lock = lockStore.read()
        lastTold = StatusDocument(
            version: Self.version, state: .blocked, reason: "starting", uptimeSeconds: nil,
            killSwitch: KillSwitchStatus(locked: false, guardStatus: GuardStatus(state: .unproven)))
        listeners = try makeListeners(configuration.node.listeners)
        egresses = configuration.egresses.map { makeEgress($0) }
    }

    /// Accepts from now on.
    public func start() {
        onEvent(.started(version: Self.version, at: time))
        _ = table
        budget.listeners = listeners.count
        for listener in listeners { listener.resume() }
        for egress in egresses { egress.start() }
        // An address that this machine gets later is its own from then on; the kernel is asked twice a minute.
        housekeeping = Watch.ticker(every: .seconds(30), on: loop) { [unowned self] in
            refreshOwnAddresses()
        }
        tellChanges()
    }

    /// Cuts everything and listens no more. For the end of the process: the lock on disk stays as it is.
    public func stop() {
        for listener in listeners { listener.pause() }
        streams.forEach { $0.cut(.egressNotReady) }
        table.cut { _ in true }
        for egress in egresses { egress.stop() }
        listeners = []
    }

    /// The kernel's silence leaves the addresses that were known.
    private func refreshOwnAddresses() {
        let addresses = OwnAddresses.read()
        if !addresses.isEmpty { route.ownAddresses = addresses }
    }

    func makeListeners(_ configurations: [NodeListenerConfiguration]) throws(StartFailure) -> [NodeListener] {
        var made: [NodeListener] = []
        for configuration in configurations {
            lastListener += 1
            let listener = try NodeListener(configuration, id: lastListener, loop: loop)
            listener.onAccept = { [unowned self] in accept($0, from: $1) }
            listener.onDescriptorLimit = { [unowned self] in descriptorLimit($0, $1) }
            made.append(listener)
        }
        return made
    }

    func makeEgress(_ configuration: EgressConfiguration) -> Egress {
        lastEgress += 1
        let egress = Egress.make(configuration, id: lastEgress, loop: loop)
        egress.onChange = { [unowned self] in egressChanged($0, was: $1) }
        return egress
    }

    func replace(_ new: Configuration) {
        configuration = new
    }

    // MARK: Streams

    private func accept(_ client: consuming Descriptor, from listener: NodeListener) {
        Socket.tune(client)
        let connection = NodeConnection(
            network: configuration.network, hold: configuration.route.hold, now: loop.now)
        let stream = NodeStream(listener, host: self, connection: connection)
        streams.add(stream)
        table.open(client: client, owner: stream)
        budget.opened()
        if !budget.allows(listener.open) {
            pauseForLimit(listener, "as many connections are open as the descriptor limit allows")
        }
    }

    func isolationKey(for stream: NodeStream, to destination: Destination) -> IsolationKeys.Answer {
        isolation.key(
            for: stream.listener.requestClass, to: destination, scope: configuration.route.isolation, now: loop.now,
            random: &random)
    }

    /// A connection's descriptors are free again, whether it was relayed or refused.
    func connectionClosed(_ listener: NodeListener?) {
        listener?.closed()
        budget.closed()
        if isPausedByLimit { resumeListeners() }
    }

    private func relayEnded(_ tag: FlowTag) {
        if tag.isolationKey != 0 { isolation.release(tag.isolationKey, now: loop.now) }
        connectionClosed(listeners.first { $0.id == tag.listener })
    }

    // MARK: Limits

    private func descriptorLimit(_ listener: NodeListener, _ error: SystemError) {
        pauseForLimit(listener, "no descriptor is left (\(error.reason))")
        // Descriptors may come back elsewhere in the system, of which nobody tells us.
        resumeLater = Watch.timer(on: loop) { [unowned self] in resumeListeners() }
        resumeLater?.schedule(after: .seconds(1))
    }

    private func pauseForLimit(_ listener: NodeListener, _ why: String) {
        guard !listener.isPaused else { return }
        listener.pause()
        isPausedByLimit = true
        onEvent(.listenerPaused(listener.name, why, at: time))
        tellChanges()
    }

    private func resumeListeners() {
        isPausedByLimit = false
        var resumed = false
        for listener in listeners where listener.isPaused {
            guard budget.hasRoom(listener.open) else {
                isPausedByLimit = true
                continue
            }
            listener.resume()
            onEvent(.listenerResumed(listener.name, at: time))
            resumed = true
        }
        if resumed { tellChanges() }
    }
}
