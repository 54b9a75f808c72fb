import EventLoop
import Policy
import Protocols

/// A running Tor. Its SOCKS port alone proves little: an unbootstrapped Tor takes a SOCKS request and holds it for
/// two minutes. So where a control port is configured, Tor's own word decides, and the SOCKS port must answer too.
final class TorEgress: Egress {
    private let socks: Endpoint?
    private let probe: ProxyProbe?
    private let control: TorControlConnection?

    init(
        _ configuration: EgressConfiguration, _ tor: TorConfiguration, id: UInt32, via: Egress?, loop: EventLoop
    ) {
        switch tor.source {
        case .managed:
            socks = nil
            probe = nil
            control = nil
        case .running(let socks, let control):
            self.socks = socks
            // Any user name and password will do: Tor takes them as an isolation key. The probe asks for no stream, so
            // no circuit is built for it.
            let anybody = Credentials(username: Array("probe".utf8), password: Array("probe".utf8))
            probe = ProxyProbe(what: "Tor's SOCKS port at \(socks)", isDistant: false, loop: loop) {
                .dial(Way(endpoint: socks, hops: [SocksHop(nil, credentials: anybody)]))
            }
            self.control = control.map { TorControlConnection($0, loop: loop) }
        }
        super.init(configuration, kind: "tor", id: id, via: via)
        probe?.onChange = { [unowned self] in update() }
        self.control?.onChange = { [unowned self] in update() }
    }

    override var isolates: Bool { true }

    override func way(to target: Destination, isolation: Credentials?) -> Answer {
        guard let socks else { return .refuse(.egressNotReady) }
        return .dial(Way(endpoint: socks, hops: [SocksHop(target, credentials: isolation)]))
    }

    override func start() {
        update()
        probe?.start()
        control?.start()
    }

    override func stop() {
        probe?.stop()
        control?.stop()
    }

    override func dialFailed() { probe?.dialFailed() }

    private func update() {
        guard let probe else { return become(EgressReadiness(.down, "managed Tor is not built yet")) }
        guard let control else {
            let known = probe.readiness
            become(
                known.isReady
                    ? EgressReadiness(
                        .ready, "\(known.detail); Tor's own state unknown: set `control` in [tor] to be told") : known)
            return
        }
        // Ready only when both say so; until then whichever has more to say about why not.
        become(
            control.readiness.isReady
                ? probe.readiness.isReady ? control.readiness : probe.readiness : control.readiness)
    }
}
