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
        tor.onOnion = { [weak self] in self?.onOnion($0) }
    }

    /// Called with what it tells of onion services.
    var onOnion: (TorOnionEvent) -> Void = { _ in }
    /// Why it can publish none; nil where it may.
    var whyNoOnions: String? { tor.whyNoOnions }
    func inboundPlace(of kind: InboundKind) -> Endpoint { tor.inboundPlace(of: kind) }
    func serveOnions() { tor.serveOnions() }
    func publish(_ request: TorOnionRequest) { tor.publish(request) }
    func unpublish(_ address: String) { tor.unpublish(address) }

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
