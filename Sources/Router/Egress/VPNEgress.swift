import EventLoop
import Policy
import Protocols

/// A VPN's interface: streams are dialled straight to their destination, bound to it, and names are asked of the
/// resolver inside the tunnel. The driver of `VPNReadiness`.
final class VPNEgress: Egress {
    private let vpn: VPNConfiguration
    private let loop: EventLoop
    private var machine: VPNReadiness
    private let watcher: LinkWatcher
    private var resolver: NameResolver?
    private var probe: VPNProbe?
    private var ports = TunnelPorts()
    private var farewell: Watch?
    private lazy var wake = Watch.timer(on: loop) { [unowned self] in tick() }

    /// Where a resolver listens (RFC 7766).
    private static let resolverPort: UInt16 = 53

    init(_ configuration: EgressConfiguration, _ vpn: VPNConfiguration, id: UInt32, loop: EventLoop) {
        self.vpn = vpn
        self.loop = loop
        machine = VPNReadiness(vpn)
        watcher = LinkWatcher(vpn.interface, loop: loop)
        super.init(configuration, kind: "vpn", id: id)
        watcher.onLink = { [unowned self] in linkIs($0) }
        watcher.onFailure = { [unowned self] sentence in
            forgetTunnel()
            machine.cannotWatch(sentence)
            update()
        }
        if let address = vpn.resolver {
            let resolver = NameResolver(loop: loop) { [unowned self] () throws(SystemError) in
                try connect(to: .tcp(address, port: Self.resolverPort))
            }
            resolver.onAnswer = { [unowned self] in onProgress() }
            self.resolver = resolver
        }
    }

    override func start() {
        become(machine.readiness)
        watcher.start()
    }

    override func stop() {
        watcher.stop()
        resolver?.stop()
        probe?.cancel()
        probe = nil
        // It may be started again, and has to be proven anew.
        machine = VPNReadiness(vpn)
        wake.cancel()
        guard !ports.isEmpty else { return }
        // Peers go on sending for a while. It keeps itself and its ports until they have given up.
        farewell = Watch.timer(on: loop) { [self] in farewell = nil }
        farewell?.schedule(after: TunnelPorts.retention)
    }

    /// What is under way at the moment of the last resets is there within a second, wherever it comes from.
    override var farewellAtExit: Duration { ports.isEmpty ? .zero : .seconds(1) }

    override func dialFailed() {
        machine.dialFailed(loop.now)
        schedule()
    }

    // MARK: Streams

    override func way(to target: Destination, isolation: Credentials?) -> Answer {
        // What the kernel has told until now: the interface may be gone since the loop last looked.
        watcher.read()
        guard readiness.isReady else { return .wait(.egressNotReady) }
        switch target.host {
        case .onion, .i2p: return .refuse(.wrongZone)
        case .address(let address): return way(to: [address], port: target.port)
        case .name(let text):
            guard let resolver else { return .refuse(.noResolver) }
            guard let name = DNSName(text) else { return .refuse(.unreachable) }
            switch resolver.lookUp(name, families) {
            case .addresses(let addresses): return way(to: addresses, port: target.port)
            case .pending: return .wait(.timeout)
            case .failed(let failure): return .refuse(failure.refusal)
            }
        }
    }

    /// To the first address of a family that the tunnel has.
    private func way(to addresses: [IPAddress], port: UInt16) -> Answer {
        for address in addresses {
            if let held = ports.held(for: address) {
                return .dial(Way(endpoint: .tcp(address, port: port), interface: vpn.interface, ports: held))
            }
        }
        return .refuse(.unreachable)
    }

    private var families: NameResolution.Families {
        let addresses = machine.addresses
        return NameResolution.Families(
            v4: addresses.contains(where: \.isIPv4), v6: addresses.contains { !$0.isIPv4 })
    }

    // MARK: The tunnel

    private func linkIs(_ link: Link?) {
        let isLost = machine.linkIs(link, now: loop.now)
        if isLost { forgetTunnel() }
        do throws(SystemError) {
            try ports.hold(machine.addresses, now: loop.now)
            update()
        } catch {
            watcher.giveUp("\(vpn.interface): cannot \(error)")
        }
    }

    /// Everything that was learnt through it or is under way in it.
    private func forgetTunnel() {
        probe?.cancel()
        probe = nil
        ports.retire(now: loop.now)
        resolver?.reset()
    }

    private func update() {
        become(machine.readiness)
        schedule()
    }

    private func connect(to endpoint: Endpoint) throws(SystemError) -> Descriptor {
        guard case .tcp(let address, _) = endpoint, let held = ports.held(for: address) else {
            throw SystemError.noWay("connect")
        }
        return try held.connect(to: endpoint, by: vpn.interface)
    }

    // MARK: Probes

    private func schedule() {
        guard let deadline = machine.deadline else { return wake.cancel() }
        wake.schedule(after: deadline - loop.now)
    }

    private func tick() {
        ports.forget(now: loop.now)
        guard machine.tick(loop.now) else { return schedule() }
        let socket: Descriptor
        do throws(SystemError) {
            socket = try connect(to: vpn.prover.endpoint)
        } catch {
            if error.isDescriptorLimit {
                // Our own lack says nothing of the tunnel.
                machine.probePostponed(loop.now)
            } else {
                machine.probeFailed("cannot be reached: \(error.reason)", now: loop.now)
            }
            return update()
        }
        probe = VPNProbe(
            socket, isResolver: vpn.prover.isResolver, timeout: machine.probeTimeout, loop: loop
        ) { [unowned self] failure in
            probe = nil
            if let failure {
                machine.probeFailed(failure, now: loop.now)
            } else {
                machine.probeSucceeded(loop.now)
            }
            update()
        }
    }
}

extension VPNReadiness {
    /// Of a VPN of which nothing is known yet.
    fileprivate init(_ vpn: VPNConfiguration) {
        let prover = vpn.prover
        self.init(
            interface: vpn.interface, prover: prover.address,
            called: prover.isResolver ? "the resolver \(prover.address)" : "the probe \(prover.endpoint)")
    }
}

extension VPNConfiguration {
    /// Whose answer proves the tunnel: the probe where there is one, else the resolver.
    fileprivate var prover: (endpoint: Endpoint, address: IPAddress, isResolver: Bool) {
        if let probe, case .tcp(let address, _) = probe { return (probe, address, false) }
        // One of them is there: the reader of the file has seen to it.
        let address = resolver ?? .v4(IPv4Address(bits: 0))
        return (.tcp(address, port: 53), address, true)
    }
}
