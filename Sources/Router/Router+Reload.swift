import EventLoop
public import Policy
import Protocols

extension Router {
    /// Takes a new configuration: all of it, or nothing. What it does not change goes on undisturbed; what it no
    /// longer allows is cut.
    ///
    /// - Throws: `StartFailure` when a new listener's port is taken, or what changed cannot change while running;
    ///   then the old configuration is in force as before.
    public func reload(_ new: Configuration) throws(StartFailure) {
        guard new.control == configuration.control else {
            throw StartFailure("`socket` in [control] cannot change while the router runs; restart it")
        }
        let kept = listeners.filter { new.node.listeners.contains($0.configuration) }
        let missing = new.node.listeners.filter { wanted in !kept.contains { $0.configuration == wanted } }
        // A listener that moves to another's port must find it free: two live at once on different addresses only.
        let opened = try makeListeners(missing)

        // From here on nothing can fail.
        let closed = listeners.filter { listener in !kept.contains { $0 === listener } }
        for listener in closed { listener.pause() }
        let retired = egresses.filter { egress in !new.egresses.contains(egress.configuration) }
        let fresh = new.egresses.filter { wanted in !egresses.contains { $0.configuration == wanted } }.map(makeEgress)
        egresses = new.egresses.compactMap { wanted in
            (egresses + fresh).first { $0.configuration == wanted }
        }
        let networkChanged = new.network != configuration.network
        replace(new)
        route = Route(new, ownAddresses: OwnAddresses.read())
        listeners = new.node.listeners.compactMap { wanted in (kept + opened).first { $0.configuration == wanted } }

        let names = Dictionary(uniqueKeysWithValues: egresses.map { ($0.id, $0.name) })
        let live = Set(listeners.map(\.id))
        let refusal = standingRefusal
        table.cut { tag in
            guard refusal == nil, !networkChanged, live.contains(tag.listener), let egress = names[tag.egress],
                let kind = DestinationKind(rawValue: tag.destinationKind)
            else { return true }
            return !route.stillAllows(
                kind, address: tag.address, isLocalName: tag.isLocalName, egress: egress)
        }
        // Streams in handshake were judged by the old rules: they ask anew.
        streams.forEach { $0.cut(refusal ?? .egressNotReady) }
        for egress in retired { egress.stop() }
        for egress in fresh { egress.start() }
        for listener in opened { listener.resume() }
        onEvent(.reloaded(at: time))
        tellChanges()
    }
}
