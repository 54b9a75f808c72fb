import EventLoop
import Policy
import Protocols

/// One of the node's SOCKS listeners: accepts, counts, and pauses at its limits.
final class NodeListener {
    /// As the operator wrote it; nil for one of the router's own.
    let configuration: NodeListenerConfiguration?
    let name: String
    /// Where it listens; the port that the kernel chose where none was asked for.
    let endpoint: Endpoint
    /// What a client must say to be let in; nil where none is asked for.
    let password: Credentials?
    /// Its number in this run, never used again: relays are tagged with it.
    let id: UInt32
    let requestClass: RequestClass
    let traffic = TrafficCounter()
    private(set) var accepted: UInt64 = 0
    private(set) var refused: [Refusal: UInt64] = [:]
    /// Connections of it that are open, in handshake or relayed.
    private(set) var open = 0

    private let descriptor: Descriptor
    private let loop: EventLoop
    private var watch: Watch?
    /// Called with each connection, and the client's end of it.
    var onAccept: (consuming Descriptor, Endpoint?, NodeListener) -> Void = { _, _, _ in }
    /// Called when the kernel has no descriptor left for a connection that waits.
    var onDescriptorLimit: (NodeListener, SystemError) -> Void = { _, _ in }

    /// How many connections are taken in one turn of the loop.
    private static let batch = 64

    /// Listens, and accepts nothing until `resume`.
    ///
    /// - Throws: a sentence that names the listener: "node.proxy: 127.0.0.1:18950 is taken …".
    convenience init(_ configuration: NodeListenerConfiguration, id: UInt32, loop: EventLoop) throws(StartFailure) {
        let requestClass: RequestClass =
            switch configuration.role {
            case .p2p: .p2p
            case .torZone: .torZone
            case .i2pZone: .i2pZone
            }
        try self.init(
            configuration, name: configuration.name, requestClass: requestClass, endpoint: configuration.endpoint,
            password: nil, id: id, loop: loop)
    }

    /// One that no key of the configuration names; `configuration` only for one that a key does.
    init(
        _ configuration: NodeListenerConfiguration? = nil, name: String, requestClass: RequestClass,
        endpoint: Endpoint, password: Credentials?, id: UInt32, loop: EventLoop
    ) throws(StartFailure) {
        self.configuration = configuration
        self.name = name
        self.requestClass = requestClass
        self.password = password
        self.id = id
        self.loop = loop
        do throws(SystemError) {
            descriptor = try Socket.listen(at: endpoint)
            self.endpoint = try Socket.localEndpoint(of: descriptor) ?? endpoint
        } catch {
            throw StartFailure(
                "\(name) cannot listen at \(endpoint): \(error.reason); "
                    + "end what has that port, or give another in [node]")
        }
    }

    var isPaused: Bool { watch == nil }

    /// Accepts from now on.
    func resume() {
        guard watch == nil else { return }
        watch = Watch.listener(descriptor.raw, on: loop) { [unowned self] in acceptBatch() }
    }

    /// Accepts nothing; who connects waits in the kernel's queue.
    func pause() {
        watch?.cancel()
        watch = nil
    }

    func count(_ refusal: Refusal) {
        refused[refusal, default: 0] += 1
    }

    func closed() {
        open -= 1
    }

    private func acceptBatch() {
        for _ in 0..<Self.batch where !isPaused {
            do throws(SystemError) {
                var peer: Endpoint?
                guard let client = try Socket.accept(from: descriptor, peer: &peer) else { return }
                accepted += 1
                open += 1
                onAccept(client, peer, self)
            } catch {
                return onDescriptorLimit(self, error)
            }
        }
    }
}
