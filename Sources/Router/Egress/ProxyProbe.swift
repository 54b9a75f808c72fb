import EventLoop
import Policy
import Protocols

/// Proves a SOCKS5 proxy by its own handshake, again and again: the driver of `ProxyReadiness`. Between two probes
/// the connection of the last one stays open, asking for nothing: a proxy that ends shows at once.
final class ProxyProbe {
    /// What is known of the proxy.
    var readiness: EgressReadiness { machine.readiness }
    /// Called after each change of `readiness`.
    var onChange: () -> Void = {}

    private var machine: ProxyReadiness
    private let what: String
    private let isDistant: Bool
    private let way: () -> Egress.Answer
    private let loop: EventLoop
    private let held: HeldUsers
    /// Where the probe under way was dialled.
    private var endpoint: Endpoint?
    private var handshakes = SocksChain([])
    private var stream: ByteStream?
    private lazy var wake = Watch.timer(on: loop) { [weak self] in self?.tick() }
    private lazy var timeout = Watch.timer(on: loop) { [weak self] in self?.timedOut() }

    /// - Parameters:
    ///   - what: what sentences call the proxy: "the proxy at 192.0.2.7:1080".
    ///   - isDistant: whether the way to it leads through another egress.
    ///   - held: the users of whom none is taken for the proxy.
    ///   - way: how it is dialled; its last handshake asks for nothing.
    init(
        what: String, isDistant: Bool, loop: EventLoop, held: HeldUsers, way: @escaping () -> Egress.Answer
    ) {
        self.what = what
        self.isDistant = isDistant
        self.way = way
        self.loop = loop
        self.held = held
        machine = ProxyReadiness(what: what, isDistant: isDistant)
    }

    /// Begins, and knows nothing yet.
    func start() {
        stop()
        machine = ProxyReadiness(what: what, isDistant: isDistant)
        wake.schedule(after: .zero)
    }

    func stop() {
        stream?.close()
        stream = nil
        wake.cancel()
        timeout.cancel()
    }

    func dialFailed() {
        machine.dialFailed(loop.now)
        schedule()
    }

    private func schedule() {
        guard let deadline = machine.deadline else { return }
        wake.schedule(after: deadline - loop.now)
    }

    private func tick() {
        guard machine.tick(loop.now) else { return schedule() }
        stream?.close()
        stream = nil
        let socket: Descriptor
        let isBound: Bool
        do throws(SystemError) {
            // Whoever it is reached through is not ready, or is at work on it: we are told when that changes.
            guard case .dial(let way) = way() else { return finished { $0.probePostponed(loop.now) } }
            handshakes = SocksChain(way.hops)
            isBound = way.interface != nil
            endpoint = way.endpoint
            socket = try way.connect()
        } catch {
            // Our own lack of descriptors says nothing of the proxy.
            guard error.isDescriptorLimit else {
                return failed("\(what) cannot be reached: \(error.reason)", reached: false)
            }
            return finished { $0.probePostponed(loop.now) }
        }
        let stream = ByteStream(socket, connecting: true, loop: loop, endsByReset: isBound)
        self.stream = stream
        timeout.schedule(after: machine.probeTimeout)
        stream.onConnected = { [unowned self] in
            var greeting: [UInt8] = []
            _ = handshakes.start(&greeting)
            stream.write(greeting)
        }
        stream.onBytes = { [unowned self] in received($0) }
        stream.onEnded = { [unowned self] in ended($0) }
    }

    private func ended(_ ending: ByteStream.Ending) {
        stream = nil
        guard machine.isProbing else {
            // The connection that was kept open.
            machine.keptConnectionEnded(loop.now)
            return schedule()
        }
        switch ending {
        case .failed(let error) where error.doing == "connect":
            failed("\(what) cannot be reached: \(error.reason)", reached: false)
        case .failed, .closedByPeer, .finished:
            failed("\(what) closes the connection in its SOCKS5 handshake", reached: true)
        }
    }

    private func received(_ bytes: Span<UInt8>) {
        guard machine.isProbing else { return }
        if let endpoint, held.answer(at: endpoint, to: stream?.localEndpoint) {
            return failed(
                "a program of a user whom the guard holds has the port of \(what): end it, and start the right one",
                reached: true)
        }
        var reply: [UInt8] = []
        switch handshakes.receive(bytes, output: &reply).outcome {
        case .more: stream?.write(reply)
        case .ready: finished { $0.probeSucceeded(loop.now) }
        case .failed(let failure): failed("\(what): \(failure.sentence)", reached: failure.isOfLastHop)
        }
    }

    private func timedOut() {
        failed("\(what) does not answer", reached: true)
    }

    private func failed(_ sentence: String, reached: Bool) {
        stream?.close()
        stream = nil
        finished { $0.probeFailed(sentence, reached: reached, now: loop.now) }
    }

    private func finished(_ outcome: (inout ProxyReadiness) -> Void) {
        timeout.cancel()
        let before = machine.readiness
        outcome(&machine)
        schedule()
        if machine.readiness != before { onChange() }
    }
}
