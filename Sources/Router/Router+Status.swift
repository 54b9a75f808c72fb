import EventLoop
public import Policy
import Protocols

extension Router {
    /// The version of this program.
    public static let version = "0.1.0"

    /// What was proven, and nothing else.
    private var facts: StatusFacts {
        let lockFact: StatusFacts.Lock =
            switch lock {
            case .unlocked: .unlocked
            case .locked: .byOperator
            case .unknown(let why): .unreadable(why)
            }
        return StatusFacts(
            lock: lockFact, guardProof: guardProof,
            egress: egresses.map {
                EgressStatus(
                    name: $0.name, kind: $0.kind, state: $0.readiness.state, detail: $0.readiness.detail,
                    failures: Dictionary(uniqueKeysWithValues: $0.troubles.totals.map { ($0.key.rawValue, $0.value) }),
                    stalled: $0.stalled)
            },
            routed: configuration.route.egresses,
            idle: Set(configuration.egresses.map(\.name)).subtracting(configuration.routedEgresses),
            shortcomings: (listeners + inbound).filter(\.isPaused).map { "\($0.name) accepts nothing for now" }
                + onions.problems + (i2pService.problem.map { [$0] } ?? []))
    }

    /// The status document as of now.
    public var status: StatusDocument {
        var document = standing
        for (index, egress) in egresses.enumerated() where egress.readiness.isReady {
            if let lately = egress.troubles.sentence(now: loop.now) { document.egress[index].detail += "; " + lately }
        }
        return document
    }

    /// The status document without what happened lately to single streams: a change of it is worth an event.
    private var standing: StatusDocument {
        let facts = facts
        let verdict = StatusVerdict.of(facts)
        return StatusDocument(
            version: Self.version, state: verdict.state, reason: verdict.reason,
            uptimeSeconds: Double((loop.now - started).milliseconds) / 1000,
            killSwitch: facts.killSwitch(stopped: stopped, heartbeat: guardClient.machine.lastHeartbeat),
            egress: facts.egress,
            listeners: listeners.map { listener in
                ListenerStatus(
                    name: listener.name, address: listener.endpoint.description,
                    open: UInt64(max(listener.open, 0)), accepted: listener.accepted,
                    refused: Dictionary(uniqueKeysWithValues: listener.refused.map { ($0.key.rawValue, $0.value) }),
                    bytesUp: listener.traffic.up, bytesDown: listener.traffic.down)
            } + gateways.map { ListenerStatus(name: $0.name, address: $0.endpoint.description) },
            inbound: (onions.statuses + (i2pService.status.map { [$0] } ?? [])).map(counted),
            wallet: WalletStatus(
                quorumHeight: quorumHeight, nodes: gateways.flatMap(\.statuses)),
            threats: threats)
    }

    /// Of several listeners the one is believed that knows most: with a node of one's own, else with the most nodes.
    private var quorumHeight: UInt64? {
        let knowing = gateways.filter { $0.quorumHeight != nil }
        func knows(_ gateway: WalletGateway) -> (Int, Int) {
            let nodes = gateway.configuration.nodes
            return (nodes.contains { $0.kind == .loopback } ? 1 : 0, nodes.count)
        }
        return knowing.max { knows($0) < knows($1) }?.quorumHeight
    }

    /// What works against the promise, or against what the operator believes to be in force.
    private var threats: [String] {
        var threats: [String] = []
        if let reloadProblem {
            threats.append("the configuration on disk is refused and not in force: \(reloadProblem)")
        }
        threats += owners.sentences + guardClient.machine.threats(at: time)
        threats += configuration.wallets.enumerated().flatMap { $1.threats(listener: $0) }
        threats += gateways.flatMap(\.threats)
        if configuration.log.destinations { threats.append("destinations are written to the log") }
        return threats
    }

    /// Tells whoever listens what is different from the last time. Called after everything that may change it.
    func tellChanges() {
        let now = standing
        let events = StatusEvent.changes(from: lastTold, to: now, at: time)
        lastTold = now
        for event in events { onEvent(event) }
    }

    /// The wall clock's time, for events.
    var time: UTCTime { UTCTime(unixSeconds: loop.unixSeconds) }

    /// Counts a refusal towards an event that tells of it: one each five seconds for each reason, not one each.
    func report(_ refusal: Refusal, port: UInt16?) {
        untold.add(refusal, port: port)
        if !refusalReport.isPending { refusalReport.schedule(after: .seconds(5)) }
    }

    func tellRefusals() {
        for event in untold.tell(at: time) { onEvent(event) }
    }
}
