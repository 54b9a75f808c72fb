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
        tor.onStream = { [weak self] in self?.onStream($0) }
        tor.keyOf = { [weak self] in self?.keyOf($0) }
    }

    override var isolates: Bool { true }
    override var nearest: NodeConnection.NearestProxy { .tor(tellsWhy: tor.tellsWhy) }

    override func way(to target: Destination, isolation: Credentials?) -> Answer {
        guard let socks = tor.socks else { return .refuse(.egressNotReady) }
        return .dial(Way(endpoint: socks, hops: [SocksHop(target, credentials: isolation)]))
    }

    override func start() { viaChanged() }

    /// A Tor that lost all its relays takes minutes to try them again; a new one has its first circuit in seconds. So
    /// it runs only while the egress that it goes by is ready.
    override func viaChanged() {
        if waitingForVia == nil { tor.start() } else { tor.stop() }
        update()
    }

    override func stop() { tor.stop() }
    override func dialFailed() { tor.dialFailed() }

    private func update() {
        become(waitingForVia ?? tor.readiness)
    }
}
