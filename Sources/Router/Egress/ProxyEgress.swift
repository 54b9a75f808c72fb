import EventLoop
import Policy
import Protocols

/// A SOCKS5 proxy, proven by its own handshake: one that the operator names, or an I2P router's. It may be reached
/// through another egress; then it is proven through that one, and lost with it.
final class ProxyEgress: Egress {
    private let probe: ProxyProbe
    private let proxy: ProxyConfiguration
    private var isProbing = false

    /// What a probe through Tor is isolated by: it shares no circuit with a stream.
    private static let probeIsolation = Credentials(username: Array("probe".utf8), password: Array("probe".utf8))

    init(
        _ configuration: EgressConfiguration, _ proxy: ProxyConfiguration, kind: String, what: String, id: UInt32,
        via: Egress?, loop: EventLoop
    ) {
        self.proxy = proxy
        let what = via.map { "\(what) through \($0.name)" } ?? what
        probe = ProxyProbe(what: what, isDistant: via != nil, loop: loop) {
            Self.way(to: nil, proxy, via: via, isolation: Self.probeIsolation)
        }
        super.init(configuration, kind: kind, id: id, via: via)
        probe.onChange = { [unowned self] in become(probe.readiness) }
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
            become(probe.readiness)
        }
    }

    override func stop() {
        isProbing = false
        probe.stop()
    }

    override func dialFailed() { probe.dialFailed() }
}
