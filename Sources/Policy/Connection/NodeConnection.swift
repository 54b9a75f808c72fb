public import Protocols

/// A node's stream from its first byte to the moment it is relayed, as a machine.
///
/// ```
/// handshake ─request─▶ routing ─.dial─▶ dialling ─connected─▶ upstream handshake ─ready─▶ first frame ─▶ relay
///                        ▲  └─.hold─▶ holding ──tick──┐          │
///                        └────────────────────────────┘◀─────────┘ an egress that breaks before it answered, or
///                                                                  a Tor exit that refuses: held again
/// ```
/// Every state has a deadline, and every way out of it but the last is a refusal: nothing of the node's stream has
/// left by then.
///
/// A stream that comes by a published service begins with its first frame, where it has one: whoever sends another is
/// refused before anybody is dialled for him.
public struct NodeConnection: Sendable {
    enum State {
        case handshake
        case routing
        /// Until `patience`, and then this refusal.
        case holding(Refusal, patience: Instant)
        case dialling(SocksChain)
        case upstream(SocksChain)
        /// Tor has refused, and may be about to say why.
        case unexplained
        case firstFrame(LevinGate)
        case ended
    }

    var state = State.handshake
    var ingress: Ingress
    /// What the client asked for; nil until it has.
    public private(set) var destination: Destination?
    /// The network whose P2P protocol it must open as; nil where it is not the node's.
    private let network: MoneroNetwork?
    private let holdUntil: Instant
    private let giveUp: Instant
    private var dials = 0
    /// Whether the dial under way is by an I2P router whose tunnels may not stand yet.
    private var isOfYoungI2P = false
    /// What Tor says to the dial that is under way; nil where the nearest proxy is none.
    private var tor: TorAnswer?
    private var leftCircuits = 0
    /// The first frame of a stream that began with it, and what came after it.
    private var opening: [UInt8] = []

    /// When `tick` must be called at the latest.
    public private(set) var deadline: Instant

    /// A connection accepted now.
    ///
    /// - Parameters:
    ///   - network: the network whose P2P protocol the stream must open as; nil where it is no stream of the node.
    ///   - hold: `[route] hold`, how long it may wait for an egress.
    ///   - password: what the client must say to be let in; nil where none is asked for.
    public init(network: MoneroNetwork?, hold: Duration, password: Credentials? = nil, now: Instant) {
        self.network = network
        ingress = .socks(SocksServer(requiring: password))
        holdUntil = now + min(hold, Limits.total)
        giveUp = now + Limits.total
        deadline = now + Limits.handshake
    }

    /// A connection that was redirected here, accepted now. `start` comes next.
    ///
    /// - Parameters:
    ///   - destination: where it was to go; nil where it was to go nowhere but here.
    ///   - hold: `[route] hold`, how long it may wait for an egress.
    public init(redirectedTo destination: Destination?, hold: Duration, now: Instant) {
        network = nil
        self.destination = destination
        ingress = .redirected(destination)
        holdUntil = now + min(hold, Limits.total)
        giveUp = now + Limits.total
        deadline = giveUp
        state = .routing
    }

    /// A connection that came by a published service, accepted now. `start` comes next.
    ///
    /// - Parameters:
    ///   - target: where the service ends.
    ///   - network: the network whose P2P protocol the stream must open as; nil where it may be any protocol.
    public init(inboundTo target: Destination, network: MoneroNetwork?, now: Instant) {
        self.network = nil
        destination = target
        ingress = .inbound(target)
        holdUntil = now + Limits.total
        giveUp = now + Limits.total
        deadline = now + Limits.firstFrame
        state = network.map { .firstFrame(LevinGate(network: $0)) } ?? .routing
    }

    /// What follows the accept of a connection that was redirected or is inbound; of any other, its request does.
    public mutating func start() -> Step {
        switch ingress {
        case .socks: return Step()
        case .redirected(nil): return refuse(.notRedirected)
        case .redirected(let destination?), .inbound(let destination):
            guard case .routing = state else { return Step() }
            return Step(next: .route(destination))
        }
    }

    /// The egress that it dials by was lost: what it waits for there will not come.
    public mutating func egressLost(now: Instant) -> Step {
        switch state {
        case .dialling, .upstream: return upstreamEnded(now: now)
        case .unexplained: return follow(tor?.verdict, now: now)
        case .firstFrame: return Step(next: end(.egressNotReady))
        case .handshake, .routing, .holding, .ended: return Step()
        }
    }

