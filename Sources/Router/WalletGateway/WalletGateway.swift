import EventLoop
import Policy
import Protocols
import TLS

/// One `[[wallet]]`, running: its listener, its nodes' links, and the dispatcher between them.
///
/// What the dispatcher says is done once the event that it answers is over, in order. What that causes is told to it
/// afterwards, never in between.
final class WalletGateway {
    let configuration: WalletConfiguration
    let network: MoneroNetwork
    /// Its place in the file.
    let number: Int
    /// Its number in this run, never used again: one that a reload puts in its place has another.
    let id: UInt32
    /// Where it listens.
    let acceptor: Acceptor
    /// Ends it, once it is replaced.
    var farewell: Watch?
    private unowned let host: any Host
    private let loop: EventLoop
    private let gate: WalletGate
    private var tls: WalletTLS
    /// The same by files that have changed, until it is to be used.
    private var renewedTLS: WalletTLS?
    private var dispatch: WalletDispatch
    private lazy var listener = WalletListener(acceptor, tls: tls.listener, gateway: self, loop: loop)
    /// Whose requests are under way.
    private var waiting = UnderWay<WalletDispatch.RequestID, WalletConnection>()
    private var links = UnderWay<WalletDispatch.LinkID, NodeLink>()
    private var lastRequest: UInt64 = 0
    /// What is still to be done, of events that came while others' effects were.
    private var pending: [WalletDispatch.Effect] = []
    private var isPerforming = false
    /// Who waits for the report of a test.
    private var testers: [([NodeReport]) -> Void] = []
    private var onDrained: (() -> Void)?
    /// Whether all comes to its end: connections are not handed over any more, but closed once nothing is owed by them.
    private var isEnding = false
    /// When `wake` comes.
    private var wakesAt = Instant(milliseconds: 0)
    private lazy var wake = Watch.timer(on: loop) { [unowned self] in tick(loop.now) }
    private var sweeper: Watch?
    /// How often it is looked for those who are late: as much later they are let go.
    private static let sweepInterval: Duration = .seconds(5)

    /// Takes no connection before `start`.
    ///
    /// - Parameters:
    ///   - number: its place in the file.
    ///   - id: its number in this run.
    ///   - acceptor: where it listens.
    /// - Throws: a sentence when the listener's certificate cannot be read.
    init(
        _ configuration: WalletConfiguration, number: Int, network: MoneroNetwork, acceptor: Acceptor, host: any Host,
        loop: EventLoop, id: UInt32 = 0
    ) throws(StartFailure) {
        self.configuration = configuration
        self.network = network
        self.number = number
        self.id = id
        self.acceptor = acceptor
        self.host = host
        self.loop = loop
        gate = WalletGate(configuration)
        tls = try WalletTLS(configuration, name: Self.name(number))
        dispatch = WalletDispatch(
            configuration, listener: number, network: network, seed: UInt64.random(in: .min ... .max))
    }

    /// The name of the `number`th in the status: "wallet.0".
    static func name(_ number: Int) -> String { "wallet.\(number)" }
    var name: String { Self.name(number) }
    var endpoint: Endpoint { acceptor.endpoint }

    /// Reads its certificates and authorities anew where their files have changed. What was learnt of nodes stays, and what
    /// is under way; `takeRenewedFiles` puts them into force.
    ///
    /// - Throws: a sentence when one cannot be read.
    func readFilesAgain() throws(StartFailure) {
        renewedTLS = nil
        if !tls.isCurrent { renewedTLS = try WalletTLS(configuration, name: name) }
    }

    /// Connections from now on go by the files that were read last.
    func takeRenewedFiles() {
        guard let renewed = renewedTLS else { return }
        renewedTLS = nil
        tls = renewed
        listener.tls = renewed.listener
    }

    /// Takes over what a gateway before it at this address knows of nodes.
    func takeOver(from old: WalletGateway) {
        dispatch.takeOver(from: old.dispatch, now: loop.now)
    }

    /// Takes connections from now on.
    func start() {
        judge()
        listener.resume()
    }

    // MARK: What others know of it

    var statuses: [WalletNodeStatus] { dispatch.statuses(now: loop.now) }
    var quorumHeight: UInt64? { dispatch.quorumHeight(now: loop.now) }
    var threats: [String] { dispatch.threats(now: loop.now) }

    /// Probes each node at once, and hands over what was found.
    func testNodes(_ done: @escaping ([NodeReport]) -> Void) {
        testers.append(done)
        apply { $0.testNodes(now: loop.now) }
    }

