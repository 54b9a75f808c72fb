import EventLoop
import Policy
import Protocols

/// Proves a SOCKS5 proxy by its own handshake, again and again: the driver of `ProxyReadiness`.
final class ProxyProbe {
    /// What is known of the proxy.
    var readiness: EgressReadiness { machine.readiness }
    /// Called after each change of `readiness`.
    var onChange: () -> Void = {}

    private var machine: ProxyReadiness
    private let endpoint: Endpoint
    private let credentials: Credentials?
    private let what: String
    private let loop: EventLoop
    private var handshake = SocksClient(probeWith: nil)
    private var stream: ByteStream?
    private lazy var wake = Watch.timer(on: loop) { [weak self] in self?.tick() }
    private lazy var timeout = Watch.timer(on: loop) { [weak self] in self?.timedOut() }

    init(_ endpoint: Endpoint, credentials: Credentials?, what: String, loop: EventLoop) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.what = what
        self.loop = loop
        machine = ProxyReadiness(what: what)
    }

    func start() {
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
        let socket: Descriptor
        do throws(SystemError) {
            socket = try Socket.connect(to: endpoint)
        } catch {
            // Our own lack of descriptors says nothing of the proxy.
            guard error.isDescriptorLimit else {
                return failed("\(what) cannot be reached: \(error.reason)", reached: false)
            }
            return finished { $0.probePostponed(loop.now) }
        }
        let stream = ByteStream(socket, connecting: true, loop: loop)
        self.stream = stream
        handshake = SocksClient(probeWith: credentials)
        timeout.schedule(after: ProxyReadiness.probeTimeout)
        stream.onConnected = { [unowned self] in
            var greeting: [UInt8] = []
            handshake.start(&greeting)
            stream.write(greeting)
        }
        stream.onBytes = { [unowned self] in received($0) }
        stream.onEnded = { [unowned self] ending in
            switch ending {
            case .failed(let error) where error.doing == "connect":
                failed("\(what) cannot be reached: \(error.reason)", reached: false)
            case .failed, .closedByPeer, .finished:
                failed("\(what) closes the connection in its SOCKS5 handshake", reached: true)
            }
        }
    }

    private func received(_ bytes: Span<UInt8>) {
        var reply: [UInt8] = []
        switch handshake.receive(bytes, output: &reply).outcome {
        case .more: stream?.write(reply)
        case .ready: finished { $0.probeSucceeded(loop.now) }
        case .failed(let failure): failed("\(what): \(failure.sentence)", reached: true)
        }
    }

    private func timedOut() {
        failed("\(what) does not answer", reached: true)
    }

    private func failed(_ sentence: String, reached: Bool) {
        finished { $0.probeFailed(sentence, reached: reached, now: loop.now) }
    }

    private func finished(_ outcome: (inout ProxyReadiness) -> Void) {
        stream?.close()
        stream = nil
        timeout.cancel()
        let before = machine.readiness
        outcome(&machine)
        schedule()
        if machine.readiness != before { onChange() }
    }
}
