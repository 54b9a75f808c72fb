import EventLoop
import Policy
import Protocols

/// Publishes the onion services: the driver of `OnionServices`.
final class OnionPublisher {
    private unowned let router: Router
    private let store: OnionKeyStore
    private var machine: OnionServices
    private var tor: TorEgress?
    private var open: [InboundKind: OnionListener] = [:]
    private var told: [InboundStatus] = []
    private lazy var wake = Watch.timer(on: router.loop) { [unowned self] in apply { $0.tick(router.loop.now) } }

    init(_ router: Router, directory: String) {
        self.router = router
        store = OnionKeyStore(directory: directory)
        machine = OnionServices(directory: directory)
    }

    /// Each service that is configured.
    var statuses: [InboundStatus] {
        machine.statuses.map { known in
            var status = known
            if let obstacle {
                status.detail = obstacle
            } else if let tor, !tor.readiness.isReady, router.standingRefusal == nil {
                status.detail = "waits for tor: \(tor.readiness.detail)"
            }
            return status
        }
    }

    /// Why services that should stand do not: a sentence for each, with the mend.
    var problems: [String] {
        guard machine.areWanted else { return [] }
        return obstacle.map { why in machine.statuses.map { "\($0.name) is not published: \(why)" } }
            ?? machine.problems
    }

    /// Why none can be published at all.
    private var obstacle: String? { tor == nil ? "there is no [tor]" : tor?.whyNoOnions }

    /// Publishes these services by this Tor, and no others.
    func publish(_ services: [OnionServiceConfiguration], by tor: TorEgress?) {
        if tor !== self.tor {
            // What the other published ended with its control connection, or does so now.
            self.tor?.onOnion = { _ in }
            self.tor = tor
            apply { $0.heard(.closed, now: router.loop.now) }
            tor?.onOnion = { [unowned self] event in apply { $0.heard(event, now: router.loop.now) } }
        }
        apply { $0.configure(services, now: router.loop.now) }
        if machine.areWanted, obstacle == nil { tor?.serveOnions() }
    }

    /// Takes down what must not stand, and publishes what may.
    func judge(mayStand: Bool) {
        let isReady = tor?.readiness.isReady ?? false
        // A Tor elsewhere would lead strangers to whoever has our listener's port there.
        let mayStand = mayStand && obstacle == nil
        apply { $0.judge(mayStand: mayStand, isTorReady: isReady, now: router.loop.now) }
    }

    /// Takes nobody's connections any more. The services themselves end with the control connection.
    func stop() {
        tor?.onOnion = { _ in }
        tor = nil
        for listener in open.values { listener.close() }
        open = [:]
        wake.cancel()
    }

    private func apply(_ event: (inout OnionServices) -> [OnionServices.Effect]) {
        for effect in event(&machine) { act(effect) }
        if let deadline = machine.deadline { wake.schedule(after: deadline - router.loop.now) } else { wake.cancel() }
        guard told != machine.statuses else { return }
        told = machine.statuses
        router.tellChanges()
    }

    private func act(_ effect: OnionServices.Effect) {
        switch effect {
        case .readKey(let kind):
            let found = store.read(machine.path(of: kind))
            apply { $0.keyRead(kind, found, now: router.loop.now) }
        case .listen(let kind, let user): listen(kind, user: user)
        case .publish(let request): tor?.publish(request)
        case .keep(let kind, let file):
            let failure = store.write(file, to: machine.path(of: kind))
            apply { $0.kept(kind, file, failure: failure, now: router.loop.now) }
        case .unpublish(let address): tor?.unpublish(address)
        case .close(let kind): open.removeValue(forKey: kind)?.close()
        case .tell(let sentence):
            router.onEvent(StatusEvent(time: router.time, kind: .inbound, sentence: sentence))
        }
    }

    private func listen(_ kind: InboundKind, user: UInt32) {
        guard let tor, let service = router.configuration.inbound.onions.first(where: { $0.kind == kind }) else {
            return apply { $0.notListening(kind, "it is not configured any more", now: router.loop.now) }
        }
        do throws(StartFailure) {
            let listener = try OnionListener(service, by: tor, user: user, router: router)
            open[kind] = listener
            apply { $0.listening(kind, at: listener.endpoint, now: router.loop.now) }
        } catch {
            apply { $0.notListening(kind, error.description, now: router.loop.now) }
        }
    }
}