    // MARK: The dispatcher

    /// Tells the dispatcher of an event, and does what it says.
    private func apply(_ event: (inout WalletDispatch) -> [WalletDispatch.Effect]) {
        let effects = event(&dispatch)
        if isPerforming {
            pending += effects
            return
        }
        isPerforming = true
        for effect in effects { perform(effect) }
        var next = 0
        while next < pending.count {
            perform(pending[next])
            next += 1
        }
        pending.removeAll(keepingCapacity: true)
        isPerforming = false
        schedule()
        lookWhetherDone()
    }

    /// Says so once nothing is under way any more, and no wallet has anything to get or a request half sent.
    private func lookWhetherDone() {
        guard !isPerforming, let done = onDrained, waiting.isEmpty, dispatch.isQuiet, listener.isEmpty else { return }
        onDrained = nil
        done()
    }

    private func perform(_ effect: WalletDispatch.Effect) {
        switch effect {
        case .open(let id, let node, _):
            guard configuration.nodes.indices.contains(node) else { return }
            let link = NodeLink(
                id, node: node, NodeConversation(with: configuration.nodes[node]), gateway: self, loop: loop)
            links.add(link, as: id)
            sweepFromNowOn()
            link.dial()
        case .send(let id, let request): links[id]?.send(request)
        case .close(let id): links.remove(id)?.close()
        case .answer(let id, let answer): waiting.remove(id)?.answer(answer)
        case .passOn(let id, let request): if let connection = waiting.remove(id) { passOn(request, of: connection) }
        case .forward(let id, let request): links[id]?.forward(to: waiting[request])
        case .breakOff(let id): waiting.remove(id)?.breakOff()
        case .tell(let node, let sentence): host.told(sentence, of: "\(name).node.\(node)")
        case .tested(let reports):
            let testers = testers
            self.testers = []
            for tester in testers { tester(reports) }
        }
    }

    /// A timer that is set too early costs one call for nothing; one set anew for each request would cost more.
    private func schedule() {
        guard let deadline = dispatch.deadline, !wake.isPending || deadline < wakesAt else { return }
        wakesAt = deadline
        wake.schedule(after: max(deadline - loop.now, .milliseconds(1)))
    }

    // MARK: Wallets

    func newConversation() -> WalletConversation { WalletConversation(gate: gate) }

    /// A number for a request that is about to be asked.
    func newRequest() -> WalletDispatch.RequestID {
        lastRequest += 1
        return WalletDispatch.RequestID(lastRequest)
    }

    func asked(_ request: WalletRequest, _ id: WalletDispatch.RequestID, by connection: WalletConnection) {
        waiting.add(connection, as: id)
        for old in host.predecessors(of: self) { takeOver(from: old) }
        apply { $0.request(id, request, now: loop.now) }
    }

    /// The answer that was given in parts is whole: nothing is owed for this request.
    func finished(_ id: WalletDispatch.RequestID) { waiting.remove(id) }

    func ended(_ connection: WalletConnection) {
        listener.forget(connection)
        host.walletConnectionEnded()
        guard let id = connection.request, waiting.remove(id) != nil else { return lookWhetherDone() }
        apply { $0.requestGone(id, now: loop.now) }
    }

    /// Nothing is asked by this connection any more. After a reload it goes to the gateway that listens there now.
    func settled(_ connection: WalletConnection) {
        guard onDrained != nil, !isEnding, let heir = host.inForce(self) else { return }
        handOver(connection, to: heir)
        lookWhetherDone()
    }

    private func handOver(_ connection: WalletConnection, to heir: WalletGateway) {
        guard let owner = host.owner(of: connection.peer, at: heir) else { return connection.close() }
        listener.forget(connection)
        heir.listener.adopt(connection, owner: owner)
    }

    /// Its nodes were taken out of the file while it waited: those that are in it now are asked.
    private func passOn(_ request: WalletRequest, of connection: WalletConnection) {
        guard !isEnding, let heir = host.inForce(self) else { return connection.answer(BusyAnswer.to(request)) }
        connection.forgetRequest()
        handOver(connection, to: heir)
        connection.ask(request)
    }

    /// As many connections as may be are open, and none is idle.
    func isFull() { host.tooManyConnections() }

    func admit(_ peer: Endpoint?, open: Int) -> UInt32? { host.admit(peer, open: open, at: self) }

    /// A connection that was admitted cannot be had.
    func refused() { host.walletConnectionEnded() }

    // MARK: Links

    func way(to node: Int) -> WalletWay { host.way(to: configuration.nodes[node], of: id) }

