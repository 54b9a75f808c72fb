internal import CLinux

/// A connected stream socket for conversations that are not relayed: control clients, Tor's control port, probes.
/// It queues what cannot be written at once, and reads until its handlers are let go.
@safe
public final class ByteStream {
    /// How a stream ended.
    public enum Ending: Hashable, Sendable {
        /// The other side closed it.
        case closedByPeer
        /// All was written, and `closeAfterWriting` had asked for no more.
        case finished
        /// The connect or the connection failed.
        case failed(SystemError)
    }

    private var descriptor: Descriptor?
    private var watch: Watch?
    /// Goes on reading after a pause; made when it is first needed.
    private var again: Watch?
    private let loop: EventLoop
    private var queue: [UInt8] = []
    private var queueStart = 0
    private var isConnecting: Bool
    private var closesAfterQueue = false
    private let endsByReset: Bool
    /// Past this many unread bytes the other side is not reading: the stream ends.
    private let queueLimit: Int
    /// How many reads in one turn of the loop.
    private static let turn = 8

    /// Called once, when a connect has succeeded.
    public var onConnected: () -> Void = {}
    /// Called with the bytes of each read.
    public var onBytes: (Span<UInt8>) -> Void = { _ in }
    /// Called once, when the stream ends other than by `close()`.
    public var onEnded: (Ending) -> Void = { _ in }

    /// Takes a socket, connected or connecting; handlers are called from the next turn of the loop.
    ///
    /// - Parameter endsByReset: it is reset, not closed in order; see `FlowOwner.attach`.
    public init(
        _ descriptor: consuming Descriptor, connecting: Bool, loop: EventLoop, queueLimit: Int = 1 << 20,
        endsByReset: Bool = false
    ) {
        self.loop = loop
        self.endsByReset = endsByReset
        self.queueLimit = queueLimit
        isConnecting = connecting
        let raw = descriptor.raw
        self.descriptor = consume descriptor
        watch = Watch.descriptor(raw, on: loop) { [weak self] in self?.ready($0) }
    }

    /// Who is at the other end of a Unix socket.
    public var peerCredentials: Socket.PeerCredentials? {
        guard descriptor != nil else { return nil }
        return Socket.peerCredentials(of: raw)
    }

    /// Whether it has neither ended nor been closed.
    public var isOpen: Bool { descriptor != nil }

    /// Whether the other side has closed, though not all it sent may be read yet.
    public var isPeerGone: Bool {
        guard isOpen else { return true }
        var byte: UInt8 = 0
        return unsafe recv(raw, &byte, 1, Int32(MSG_PEEK)) == 0
    }

    /// Sends these bytes after those before them.
    public func write(_ bytes: [UInt8]) {
        guard isOpen, !closesAfterQueue else { return }
        queue.append(contentsOf: bytes)
        if !isConnecting { flush() }
    }

    /// Closes once all is written, and says `.finished`; that may be before this call returns.
    public func closeAfterWriting() {
        closesAfterQueue = true
        if isOpen, !isConnecting { flush() }
    }

    /// Closes now. No handler is called any more.
    public func close() {
        watch?.cancel()
        watch = nil
        if endsByReset, isOpen { Socket.setReset(raw) }
        again = nil
        descriptor = nil
        queue = []
        queueStart = 0
        onConnected = {}
        onBytes = { _ in }
        onEnded = { _ in }
    }

    private var raw: Int32 { descriptor?.raw ?? -1 }

    private func end(_ ending: Ending) {
        let handler = onEnded
        close()
        handler(ending)
    }

    private func ready(_ readiness: SocketReadiness) {
        if isConnecting {
            guard readiness.contains(.writable) else { return }
            if let error = Socket.connectError(raw) { return end(.failed(error)) }
            isConnecting = false
            onConnected()
        }
        if readiness.contains(.writable), isOpen { flush() }
        if readiness.contains(.readable), again?.isPending != true { readAll() }
    }

    private func readAll() {
        for _ in 0..<Self.turn where isOpen {
            let count = unsafe recv(raw, loop.scratch, EventLoop.scratchSize, 0)
            if count > 0 {
                // A handler may read elsewhere, which would overwrite the loop's buffer: hand over a copy.
                let bytes = unsafe Array(UnsafeBufferPointer(start: loop.scratch, count: count))
                onBytes(bytes.span)
            } else if count == 0 {
                return end(.closedByPeer)
            } else if lastError == EAGAIN {
                return
            } else if lastError != EINTR {
                return end(.failed(.current("read")))
            }
        }
        // Whoever writes without pause waits for the others' turn. A pause, since an event made active in its own
        // call is called again before any of lower priority, and before the kernel is asked.
        guard isOpen else { return }
        if again == nil { again = Watch.timer(on: loop) { [weak self] in self?.readAll() } }
        again?.schedule(after: .milliseconds(1))
    }

    private func flush() {
        while queueStart < queue.count {
            let written = unsafe queue.withUnsafeBytes {
                unsafe send(raw, $0.baseAddress?.advanced(by: queueStart), $0.count - queueStart, Int32(MSG_NOSIGNAL))
            }
            if written > 0 {
                queueStart += written
                if queueStart > 65536 {
                    queue.removeFirst(queueStart)
                    queueStart = 0
                }
            } else if lastError == EAGAIN {
                if queue.count - queueStart > queueLimit {
                    return end(.failed(SystemError("write to a client that does not read", code: ENOBUFS)))
                }
                return
            } else if lastError != EINTR {
                return end(.failed(.current("write")))
            }
        }
        queue.removeAll(keepingCapacity: queue.count < 65536)
        queueStart = 0
        if closesAfterQueue { end(.finished) }
    }
}
