import EventLoop
import Policy
import Protocols

extension Router: NodeStream.Host {
    var now: Instant { loop.now }

    /// Why nothing passes at all now, whatever is asked; nil where it may.
    var standingRefusal: Refusal? {
        if lock.isLocked { return .locked }
        return guardProof.isProvenOrOff ? nil : .unguarded
    }

    /// The same, and why nothing of this client passes, whatever it asks.
    func standingRefusal(of tag: FlowTag) -> Refusal? {
        if lock.isLocked { return .locked }
        let listener = listeners.first { $0.id == tag.listener }
        return listener.flatMap { owners.refusal(of: tag.owner, at: $0.name) } ?? standingRefusal
    }

    func route(_ stream: NodeStream, to destination: Destination) -> NodeConnection.Routing {
        if stream.listener.requestClass != .torUplink, let refusal = standingRefusal(of: stream.tag) {
            return .refuse(refusal)
        }
        if let service = stream.listener as? InboundService { return reach(service, for: stream) }
        switch route.decide(Request(stream.listener.requestClass, to: destination)) {
        case .refuse(let refusal):
            return .refuse(refusal)
        case .via(let name, let target):
            guard let egress = egresses.first(where: { $0.name == name }) else { return .refuse(.blocked) }
            // Held until the egress says otherwise; the connection itself knows how long that may be.
            guard egress.readiness.isReady else { return .hold(until: loop.now + Self.untilTold, .egressNotReady) }
            return dial(stream, egress, target)
        }
    }

    private func dial(_ stream: NodeStream, _ egress: Egress, _ target: Destination) -> NodeConnection.Routing {
        var isolation: Credentials?
        releaseKey(of: stream)
        if egress.isolates {
            switch isolationKey(for: stream, to: target) {
            case .key(let key):
                isolation = key.credentials
                stream.tag.isolationKey = key.id
            case .wait(let until): return .hold(until: until, .circuitLimit)
            case .exhausted: return .hold(until: loop.now + .seconds(1), .circuitLimit)
            }
        }
        stream.tag.fill(listener: stream.listener, egress: egress, target: target)
        let way: Way
        switch egress.way(to: target, isolation: isolation) {
        case .dial(let found): way = found
        case .wait(let refusal): return .wait(until: loop.now + Self.untilTold, refusal)
        case .refuse(let refusal): return .refuse(refusal)
        }
        if let refusal = judgeResolved(way, stream, egress, target) { return .refuse(refusal) }
        do throws(SystemError) {
            stream.attach(upstream: try way.connect(), endsByReset: way.interface != nil)
        } catch {
            guard !error.isDescriptorLimit else { return .hold(until: loop.now + .seconds(1), .connectionLimit) }
            egress.dialFailed()
            return .hold(until: loop.now + NodeConnection.Limits.redialPause, .proxyFailed)
        }
        return .dialling(way.hops, nearest: egress.nearest)
    }

    /// What a name was resolved to is judged like an address that the node named, and kept in the stream's tag: a name
    /// is nobody's way to a banned, a private or an own address, now or after a reload. (A Tor of ours may go where it
    /// wants to.)
    private func judgeResolved(
        _ way: Way, _ stream: NodeStream, _ egress: Egress, _ target: Destination
    ) -> Refusal? {
        guard way.hops.isEmpty, case .name = target.host, case .tcp(let address, _) = way.endpoint,
            stream.listener.requestClass != .torUplink
        else { return nil }
        stream.tag.fill(
            listener: stream.listener, egress: egress, target: Destination(host: Host(address), port: target.port))
        return route.refusal(of: address)
    }

    /// Longer than any stream waits: it is asked about again when something changes.
    private static let untilTold: Duration = .seconds(3600)

    func dialFailed(_ stream: NodeStream) {
        egresses.first { $0.id == stream.tag.egress }?.dialFailed()
    }

    func leaveCircuit(_ stream: NodeStream) {
        isolation.retire(stream.tag.isolationKey)
        record(.exitRefused, of: stream)
        releaseKey(of: stream)
    }

