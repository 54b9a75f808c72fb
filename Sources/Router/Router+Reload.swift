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
        let plans = new.listenerPlans
        let kept = listeners.filter { $0.plan.map(plans.contains) ?? false }
        let missing = plans.filter { wanted in !kept.contains { $0.plan == wanted } }
        // A listener that moves to another's port must find it free: two live at once on different addresses only.
        let opened = try makeListeners(missing)
        let newGateways = try makeGateways(new, keeping: gateways)

        // From here on nothing can fail.
        let closed = listeners.filter { listener in !kept.contains { $0 === listener } }
        for listener in closed {
            listener.pause()
            nameServices[listener.id]?.cut()
        }
        let before = egresses
        let wereRouted = configuration.routedEgresses
        egresses = makeEgresses(new, keeping: before)
        let retired = before.filter { egress in !egresses.contains { $0 === egress } }
        // One that was there and had nothing to do is started now if it has.
        let fresh = egresses.filter { egress in
            !before.contains { $0 === egress }
                || wereRouted.contains(egress.name) != new.routedEgresses.contains(egress.name)
        }
        let networkChanged = new.network != configuration.network
        // Before the guard is told what to expect: its proof may come at once, and what then passes goes by the new routes.
        route = Route(new, ownAddresses: OwnAddresses.read())
        replace(new)
        listeners = plans.compactMap { wanted in (kept + opened).first { $0.plan == wanted } }
        serveNames()

        replaceGateways(newGateways)
        countListeners()
        cutWhatIsNoLongerAllowed(networkChanged: networkChanged)
        // All that counted on them is cut.
        for listener in closed { table.forget(listener.traffic) }
        for egress in retired { egress.stop() }
        for egress in fresh {
            if before.contains(where: { $0 === egress }) { egress.stop() }
            begin(egress)
        }
        for listener in opened { listener.resume() }
        publishInbound()
        onEvent(.reloaded(at: time))
        tellChanges()
    }

    /// Judges every relay, and every stream on its way to be one, by the rules now in force.
    func cutWhatIsNoLongerAllowed(networkChanged: Bool) {
        let names = Dictionary(uniqueKeysWithValues: egresses.map { ($0.id, $0.name) })
        let live = Set(sources.map(\.id))
        func mustEnd(_ tag: FlowTag) -> Bool {
            guard let requestClass = RequestClass(rawValue: tag.requestClass),
                let kind = DestinationKind(rawValue: tag.destinationKind), live.contains(tag.listener),
                let egress = names[tag.egress],
                requestClass == .torUplink || standingRefusal(of: tag) == nil && !networkChanged
            else { return true }
            return !route.stillAllows(
                requestClass, kind, address: tag.address, isLocalName: tag.isLocalName, egress: egress)
        }
        judgeWallets()
        table.cut(where: mustEnd)
        streams.forEach { stream in
            if networkChanged && stream.listener.requestClass != .torUplink || !live.contains(stream.listener.id) {
                stream.cut(standingRefusal(of: stream.tag) ?? .blocked)
            } else if stream.isHolding {
                stream.retry()
            } else if stream.isUnderWay, mustEnd(stream.tag) {
                stream.cut(standingRefusal(of: stream.tag) ?? .blocked)
            }
        }
    }
}
