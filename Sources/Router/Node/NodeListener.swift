import EventLoop
import Policy
import Protocols

/// One of the node's SOCKS listeners: accepts, counts, and pauses at its limits.
final class NodeListener {
    let configuration: NodeListenerConfiguration
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
    /// Called with each connection.
    var onAccept: (consuming Descriptor, NodeListener) -> Void = { _, _ in }
    /// Called when the kernel has no descriptor left for a connection that waits.
    var onDescriptorLimit: (NodeListener, SystemError) -> Void = { _, _ in }

    /// How many connections are taken in one turn of the loop.
    private static let batch = 64

    /// Listens, and accepts nothing until `resume`.
    ///
    /// - Throws: a sentence that names the listener: "node.proxy: 127.0.0.1:18950 is taken …".
    init(_ configuration: NodeListenerConfiguration, id: UInt32, loop: EventLoop) throws(StartFailure) {
        self.configuration = configuration
        self.id = id
        self.loop = loop
        requestClass =
            switch configuration.role {
            case .p2p: .p2p
            case .torZone: .torZone
            case .i2pZone: .i2pZone
            }
        do throws(SystemError) {
            descriptor = try Socket.listen(at: configuration.endpoint)
        } catch {
            throw StartFailure(
                "\(configuration.name) cannot listen at \(configuration.endpoint): \(error.reason); "
                    + "end what has that port, or give another in [node]")
        }
    }

    var name: String { configuration.name }
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
                guard let client = try Socket.accept(from: descriptor) else { return }
                accepted += 1
                open += 1
                onAccept(client, self)
            } catch {
                return onDescriptorLimit(self, error)
            }
        }
    }
}