    func tls(of node: Int) -> TLSContext? { tls.context(for: configuration.nodes[node]) }

    func dialFailed(_ egress: UInt32?) { if let egress { host.dialFailed(egress) } }

    func waits(_ link: NodeLink) { apply { $0.linkWaits(link.id) } }
    func dials(_ link: NodeLink) { apply { $0.linkDialled(link.id, now: loop.now) } }
    func connected(_ link: NodeLink) { apply { $0.linkConnected(link.id, now: loop.now) } }
    func opened(_ link: NodeLink) { apply { $0.linkOpened(link.id, now: loop.now) } }
    func began(_ link: NodeLink) { apply { $0.linkBegan(link.id, now: loop.now) } }

    func answered(_ link: NodeLink, _ answer: WalletAnswer, keepsAlive: Bool) {
        apply { $0.linkAnswered(link.id, answer, keepsAlive: keepsAlive, now: loop.now) }
    }

    func overflows(_ link: NodeLink, status: Int, beginning: [UInt8]) {
        apply { $0.linkOverflows(link.id, status: status, beginning: beginning, now: loop.now) }
    }

    func streamed(_ link: NodeLink, keepsAlive: Bool) {
        apply { $0.linkStreamed(link.id, keepsAlive: keepsAlive, now: loop.now) }
    }

    func ended(_ link: NodeLink, _ ending: WalletDispatch.LinkEnding) {
        guard links.remove(link.id) != nil else { return }
        apply { $0.linkEnded(link.id, ending, now: loop.now) }
    }

    // MARK: What the router tells

    /// Something changed of the lock, the guard, the routes, the egresses or the users: what is no longer allowed ends,
    /// what is allowed again may come.
    func judge() {
        let refusal = host.standingRefusal
        apply { $0.stand(refusal, now: loop.now) }
        let ready = configuration.nodes.map { host.hasRoute(to: $0) }
        apply { $0.routes(ready, now: loop.now) }
        for link in links.values {
            if let refusal {
                link.cut(refusal)
            } else if let egress = link.egress, !host.leads(egress, to: configuration.nodes[link.node]) {
                link.cut(.egressNotReady)
            }
        }
        listener.forEach { if host.refusal(of: $0.owner, at: self) != nil { $0.close() } }
        // Another egress may lead to the node now, by which nobody calls.
        askAgain()
    }

    /// What links wait for may have come.
    func askAgain() {
        for link in links.values where link.isWaiting { link.dial() }
    }

    // MARK: The end

    /// Another gateway takes its place, or none: what is under way comes to its end, and nothing else is done. The wallets'
    /// connections go to the one in its place, those with a request after its answer: a wallet does not see that one was
    /// closed, and its next call would fail.
    ///
    /// - Parameter done: as for `drain`.
    func retire(_ done: @escaping () -> Void) {
        onDrained = done
        listener.release()
        let heir = host.inForce(self)
        if let heir {
            listener.forEach { if $0.request == nil { handOver($0, to: heir) } }
        } else {
            acceptor.close()
            listener.forEach { $0.closeWhenIdle() }
        }
        let kept = heir?.configuration.askedNodes ?? []
        apply { $0.retire(now: loop.now) { kept.contains($0) } }
    }

    /// Takes no more connections; those that are there end once nothing is owed by them, or with `stop`.
    ///
    /// - Parameter done: called once, when none is there and nothing is under way any more; it may be before this returns.
    func drain(_ done: @escaping () -> Void) {
        isEnding = true
        onDrained = done
        listener.release()
        listener.forEach { $0.closeWhenIdle() }
        lookWhetherDone()
    }

    /// Ends all.
    func stop() {
        onDrained = nil
        listener.release()
        listener.forEach { $0.close() }
        for link in links.values { link.close() }
        links.removeAll()
        wake.cancel()
        sweeper = nil
        let testers = testers
        self.testers = []
        for tester in testers { tester([]) }
    }

    // MARK: Those who are late

    func tick(_ now: Instant) { apply { $0.tick(now: now) } }

    func sweepFromNowOn() {
        guard sweeper == nil else { return }
        sweeper = Watch.ticker(every: Self.sweepInterval, on: loop) { [unowned self] in sweep(loop.now) }
    }

    func sweep(_ now: Instant) {
        guard !listener.isEmpty || !links.isEmpty else {
            sweeper = nil
            return
        }
        for link in links.values { link.sweep(now) }
        listener.forEach { $0.sweep(now) }
    }
}
