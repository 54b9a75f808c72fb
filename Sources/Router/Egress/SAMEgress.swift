import EventLoop
import Policy
import Protocols

/// An I2P router by its SAM bridge. Streams go out by destinations that are nobody's: the node's own, and one for each
/// wallet's listener; never the inbound service's. It is ready while the node's session stands.
final class SAMEgress: Egress {
    /// The bridge, by which services are published too.
    let source: any SAMSource
    private let tunnels: I2PTunnels
    private let loop: EventLoop
    private let node: SAMSession
    /// By the number of the wallets' listener in this run, once it has asked: a box without a wallet makes no tunnels for one.
    private var wallets: [UInt32: SAMSession] = [:]
    private var readySince: Instant?
    private var isStarted = false

    /// How long after its session an I2P router may not have found others' lease sets yet.
    private static let youth: Duration = .seconds(60)

    init(
        _ configuration: EgressConfiguration, _ i2p: I2PConfiguration, _ source: any SAMSource, id: UInt32,
        loop: EventLoop
    ) {
        self.source = source
        self.loop = loop
        tunnels = i2p.tunnels
        node = SAMSession(.outbound, tunnels: i2p.tunnels, at: source, loop: loop)
        super.init(configuration, kind: "i2p", id: id)
        node.onChange = { [weak self] in self?.update() }
        // An i2pd that is on its way out may have something to say after us.
        source.onChange = { [weak self] in self?.update() }
    }

    override var nearest: NodeConnection.NearestProxy {
        guard let readySince, loop.now < readySince + Self.youth else { return .plain }
        return .youngI2P
    }

    override func start() {
        guard !isStarted else { return }
        isStarted = true
        source.start()
        node.start()
        update()
    }

    override func stop() {
        isStarted = false
        node.stop()
        for wallet in wallets.values { wallet.stop() }
        wallets = [:]
        source.stop()
    }

    override func dialFailed() {
        node.dialFailed()
        for wallet in wallets.values { wallet.dialFailed() }
    }

    override func way(to target: Destination, isolation: Credentials?) -> Answer { way(to: target, by: node) }

    override func way(to target: Destination, isolation: Credentials?, wallet: UInt32) -> Answer {
        if let session = wallets[wallet] { return way(to: target, by: session) }
        let session = SAMSession(.outbound, tunnels: tunnels, at: source, loop: loop)
        wallets[wallet] = session
        session.onChange = { [weak self, unowned session] in
            if session.id != nil { self?.onProgress() }
        }
        session.start()
        return way(to: target, by: session)
    }

    override func forget(wallet: UInt32) { wallets.removeValue(forKey: wallet)?.stop() }

    private func way(to target: Destination, by session: SAMSession) -> Answer {
        guard case .i2p = target.host else { return .refuse(.wrongZone) }
        guard let endpoint = source.endpoint, let id = session.id else { return .wait(.egressNotReady) }
        return .dial(Way(endpoint: endpoint, hops: [SocksHop(target, by: id)]))
    }

    private func update() {
        guard isStarted else { return }
        let known = node.readiness
        if !known.isReady { readySince = nil } else if readySince == nil { readySince = loop.now }
        become(known)
    }
}