    /// Bytes of the client arrived.
    ///
    /// - Returns: how many of them were taken, and what to do. What was not taken belongs to the state after next.
    public mutating func clientSent(_ bytes: Span<UInt8>, now: Instant) -> (consumed: Int, step: Step) {
        var step = Step()
        switch state {
        case .handshake:
            guard case .socks(var server) = ingress else { return (0, step) }
            let (consumed, outcome) = server.receive(bytes, replies: &step.toClient)
            ingress = .socks(server)
            switch outcome {
            case .more: break
            case .request(let request):
                destination = request.destination
                state = .routing
                step.next = .route(request.destination)
            case .refused: step.next = end(.badRequest)
            }
            return (consumed, step)
        case .firstFrame(var gate):
            // Held once only while it grows: a frame in single bytes would be copied whole with each.
            state = .routing
            switch gate.receive(bytes) {
            case .more: state = .firstFrame(gate)
            case .pass:
                if case .inbound(let target) = ingress {
                    opening = gate.buffered
                    step.next = .route(target)
                } else {
                    state = .ended
                    step.next = .relay(prefix: gate.buffered)
                }
            case .refused: step.next = end(.notLevin)
            }
            return (bytes.count, step)
        default:
            return (0, step)
        }
    }

    /// The answer to `.route`.
    public mutating func routed(_ routing: Routing, now: Instant) -> Step {
        guard case .routing = state else { return Step() }
        switch routing {
        case .dialling(let hops, let nearest):
            dials += 1
            tor = nil
            isOfYoungI2P = if case .youngI2P = nearest { true } else { false }
            if case .tor(let tellsWhy) = nearest, let target = hops.first?.destination {
                tor = TorAnswer(to: target, tellsWhy: tellsWhy)
            }
            let chain = SocksChain(hops)
            // Without a proxy the network takes its time from the first packet on.
            deadline = chain.isDirect ? giveUp : min(now + Limits.proxy, giveUp)
            state = .dialling(chain)
            return Step()
        case .hold(let until, let refusal): return hold(until: until, refusal, patience: holdUntil, now: now)
        case .wait(let until, let refusal): return hold(until: until, refusal, patience: giveUp, now: now)
        case .refuse(let refusal):
            return refuse(refusal)
        }
    }

    private mutating func hold(until: Instant, _ refusal: Refusal, patience: Instant, now: Instant) -> Step {
        // That another attempt has no circuit is not why the one before failed.
        let refusal = refusal == .circuitLimit && leftCircuits > 0 ? .exitRefused : refusal
        guard now < patience else { return refuse(refusal) }
        state = .holding(refusal, patience: patience)
        deadline = min(until, patience)
        return Step()
    }

    /// What it waits for may have come: ask the route again.
    public mutating func retry() -> Step {
        guard case .holding = state, let destination else { return Step() }
        state = .routing
        return Step(next: .route(destination))
    }

    /// The upstream's connect succeeded.
    public mutating func upstreamConnected(now: Instant) -> Step {
        guard case .dialling(var chain) = state else { return Step() }
        var step = Step()
        switch chain.start(&step.toUpstream) {
        case .ready: connected(&step, now: now)
        case .more, .failed: state = .upstream(chain)
        }
        return step
    }

    /// The way to the destination stands: the client is told.
    private mutating func connected(_ step: inout Step, now: Instant) {
        step.toClient = ingress.success
        if let network {
            state = .firstFrame(LevinGate(network: network))
            deadline = now + Limits.firstFrame
        } else {
            state = .ended
            step.next = .relay(prefix: opening)
        }
    }

