import EventLoop
import Protocols

/// One connection to a SAM bridge at which our service waits for a peer: the driver of a `SAMStreamClient`. With the first
/// byte of a peer it is that peer's stream, and given away.
final class SAMAccept {
    /// The bridge was asked: it waits.
    var onWaiting: () -> Void = {}
    /// A peer has come: the stream, and what was read of it.
    var onPeer: (consuming Descriptor, [UInt8]) -> Void = { _, _ in }
    /// It ended without a peer.
    var onEnded: () -> Void = {}

    private var machine: SAMStreamClient
    private let stream: ByteStream
    private var isWaiting = false

    /// - Throws: `SystemError` where the bridge cannot be connected to.
    init(at endpoint: Endpoint, session: SAMSessionID, loop: EventLoop) throws(SystemError) {
        machine = SAMStreamClient(.accept, of: session)
        stream = ByteStream(try Socket.connect(to: endpoint), connecting: true, loop: loop)
        stream.onConnected = { [weak self] in self?.connected() }
        stream.onBytes = { [weak self] in self?.received($0) }
        stream.onEnded = { [weak self] _ in self?.onEnded() }
    }

    deinit { stream.close() }

    func close() { stream.close() }

    private func connected() {
        var greeting: [UInt8] = []
        machine.start(&greeting)
        stream.write(greeting)
    }

    private func received(_ bytes: Span<UInt8>) {
        var start = 0
        if !isWaiting {
            var words: [UInt8] = []
            let (consumed, outcome) = machine.receive(bytes, output: &words)
            switch outcome {
            case .more: return
            case .failed:
                stream.close()
                return onEnded()
            case .ready:
                stream.write(words)
                isWaiting = true
                start = consumed
                onWaiting()
            }
        }
        guard start < bytes.count, let given = stream.release() else { return }
        onPeer(given, [UInt8](copying: bytes.extracting(start..<bytes.count)))
    }
}
