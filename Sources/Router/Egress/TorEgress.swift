import EventLoop
import Policy
import Protocols

/// Tor: one that runs already, or one of our own.
final class TorEgress: Egress {
    private let tor: any TorSource

    init(_ configuration: EgressConfiguration, _ tor: any TorSource, id: UInt32, via: Egress?) {
        self.tor = tor
        super.init(configuration, kind: "tor", id: id, via: via)
        tor.onChange = { [weak self] in self?.update() }
    }

    override var isolates: Bool { true }

    override func way(to target: Destination, isolation: Credentials?) -> Answer {
        guard let socks = tor.socks else { return .refuse(.egressNotReady) }
        return .dial(Way(endpoint: socks, hops: [SocksHop(target, credentials: isolation)]))
    }

    override func start() {
        update()
        tor.start()
    }

    override func stop() { tor.stop() }
    override func viaChanged() { update() }
    override func dialFailed() { tor.dialFailed() }

    private func update() {
        // Without the egress that it goes by, it may believe in its circuits for minutes.
        become(waitingForVia ?? tor.readiness)
    }
}