    /// Tor told of a stream with one of our keys. Those that share a key go to one destination, or to many of a
    /// class: an exit's policy is then of interest to all of them, and any other answer to none, as it may be
    /// another's.
    func told(_ event: TorStreamEvent) {
        var meant: [NodeStream] = []
        streams.forEach { if $0.tag.isolationKey == event.key, $0.isUnderWay { meant.append($0) } }
        let isOfOne = Set(meant.map(\.destination)).count == 1
        for stream in meant { stream.told(event, isOurs: isOfOne) }
    }

    /// A stream did not come about.
    private func record(_ refusal: Refusal, of stream: NodeStream) {
        egresses.first { $0.id == stream.tag.egress }?.troubles.record(refusal, port: stream.tag.port, now: loop.now)
    }

    func finished(_ stream: NodeStream, _ refusal: Refusal?) {
        streams.remove(stream)
        let isOfNode = stream.listener.requestClass != .torUplink
        if configuration.log.destinations, isOfNode { name(stream, refusal) }
        guard let refusal else { return }
        stream.listener.count(refusal)
        // When a wallet comes by the RPC service is nobody's business, and it is told nowhere.
        if isOfNode, stream.listener.requestClass != .inboundRPC {
            report(refusal, port: stream.tag.egress == 0 ? nil : stream.tag.port)
        }
        // What becomes of a stream that came by a service says nothing of the egress.
        if !stream.listener.requestClass.isInbound { record(refusal, of: stream) }
        releaseKey(of: stream)
        connectionClosed(stream.listener)
    }

    /// Only with `log.destinations`: what each stream asked for and what became of it.
    private func name(_ stream: NodeStream, _ refusal: Refusal?) {
        guard let destination = stream.destination else { return }
        let outcome = refusal.map { "refused: \($0.rawValue)" } ?? "relayed"
        onEvent(
            StatusEvent(
                time: time, kind: .init(rawValue: "stream"),
                sentence: "\(stream.listener.name) to \(destination): \(outcome)",
                fields: [
                    "listener": .string(stream.listener.name), "destination": .string(destination.description),
                    "outcome": .string(refusal?.rawValue ?? "relayed"),
                ]))
    }

    private func releaseKey(of stream: NodeStream) {
        guard stream.tag.isolationKey != 0 else { return }
        isolation.release(stream.tag.isolationKey, now: loop.now)
        stream.tag.isolationKey = 0
    }

    /// What streams wait for may have come.
    func askAgain() {
        streams.forEach { if $0.isHolding { $0.retry() } }
    }

    /// An egress is proven, or is not any more.
    func egressChanged(_ egress: Egress, was old: EgressReadiness) {
        // First those behind it: what goes through them goes through it.
        let routed = configuration.routedEgresses
        for other in egresses where other.via === egress && routed.contains(other.name) { other.viaChanged() }
        if egress.readiness.isReady {
            askAgain()
        } else if old.isReady {
            // A relay through an egress that is lost ends now: it must not wait for bytes that never come, and it
            // never moves to another egress.
            table.cut { $0.egress == egress.id }
            streams.forEach { if $0.tag.egress == egress.id { $0.egressLost() } }
        }
        judgeWallets()
        judgeInbound()
        tellChanges()
    }
}

extension FlowTag {
    /// What is kept of a stream once it is relayed: enough to cut it when its egress, its listener, its route or a
    /// ban says so.
    mutating func fill(listener: StreamSource, egress: Egress, target: Destination) {
        self.listener = listener.id
        self.egress = egress.id
        port = target.port
        requestClass = listener.requestClass.rawValue
        destinationKind = DestinationKind(target.host).rawValue
        addressHigh = 0
        addressLow = 0
        hasAddress = false
        isLocalName = target.host.isLocalName
        if case .address = target.host { hasAddress = true }
        if case .address(.v4(let address)) = target.host {
            addressLow = 0xffff_0000_0000 | UInt64(address.bits)
        } else if case .address(.v6(let address)) = target.host {
            addressHigh = address.high
            addressLow = address.low
        }
    }

    /// The destination's address; nil for a name.
    var address: IPAddress? {
        hasAddress ? IPAddress.v6(IPv6Address(high: addressHigh, low: addressLow)).canonical : nil
    }
}