    /// Bytes of the upstream arrived.
    ///
    /// All of them are taken: what follows the proxy's last reply is the peer's, and goes to the client after ours.
    public mutating func upstreamSent(_ bytes: Span<UInt8>, now: Instant) -> Step {
        guard case .upstream(var chain) = state else { return Step() }
        var step = Step()
        let (consumed, outcome) = chain.receive(bytes, output: &step.toUpstream)
        switch outcome {
        case .more:
            state = .upstream(chain)
            // The request is out: from here on the network takes its time.
            if chain.hasRequested { deadline = giveUp }
        case .ready:
            connected(&step, now: now)
            for index in consumed..<bytes.count { step.toClient.append(bytes[index]) }
        case .failed(let failure):
            if isOfYoungI2P, failure.reason.refusal == .hostUnreachable, now < holdUntil {
                // It was answered: it does not count among those that broke.
                dials -= 1
                state = .holding(.unreachable, patience: holdUntil)
                deadline = min(now + Limits.tunnelPause, holdUntil)
                return Step(next: .dropUpstream)
            }
            // The session is gone, and another is made: nothing is learnt of the peer.
            if case .sam(let failure) = failure.reason, failure.isAboutBridge { return upstreamEnded(now: now) }
            guard chain.isAtFirstHop, tor != nil, case .refused(let code) = failure.reason else {
                return refuse(failure.isOfLastHop ? Refusal(failure.reason) : .proxyFailed, saying: failure.refusal)
            }
            return follow(tor?.refused(code: code), now: now)
        }
        return step
    }

    /// Tor told of a stream with our key.
    ///
    /// - Parameter isOurs: whether it can be of no stream to another destination.
    public mutating func told(_ event: TorStreamEvent, isOurs: Bool, now: Instant) -> Step {
        switch state {
        case .upstream(let chain) where chain.isAtFirstHop && chain.hasRequested:
            return follow(tor?.heard(event, isOurs: isOurs), now: now)
        case .unexplained: return follow(tor?.heard(event, isOurs: isOurs), now: now)
        default: return Step()
        }
    }

    private mutating func follow(_ verdict: TorAnswer.Verdict?, now: Instant) -> Step {
        switch verdict {
        case .refuse(let refusal): return refuse(refusal)
        case .leaveCircuit:
            guard leftCircuits < Limits.freshCircuits, now < holdUntil else { return refuse(.exitRefused) }
            leftCircuits += 1
            // Answered, and not broken.
            dials -= 1
            state = .holding(.exitRefused, patience: holdUntil)
            deadline = now
            return Step(next: .leaveCircuit)
        case .wait where tor?.hasRefused == true:
            if case .upstream = state { deadline = min(now + Limits.explanation, giveUp) }
            state = .unexplained
            return Step()
        case .wait, nil: return Step()
        }
    }

    /// The upstream broke or closed, or could not be dialled at all.
    public mutating func upstreamEnded(now: Instant) -> Step {
        switch state {
        // The destination itself, and not a proxy that may come back.
        case .dialling(let chain) where chain.isDirect: return refuse(.unreachable)
        case .routing, .dialling, .upstream:
            guard dials < Limits.dials, now + Limits.redialPause < giveUp else { return refuse(.proxyFailed) }
            state = .holding(.proxyFailed, patience: giveUp)
            deadline = now + Limits.redialPause
            return Step(next: .dropUpstream)
        case .firstFrame: return Step(next: end(.unreachable))
        // Tor closes once it has refused.
        case .handshake, .holding, .unexplained, .ended: return Step()
        }
    }

    /// The client closed or broke.
    public mutating func clientEnded() -> Step {
        if case .ended = state { return Step() }
        if case .handshake = state { return Step(next: end(.badRequest)) }
        return Step(next: end(.clientGone))
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> Step {
        guard now >= deadline else { return Step() }
        switch state {
        case .handshake, .firstFrame: return Step(next: end(.slowClient))
        case .holding(let refusal, let patience):
            // A redial comes after the hold too; the route refuses where there is still nothing to dial.
            return now >= patience ? refuse(refusal) : retry()
        case .dialling(let chain) where chain.isDirect: return refuse(.timeout)
        case .dialling: return upstreamEnded(now: now)
        case .upstream(let chain): return refuse(chain.hasAskedForDestination ? .timeout : .proxyFailed)
        case .unexplained: return follow(tor?.verdict, now: now)
        case .routing, .ended: return Step()
        }
    }

    /// The lock, or a proof that was lost: refused at once, whatever state it is in.
    public mutating func cut(_ refusal: Refusal) -> Step {
        switch state {
        case .ended: Step()
        case .handshake, .firstFrame: Step(next: end(refusal))
        default: refuse(refusal)
        }
    }

    private mutating func refuse(_ refusal: Refusal, saying socks: SocksRefusal? = nil) -> Step {
        Step(toClient: ingress.failure(socks ?? refusal.socks), next: end(refusal))
    }

    private mutating func end(_ refusal: Refusal) -> Next {
        state = .ended
        return .close(refusal)
    }
}
