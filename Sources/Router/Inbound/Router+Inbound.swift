import EventLoop
import Policy
import Protocols

/// The streams of published services: each ends at the service's target, on this machine's loopback.
extension Router {
    /// Publishes what the configuration that is in force asks for, and nothing else.
    func publishInbound() {
        onions.publish(configuration.inbound.onions, by: egresses.lazy.compactMap { $0 as? TorEgress }.first)
        i2pService.publish(configuration.inbound.i2p, by: egresses.lazy.compactMap { $0 as? SAMEgress }.first)
        judgeInbound()
    }

    /// The lock, the guard's proof or an egress is another than before: what must not stand is taken down, and what may
    /// is published.
    func judgeInbound() {
        onions.judge(mayStand: standingRefusal == nil)
        i2pService.judge(mayStand: standingRefusal == nil)
    }

    /// Takes a service's streams from now on.
    func add(_ service: InboundService) {
        inbound.append(service)
        countListeners()
        service.onDescriptorLimit = { [unowned self, unowned service] in descriptorLimit(service, $0) }
        service.resume()
    }

    /// Takes no more of them, and cuts those that there are.
    func remove(_ service: InboundService) {
        service.pause()
        streams.forEach { if $0.listener === service { $0.cut(standingRefusal ?? .blocked) } }
        table.cut { $0.listener == service.id }
        table.forget(service.traffic)
        inbound.removeAll { $0 === service }
        countListeners()
        inboundPast[service.name, default: InboundCounts()].add(service)
    }

    /// A service's status with what is counted of its streams.
    func counted(_ status: InboundStatus) -> InboundStatus {
        var status = status
        var counts = inboundPast[status.name] ?? InboundCounts()
        let service = inbound.first { $0.name == status.name }
        if let service { counts.add(service) }
        status.open = UInt64(max(service?.open ?? 0, 0))
        status.counts = counts
        return status
    }

    /// A number for a service.
    func nextSource() -> UInt32 {
        lastListener += 1
        return lastListener
    }

    /// Takes a connection that has come by a service.
    ///
    /// - Parameter early: what was read of it already.
    func take(_ client: consuming Descriptor, early: [UInt8] = [], of service: InboundService) {
        guard case .tcp(let address, let port) = service.target else { return }
        service.opened()
        let connection = NodeConnection(
            inboundTo: Destination(host: Host(address), port: port),
            network: service.requestClass.opensAsLevin ? configuration.network : nil, now: loop.now)
        let stream = NodeStream(service, host: self, connection: connection, early: early)
        stream.tag.listener = service.id
        stream.tag.egress = service.egress.id
        stream.tag.requestClass = service.requestClass.rawValue
        stream.tag.destinationKind = DestinationKind.clearnet.rawValue
        open(client, stream)
        if let refusal = standingRefusal ?? (service.egress.readiness.isReady ? nil : .egressNotReady) {
            return stream.cut(refusal)
        }
        stream.start()
    }

    /// A connection to a service's listener by somebody else than whom it is for.
    func refuse(_ client: consuming Descriptor, of service: InboundService) {
        _ = consume client
        service.count(.wrongOwner)
        report(.wrongOwner, port: nil)
    }

    /// Dials a service's target for a stream.
    func reach(_ service: InboundService, for stream: NodeStream) -> NodeConnection.Routing {
        guard service.egress.readiness.isReady else { return .refuse(.egressNotReady) }
        do throws(SystemError) {
            stream.attach(upstream: try Socket.connect(to: service.target, from: inboundSource(to: service.target)))
        } catch {
            return error.isDescriptorLimit
                ? .hold(until: loop.now + .seconds(1), .connectionLimit) : .refuse(.unreachable)
        }
        return .dialling([])
    }

    /// The address that a stream is dialled from: one of its own, inside 127.64/10. monerod takes one connection from an
    /// address on its public P2P port, and for three errors on its RPC port shuts an address out for a day, from both. To
    /// it all that comes by a service would be 127.0.0.1: one peer at a time, and one bad client for all.
    private func inboundSource(to target: Endpoint) -> IPAddress? {
        guard case .tcp(.v4, _) = target else { return nil }
        let bits = UInt32.random(in: 0..<(1 << 22), using: &random)
        return .v4(IPv4Address(bits: 0x7f40_0000 | bits))
    }
}

extension InboundCounts {
    fileprivate mutating func add(_ service: InboundService) {
        accepted &+= service.accepted
        for (refusal, count) in service.refused { refused[refusal.rawValue, default: 0] &+= count }
        bytesIn &+= service.traffic.up
        bytesOut &+= service.traffic.down
    }
}
