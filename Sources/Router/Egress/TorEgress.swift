import EventLoop
import Policy
import Protocols

/// A running Tor. Its SOCKS port alone proves little: an unbootstrapped Tor takes a SOCKS request and holds it for
/// two minutes. So where a control port is configured, Tor's own word decides, and the SOCKS port must answer too.
final class TorEgress: Egress {
    private let probe: ProxyProbe
    private let control: TorControlConnection?

    init(_ configuration: EgressConfiguration, id: UInt32, socks: Endpoint, control: Endpoint?, loop: EventLoop) {
        // Any user name and password will do: Tor takes them as an isolation key. The probe asks for no stream, so
        // no circuit is built for it.
        probe = ProxyProbe(
            socks, credentials: Credentials(username: Array("probe".utf8), password: Array("probe".utf8)),
            what: "Tor's SOCKS port at \(socks)", loop: loop)
        self.control = control.map { TorControlConnection($0, loop: loop) }
        super.init(configuration, kind: "tor", id: id, socks: socks)
        probe.onChange = { [unowned self] in update() }
        self.control?.onChange = { [unowned self] in update() }
    }

    override var isolates: Bool { true }

    override func start() {
        update()
        probe.start()
        control?.start()
    }

    override func stop() {
        probe.stop()
        control?.stop()
    }

    override func dialFailed() { probe.dialFailed() }

    private func update() {
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
