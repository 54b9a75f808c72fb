import Crypto
import EventLoop
import Policy
import Protocols

/// A stream from the node's own session to our service, as a peer would open it: what it sends must come there. Nobody
/// else can know it.
final class SAMProof {
    /// It came to nothing.
    var onFailed: () -> Void = {}

    private let nonce: [UInt8]
    private var handshakes: SocksChain
    private let stream: ByteStream
    private let loop: EventLoop
    private lazy var timeout = Watch.timer(on: loop) { [weak self] in self?.onFailed() }

    /// - Throws: `SystemError` where the bridge cannot be connected to.
    init?(by way: Way, loop: EventLoop) throws(SystemError) {
        // Levin's first byte is 1: whatever becomes of it, a node is never sent it.
        guard let random = try? Crypto.randomBytes(32) else { return nil }
        nonce = [0] + random
        handshakes = SocksChain(way.hops)
        self.loop = loop
        stream = ByteStream(try way.connect(), connecting: true, loop: loop)
        stream.onConnected = { [weak self] in
            guard let self else { return }
            var greeting: [UInt8] = []
            _ = handshakes.start(&greeting)
            stream.write(greeting)
        }
        stream.onBytes = { [weak self] in self?.received($0) }
        stream.onEnded = { [weak self] _ in self?.onFailed() }
    }

    deinit { stream.close() }

    /// Whether this is what was sent.
    func isMine(_ bytes: [UInt8]) -> Bool { Crypto.constantTimeEqual(bytes, nonce) }

    private func received(_ bytes: Span<UInt8>) {
        var words: [UInt8] = []
        switch handshakes.receive(bytes, output: &words).outcome {
        case .more: stream.write(words)
        case .failed: onFailed()
        case .ready:
            stream.write(nonce)
            timeout.schedule(after: I2PSession.Limits.arrival)
        }
    }
}
