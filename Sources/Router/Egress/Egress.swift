import EventLoop
import Policy
import Protocols

/// One configured way out, running: it knows whether it is proven, and how to dial. A new kind is one file beside
/// this one and one case in `make`.
class Egress {
    /// Its name in `[route]` and in status: "tor", "proxy.work".
    let name: String
    /// Its kind in status: "tor", "i2p", "proxy", "vpn".
    let kind: String
    /// Its number in this run, never used again: relays are tagged with it.
    let id: UInt32
    /// The configuration it was made from.
    let configuration: EgressConfiguration
    /// The egress through which it is reached; nil where it is dialled straight.
    let via: Egress?
    /// Called when the readiness has changed, with what it was before.
    var onChange: (Egress, EgressReadiness) -> Void = { _, _ in }
    /// Called when something that streams wait for has come: they ask again.
    var onProgress: () -> Void = {}

    /// Called with what Tor tells of a stream of ours; its key is that of `keyOf`.
    var onStream: (TorStreamEvent) -> Void = { _ in }
    /// The number of an isolation key by its SOCKS user name; nil where it is none of ours.
    var keyOf: (ArraySlice<UInt8>) -> UInt64? = { _ in nil }
    /// What exits and destinations have answered lately.
    var troubles = StreamTroubles()
    /// Relays through it that were cut because they stalled.
    var stalled: UInt64 = 0

    /// What is known of it. The sentence always says why.
    fileprivate(set) var readiness = EgressReadiness(.starting, "starting")

    init(_ configuration: EgressConfiguration, kind: String, id: UInt32, via: Egress? = nil) {
        name = configuration.name
        self.configuration = configuration
        self.kind = kind
        self.id = id
        self.via = via
    }

    /// Begins to prove itself.
    func start() {}
    /// Ends all that it has open.
    func stop() {}
    /// How long the process must live on after `stop`, for what the kernel would say in its place.
    var farewellAtExit: Duration { .zero }
    /// The egress through which it is reached is proven, or is not any more.
    func viaChanged() {}
    /// A stream could not be dialled, or a proxy did not speak as it should.
    func dialFailed() {}

    /// How a stream to `target` is dialled. Asked only while it is ready.
    ///
    /// - Parameter isolation: what Tor isolates the stream by, where it goes through Tor.
    func way(to target: Destination, isolation: Credentials?) -> Answer { .refuse(.egressNotReady) }

    /// How a link of a wallets' listener, by its number in this run, is dialled: it shares nothing with the node's streams,
    /// or with another listener's, by which a peer could tell that they are one user's.
    func way(to target: Destination, isolation: Credentials?, wallet: UInt32) -> Answer {
        way(to: target, isolation: isolation)
    }

    /// That listener is no more, with all its links.
    func forget(wallet: UInt32) {}

    /// The answer to a stream that is to be dialled.
    enum Answer {
        /// So.
        case dial(Way)
        /// Not yet: it is at work on it, and says so by `onProgress`.
        case wait(Refusal)
        /// Not at all.
        case refuse(Refusal)
    }

    /// Whether streams carry a user name and password by which Tor isolates them: it is a Tor, or reached through
    /// one. To any other proxy they would be a stranger's credentials.
    var isolates: Bool { via?.isolates ?? false }

    /// What the nearest proxy of its ways is.
    var nearest: NodeConnection.NearestProxy { via?.nearest ?? .plain }

    /// What to say while the egress on the way is not ready; nil while it is, or where there is none.
    final var waitingForVia: EgressReadiness? {
        guard let via, !via.readiness.isReady else { return nil }
        return EgressReadiness(via.readiness.state, "waits for \(via.name): \(via.readiness.detail)")
    }

    final func become(_ new: EgressReadiness) {
        guard new != readiness else { return }
        let old = readiness
        readiness = new
        onChange(self, old)
    }

    /// The egress of a configuration.
    ///
    /// - Parameters:
    ///   - stateDirectory: where a Tor that we start has its directory.
    ///   - uplink: opens the way out of a Tor that we start and that goes by another egress.
    ///   - isOurs: whether a program of our own user has the end at the first address of a connection whose other end is at
    ///     the second.
    ///   - held: the users of whom none is taken for an egress.
    static func make(
        _ configuration: EgressConfiguration, id: UInt32, via: Egress?, stateDirectory: String, loop: EventLoop,
        uplink: @escaping () throws(StartFailure) -> TorUplink, isOurs: @escaping (Endpoint, Endpoint) -> Bool,
        held: HeldUsers
    ) -> Egress {
        switch configuration.kind {
        case .tor(let tor):
            TorEgress(
                configuration,
                source(of: tor, via: via, stateDirectory: stateDirectory, uplink: uplink, held: held, loop: loop),
                id: id, via: via)
        case .i2p(let i2p):
            make(i2p, configuration, id: id, stateDirectory: stateDirectory, loop: loop, isOurs: isOurs, held: held)
        case .proxy(let proxy):
            ProxyEgress(
                configuration, proxy, kind: "proxy", what: "the proxy at \(proxy.socks)", id: id, via: via, loop: loop,
                held: held)
        case .vpn(let vpn): VPNEgress(configuration, vpn, id: id, loop: loop)
        }
    }

    private static func make(
        _ i2p: I2PConfiguration, _ configuration: EgressConfiguration, id: UInt32, stateDirectory: String,
        loop: EventLoop, isOurs: @escaping (Endpoint, Endpoint) -> Bool,
        held: HeldUsers
    ) -> Egress {
        switch i2p.source {
        case .socks(let socks):
            ProxyEgress(
                configuration, ProxyConfiguration(socks: socks), kind: "i2p",
                what: "the I2P router's SOCKS port at \(socks)", id: id, via: nil, loop: loop, held: held)
        case .sam(let endpoint): SAMEgress(configuration, i2p, RunningSAM(endpoint, held: held), id: id, loop: loop)
        case .managed:
            SAMEgress(
                configuration, i2p, ManagedI2P(stateDirectory: stateDirectory, loop: loop, isOurs: isOurs), id: id,
                loop: loop)
        }
    }

    private static func source(
        of tor: TorConfiguration, via: Egress?, stateDirectory: String,
        uplink: @escaping () throws(StartFailure) -> TorUplink, held: HeldUsers,
        loop: EventLoop
    ) -> any TorSource {
        switch tor.source {
        case .running(let socks, let control):
            TorConversation(socks: socks, control: control, loop: loop, held: held)
        case .managed(let torrc):
            ManagedTor(torrc, stateDirectory: stateDirectory, openUplink: via == nil ? nil : uplink, loop: loop)
        }
    }
}
