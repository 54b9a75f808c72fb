import EventLoop
import Protocols

/// A listening socket from which connections are taken in batches, or not at all for now.
final class Acceptor {
    /// Where it listens; the port that the kernel chose where none was asked for.
    let endpoint: Endpoint
    private var descriptor: Descriptor?
    private let loop: EventLoop
    private var watch: Watch?
    /// Called with each connection, and the client's end of it.
    var onAccept: (consuming Descriptor, Endpoint?) -> Void = { _, _ in }
    /// Called when the kernel has no descriptor left for a connection that waits.
    var onDescriptorLimit: (SystemError) -> Void = { _ in }

    /// How many connections are taken in one turn of the loop.
    private static let batch = 64

    /// Listens, and accepts nothing until `resume`.
    ///
    /// - Parameter mend: what to do when the port is taken.
    /// - Throws: a sentence that names the listener: "node.proxy cannot listen at 127.0.0.1:18950 …".
    init(at wanted: Endpoint, name: String, mend: String, loop: EventLoop) throws(StartFailure) {
        self.loop = loop
        do throws(SystemError) {
            let descriptor = try Socket.listen(at: wanted)
            endpoint = try Socket.localEndpoint(of: descriptor) ?? wanted
            self.descriptor = consume descriptor
        } catch {
            throw StartFailure(
                "\(name) cannot listen at \(wanted): \(error.reason); \(mend)", isNoAddress: error.isNoAddress)
        }
    }

    var isPaused: Bool { watch == nil }

    /// Accepts from now on.
    func resume() {
        guard watch == nil, let raw = descriptor?.raw else { return }
        watch = Watch.listener(raw, on: loop) { [unowned self] in acceptBatch() }
    }

    /// Accepts nothing; who connects waits in the kernel's queue.
    func pause() {
        watch?.cancel()
        watch = nil
    }

    /// Listens no more, for good: who waits in the kernel's queue is reset, and who connects is refused.
    func close() {
        pause()
        descriptor = nil
    }

    private func acceptBatch() {
        for _ in 0..<Self.batch where !isPaused {
            guard let raw = descriptor?.raw else { return }
            do throws(SystemError) {
                var peer: Endpoint?
                guard let client = try Socket.accept(fromOpen: raw, peer: &peer) else { return }
                onAccept(client, peer)
            } catch {
                return onDescriptorLimit(error)
            }
        }
    }
}
