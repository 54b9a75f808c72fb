import EventLoop
import Policy
import Protocols

/// A named SOCKS5 proxy, proven by its own handshake.
final class ProxyEgress: Egress {
    private let probe: ProxyProbe
    private let ownCredentials: Credentials?

    init(
        _ configuration: EgressConfiguration, id: UInt32, socks: Endpoint, credentials: Credentials?, loop: EventLoop
    ) {
        ownCredentials = credentials
        probe = ProxyProbe(socks, credentials: credentials, what: "the proxy at \(socks)", loop: loop)
        super.init(configuration, kind: "proxy", id: id, socks: socks)
        probe.onChange = { [unowned self] in become(probe.readiness) }
    }

    override var credentials: Credentials? { ownCredentials }

    override func start() {
        become(probe.readiness)
        probe.start()
    }

    override func stop() { probe.stop() }
    override func dialFailed() { probe.dialFailed() }
}
