// Both system modules include the socket headers; Swift takes either as their home.
internal import CLibevent
internal import CLinux
public import Protocols

/// A UDP socket at an address of this machine that hears and answers anybody who can reach it. Non-blocking, closed on
/// exec.
@safe
public final class DatagramSocket {
    /// Called with each datagram and who sent it.
    public var onDatagram: (Span<UInt8>, Endpoint) -> Void = { _, _ in }

    private let descriptor: Descriptor
    private let loop: EventLoop
    private var watch: Watch?
    /// How many datagrams are taken in one turn of the loop.
    private static let batch = 16

    /// Takes the address, and nothing that comes to it until `resume`.
    ///
    /// - Parameter endpoint: address and port; a Unix socket's is refused by the kernel.
    /// - Throws: `SystemError` when the port is taken, or the address is none of this machine's.
    public init(at endpoint: Endpoint, loop: EventLoop) throws(SystemError) {
        let doing = "listen at \(endpoint) (UDP)"
        self.loop = loop
        descriptor = try Socket.make(endpoint, type: SOCK_DGRAM, doing: doing)
        if case .tcp(.v6, _) = endpoint { Socket.setOption(descriptor.raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let raw = descriptor.raw
        let bound = unsafe withSocketAddress(of: endpoint) { unsafe bindSocket(raw, $0, $1) }
        guard bound == 0 else { throw .current(doing) }
    }

    /// Hears from now on.
    public func resume() {
        guard watch == nil else { return }
        watch = Watch.listener(descriptor.raw, on: loop) { [unowned self] in receiveBatch() }
    }

    /// Hears nothing; what comes waits in the kernel's queue, as much as fits.
    public func pause() {
        watch?.cancel()
        watch = nil
    }

    /// Sends a datagram. One that the kernel does not take now is lost, as any may be.
    public func send(_ bytes: [UInt8], to endpoint: Endpoint) {
        let raw = descriptor.raw
        _ = unsafe withSocketAddress(of: endpoint) { name, length in
            unsafe bytes.withUnsafeBytes { unsafe sendDatagram(raw, $0.baseAddress, $0.count, name, length, -1) }
        }
    }

    private func receiveBatch() {
        for _ in 0..<Self.batch where watch != nil {
            var sender = sockaddr_storage()
            let count = unsafe receiveDatagram(descriptor.raw, loop.scratch, EventLoop.scratchSize, &sender)
            guard count >= 0 else {
                // An error of one that was sent before (nobody listens there any more) says nothing of the others.
                if lastError == EAGAIN { return }
                continue
            }
            guard count <= EventLoop.scratchSize, let who = endpoint(of: &sender) else { continue }
            // A handler may read elsewhere, which would overwrite the loop's buffer: hand over a copy.
            let bytes = unsafe Array(UnsafeBufferPointer(start: loop.scratch, count: count))
            onDatagram(bytes.span, who)
        }
    }
}
