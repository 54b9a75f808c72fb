import EventLoop
import Policy
import Protocols

/// A Tor that runs, asked by its SOCKS port and its control port. The SOCKS port alone proves little: an unbootstrapped
/// Tor takes a SOCKS request and holds it for two minutes. So where there is a control port, Tor's own word decides,
/// and the SOCKS port must answer too.
final class TorConversation: TorSource {
    let socks: Endpoint?
    var onChange: () -> Void = {}
    var onStream: (TorStreamEvent) -> Void = { _ in }
    var keyOf: (ArraySlice<UInt8>) -> UInt64? = { _ in nil }
    var onOnion: (TorOnionEvent) -> Void = { _ in }
    var tellsWhy: Bool { control != nil }
    private let probe: ProxyProbe
    private let control: TorControlConnection?

    /// - Parameters:
    ///   - takesOwnership: whether this Tor ends when the control connection does.
    ///   - held: the users of whom none is taken for a Tor.
    init(
        socks: Endpoint, control: Endpoint?, takesOwnership: Bool = false, loop: EventLoop,
        held: HeldUsers = .none
    ) {
        self.socks = socks
        // Any user name and password will do: Tor takes them as an isolation key. The probe asks for no stream, so no
        // circuit is built for it.
        let anybody = Credentials(username: Array("probe".utf8), password: Array("probe".utf8))
        probe = ProxyProbe(what: "Tor's SOCKS port at \(socks)", isDistant: false, loop: loop, held: held) {
            .dial(Way(endpoint: socks, hops: [SocksHop(nil, credentials: anybody)]))
        }
        self.control = control.map {
            TorControlConnection($0, takesOwnership: takesOwnership, loop: loop, held: held)
        }
        probe.onChange = { [unowned self] in onChange() }
        self.control?.onChange = { [unowned self] in onChange() }
        self.control?.onStream = { [unowned self] in onStream($0) }
        self.control?.keyOf = { [unowned self] in keyOf($0) }
        self.control?.onOnion = { [unowned self] in onOnion($0) }
    }

    var whyNoOnions: String? {
        guard let control else { return "set `control` in [tor], by which Tor is asked for onion services" }
        return control.endpoint.isLoopback
            ? nil : "its streams end on the machine that Tor runs on, and that is another: run Tor on this one"
    }

    func inboundPlace(of kind: InboundKind) -> Endpoint { Self.loopbackPlace }
    func serveOnions() { control?.serveOnions() }
    func publish(_ request: TorOnionRequest) { control?.publish(request) }
    func unpublish(_ address: String) { control?.unpublish(address) }

    var readiness: EgressReadiness {
        guard let control else {
            let known = probe.readiness
            return known.isReady
                ? EgressReadiness(
                    .ready, "\(known.detail); Tor's own state unknown: set `control` in [tor] to be told") : known
        }
        // Ready only when both say so; until then whichever has more to say about why not.
        guard control.readiness.isReady else { return control.readiness }
        return probe.readiness.isReady ? control.readiness : probe.readiness
    }

    func start() {
        probe.start()
        control?.start()
    }

    func stop() {
        probe.stop()
        control?.stop()
    }

    func dialFailed() { probe.dialFailed() }
}
