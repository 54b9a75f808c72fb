import EventLoop
import Policy
import Protocols

/// A SOCKS5 proxy, proven by its own handshake: one that the operator names, or an I2P router's. It may be reached
/// through another egress; then it is proven through that one, and lost with it.
final class ProxyEgress: Egress {
    private let probe: ProxyProbe
    private let proxy: ProxyConfiguration
    private let loop: EventLoop
    private var isProbing = false
    private var readySince: Instant?

    /// How long after its start an I2P router may need for its tunnels.
    private static let youth: Duration = .seconds(60)

    /// What a probe through Tor is isolated by: it shares no circuit with a stream.
    private static let probeIsolation = Credentials(username: Array("probe".utf8), password: Array("probe".utf8))

    init(
        _ configuration: EgressConfiguration, _ proxy: ProxyConfiguration, kind: String, what: String, id: UInt32,
        via: Egress?, loop: EventLoop, held: HeldUsers
    ) {
        self.proxy = proxy
        self.loop = loop
        let what = via.map { "\(what) through \($0.name)" } ?? what
        probe = ProxyProbe(what: what, isDistant: via != nil, loop: loop, held: via == nil ? held : .none) {
            Self.way(to: nil, proxy, via: via, isolation: Self.probeIsolation)
        }
        super.init(configuration, kind: kind, id: id, via: via)
        probe.onChange = { [unowned self] in update() }
    }

    private var isI2P: Bool { kind == "i2p" }

    override var nearest: NodeConnection.NearestProxy {
        guard isI2P, let readySince, loop.now < readySince + Self.youth else { return super.nearest }
        return .youngI2P
    }

    private func update() {
        let known = probe.readiness
        if !known.isReady { readySince = nil } else if readySince == nil { readySince = loop.now }
        become(
            isI2P && known.isReady
                ? EgressReadiness(.ready, "\(known.detail); of its tunnels it tells nothing") : known)
    }

    override func way(to target: Destination, isolation: Credentials?) -> Answer {
        Self.way(to: target, proxy, via: via, isolation: isolation)
    }

    /// The handshake with the proxy, at the end of the way to it.
    private static func way(
        to target: Destination?, _ proxy: ProxyConfiguration, via: Egress?, isolation: Credentials?
    ) -> Answer {
        let hop = SocksHop(target, credentials: proxy.credentials)
        guard let via else { return .dial(Way(endpoint: proxy.socks, hops: [hop])) }
        guard case .tcp(let address, let port) = proxy.socks, via.readiness.isReady else {
            return .refuse(.egressNotReady)
        }
        let answer = via.way(to: Destination(host: Host(address), port: port), isolation: isolation)
        guard case .dial(let way) = answer else { return answer }
        return .dial(way.then(hop))
    }

    override func start() { viaChanged() }

    override func viaChanged() {
        if let waiting = waitingForVia {
            stop()
            become(waiting)
        } else if !isProbing {
            isProbing = true
            probe.start()
            update()
        }
    }

    override func stop() {
        isProbing = false
        probe.stop()
    }

    override func dialFailed() { probe.dialFailed() }
}
