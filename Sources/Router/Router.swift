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
    let owners: ClientOwners
    let guardClient: GuardClient
    /// What was told of what the guard stopped, and of what is amiss with it.
    var stoppedTelling = StoppedTelling()
    var toldGuardThreats: [String] = []
    var listeners: [NodeListener] = []
    var egresses: [Egress] = []
    /// Those who answer questions for names, by their listener's number.
    var nameServices: [UInt32: NameService] = [:]
    /// The listeners of Tors of ours that go by another egress.
    var uplinks: [NodeListener] = []
    /// The published services that stand, or are about to.
    var inbound: [InboundService] = []
    /// What was counted of those that stand no more, by name: a lock begins no count anew.
    var inboundPast: [String: InboundCounts] = [:]
    private(set) lazy var onions = OnionPublisher(self, directory: lockStore.directory + "/inbound")
    private(set) lazy var i2pService = I2PPublisher(self, directory: lockStore.directory + "/inbound")
    /// One for each [[wallet]], in their order.
    var gateways: [WalletGateway] = []
    /// Those that a reload replaced, until what they have under way is done.
    var retiredGateways: [WalletGateway] = []
    var lock: LockState
    /// The document that events were last made from.
    var lastTold: StatusDocument
    /// Why the file on disk is not what is in force; nil where it is.
    var reloadProblem: String?
    /// Refusals that no event has told of yet.
    var untold = RefusalTally()
    private(set) lazy var refusalReport = Watch.timer(on: loop) { [unowned self] in tellRefusals() }
    private(set) lazy var table = FlowTable(loop: loop, pipeLimit: budget.pipes) { [unowned self] in
        relayEnded($0)
    }
    var stalledStreams = StalledStreams()
    private(set) lazy var stallLook = Watch.timer(on: loop) { [unowned self] in lookForStalls() }
    lazy var budget = ConnectionBudget(descriptors: ThisProcess.raiseDescriptorLimit())
    var random = SystemRandomNumberGenerator()
    private var lastEgress: UInt32 = 0
    var lastListener: UInt32 = 0
    private var housekeeping: Watch?
    private var resumeLater: Watch?
    private var isPausedByLimit = false

    /// Called with each event, as it happens.
    public var onEvent: (StatusEvent) -> Void = { _ in }

    /// Opens the listeners and begins to prove the egresses. Nothing is accepted before `start`.
    ///
    /// - Parameter guardSocket: where the guard speaks.
    /// - Throws: `StartFailure` with a sentence: which port is taken, by the listener's name.
    public init(
        _ configuration: Configuration, lockStore: LockStore, loop: EventLoop,
        guardSocket: String = Places.guardSocket
    ) throws(StartFailure) {
        self.configuration = configuration
        self.loop = loop
        owners = ClientOwners(configuration, loop: loop)
        guardClient = GuardClient(
            path: guardSocket, Self.expectation(of: configuration, owners: owners), loop: loop)
        self.lockStore = lockStore
        streams = StreamsInHandshake(loop: loop)
        started = loop.now
        route = Route(configuration, ownAddresses: OwnAddresses.read())
        lock = lockStore.read()
        lastTold = StatusDocument(
            version: Self.version, state: .blocked, reason: "starting", uptimeSeconds: nil,
            killSwitch: KillSwitchStatus(locked: false, guardStatus: GuardStatus(state: .unproven)))
        owners.onChange = { [unowned self] in ownersChanged() }
        owners.onThreat = { [unowned self] in onEvent(.threat($0, listener: $1, at: time)) }
        listeners = try makeListeners(configuration.listenerPlans)
        gateways = try makeGateways(configuration, keeping: [])
        egresses = makeEgresses(configuration, keeping: [])
    }

    /// Accepts from now on.
    public func start() {
        onEvent(.started(version: Self.version, at: time))
        table.onAsked = { [unowned self] in watchForStalls() }
        countListeners()
        serveNames()
        listenToGuard()
        for listener in listeners { listener.resume() }
        for egress in egresses { begin(egress) }
        for gateway in gateways { gateway.start() }
        publishInbound()
        // An address that this machine gets later is its own from then on; the kernel is asked twice a minute.
        housekeeping = Watch.ticker(every: .seconds(30), on: loop) { [unowned self] in
            refreshOwnAddresses()
            owners.refresh()
        }
        tellChanges()
    }

    /// Cuts everything and listens no more. For the end of the process: the lock on disk stays as it is.
    public func stop() {
        for listener in listeners { listener.pause() }
        onions.stop()
        i2pService.stop()
        for gateway in gateways + retiredGateways { gateway.stop() }
        gateways = []
        retiredGateways = []
        guardClient.stop()
        for service in nameServices.values { service.cut() }
        streams.forEach { $0.cut(.egressNotReady) }
        table.cut { _ in true }
        for egress in egresses { egress.stop() }
        listeners = []
    }

    func countListeners() { budget.listeners = listeners.count + gateways.count + inbound.count }

    /// How long the process must live on after `stop`.
    public var farewellAtExit: Duration { egresses.map(\.farewellAtExit).max() ?? .zero }

    /// The kernel's silence leaves the addresses that were known.
    private func refreshOwnAddresses() {
        let addresses = OwnAddresses.read()
        if !addresses.isEmpty { route.ownAddresses = addresses }
    }

    func makeListeners(_ plans: [ListenerPlan]) throws(StartFailure) -> [NodeListener] {
        var made: [NodeListener] = []
        for plan in plans {
            lastListener += 1
            do throws(StartFailure) {
                let listener = try NodeListener(plan, id: lastListener, loop: loop)
                adopt(listener)
                made.append(listener)
            } catch {
                guard plan.needsIPv6, error.isNoAddress else { throw error }
            }
        }
        return made
    }

    func adopt(_ listener: NodeListener) {
        listener.onAccept = { [unowned self] in accept($0, peer: $1, from: $2) }
        listener.onDescriptorLimit = { [unowned self] in descriptorLimit($0, $1) }
    }

    /// The egresses of a configuration in its order, those behind others after them in the making: of `kept` where
    /// neither an egress nor what it is reached through has changed, else new.
    func makeEgresses(_ configuration: Configuration, keeping kept: [Egress]) -> [Egress] {
        var made: [String: Egress] = [:]
        var waiting = configuration.egresses
        // No loop is left (`check` refuses them); a round that makes none would be one.
        while !waiting.isEmpty {
            let count = made.count
            for wanted in waiting {
                let via = wanted.via.flatMap { made[$0] }
                guard wanted.via == nil || via != nil else { continue }
                made[wanted.name] =
                    kept.first { $0.configuration == wanted && $0.via === via } ?? makeEgress(wanted, via: via)
            }
            guard made.count > count else { break }
            waiting.removeAll { made[$0.name] != nil }
        }
        return configuration.egresses.compactMap { made[$0.name] }
    }

    private func makeEgress(_ configuration: EgressConfiguration, via: Egress?) -> Egress {
        lastEgress += 1
        let egress = Egress.make(
            configuration, id: lastEgress, via: via, stateDirectory: lockStore.directory, loop: loop,
            uplink: { [unowned self] () throws(StartFailure) in try openUplink() },
            isOurs: { [unowned self] in owners.owner(of: $0, connectedTo: $1) == .user(ThisProcess.user) },
            held: HeldUsers { [unowned self] in owners.isNamed($0, connectedTo: $1) })
        egress.onChange = { [unowned self] in egressChanged($0, was: $1) }
        egress.onProgress = { [unowned self] in
            askAgain()
            askWalletsAgain()
        }
        egress.onStream = { [unowned self] in told($0) }
        egress.keyOf = { [unowned self] in isolation.id(ofUsername: $0) }
        return egress
    }

    /// Starts an egress that something is routed to. Another would only make traffic that nobody asked for.
    func begin(_ egress: Egress) {
        if configuration.routedEgresses.contains(egress.name) {
            egress.start()
        } else {
            egress.become(EgressReadiness(.down, "not started: nothing is routed to it"))
        }
    }

    func replace(_ new: Configuration) {
        configuration = new
        owners.apply(new)
        guardClient.expect(Self.expectation(of: new, owners: owners))
    }

    // MARK: Streams

    private func accept(_ client: consuming Descriptor, peer: Endpoint?, from listener: NodeListener) {
        Socket.tune(client)
        let isOfNode = listener.requestClass != .torUplink
        switch listener.plan?.ingress ?? .socks {
        case .socks:
            let connection = NodeConnection(
                network: isOfNode ? configuration.network : nil, hold: isOfNode ? configuration.route.hold : .zero,
                password: listener.password, now: loop.now)
            let stream = NodeStream(listener, host: self, connection: connection)
            stream.tag.listener = listener.id
            if isOfNode { stream.tag.owner = owners.user(of: peer, connectedTo: listener.endpoint, at: listener.name) }
            open(client, stream)
        case .redirected:
            let wanted = Socket.originalDestination(of: client, isIPv6: listener.isIPv6)
            // One that was made to this address was not redirected; and where it was to go is not known of one that is
            // tracked by nobody.
            let destination = wanted == listener.endpoint ? nil : wanted?.destination
            let owner = owners.user(of: peer, connectedTo: wanted ?? listener.endpoint, at: listener.name)
            begin(client, at: listener, redirectedTo: destination, owner: owner)
        case .resolver(let resolver):
            let wanted = Socket.originalDestination(of: client, isIPv6: listener.isIPv6)
            let owner = owners.user(of: peer, connectedTo: wanted ?? listener.endpoint, at: listener.name)
            begin(client, at: listener, redirectedTo: resolver.destination, owner: owner)
        }
    }

    /// Takes a client that says nothing of where it wants to go.
    func begin(
        _ client: consuming Descriptor, at listener: NodeListener, redirectedTo destination: Destination?,
        owner: UInt32
    ) {
        let connection = NodeConnection(
            redirectedTo: destination, hold: configuration.route.hold, now: loop.now)
        let stream = NodeStream(listener, host: self, connection: connection)
        stream.tag.listener = listener.id
        stream.tag.owner = owner
        open(client, stream)
        stream.start()
    }

    func open(_ client: consuming Descriptor, _ stream: NodeStream) {
        streams.add(stream)
        table.open(client: client, owner: stream)
        budget.opened()
        if !budget.allows(stream.listener.open) {
            pauseForLimit(stream.listener, "as many connections are open as the descriptor limit allows")
        }
    }

    func isolationKey(for stream: NodeStream, to destination: Destination) -> IsolationKeys.Answer {
        isolation.key(
            for: stream.listener.requestClass, to: destination, scope: configuration.route.isolation, now: loop.now,
            random: &random)
    }

    /// A connection's descriptors are free again, whether it was relayed or refused.
    func connectionClosed(_ listener: StreamSource?) {
        listener?.closed()
        budget.closed()
        if isPausedByLimit { resumeListeners() }
    }

    /// Wherever streams come in.
    var sources: [StreamSource] { listeners + uplinks + inbound }

    private func relayEnded(_ tag: FlowTag) {
        if tag.isolationKey != 0 { isolation.release(tag.isolationKey, now: loop.now) }
        connectionClosed(sources.first { $0.id == tag.listener })
    }

    // MARK: Limits

    func descriptorLimit(_ listener: StreamSource, _ error: SystemError) {
        pauseForLimit(listener, "no descriptor is left (\(error.reason))")
        // Descriptors may come back elsewhere in the system, of which nobody tells us.
        resumeLater = Watch.timer(on: loop) { [unowned self] in resumeListeners() }
        resumeLater?.schedule(after: .seconds(1))
    }

    private func pauseForLimit(_ listener: StreamSource, _ why: String) {
        guard !listener.isPaused else { return }
        listener.pause()
        isPausedByLimit = true
        onEvent(.listenerPaused(listener.name, why, at: time))
        tellChanges()
    }

    /// Takes nothing more by the node's listeners, also when descriptors are free again.
    func stopAccepting() {
        for listener in listeners { listener.pause() }
        isPausedByLimit = false
        resumeLater = nil
    }

    private func resumeListeners() {
        isPausedByLimit = false
        var resumed = false
        for listener in sources where listener.isPaused {
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
