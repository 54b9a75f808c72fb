internal import CLinux
public import Protocols

/// A connected stream socket whose bytes are looked at: control clients, Tor's control port, probes, wallets and their
/// nodes. It queues what cannot be written at once, and reads until its handlers are let go, or it is paused.
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

    /// Whose conversation a stream is, and how much of the loop it may take.
    public enum Work: Sendable {
        /// The router's own: it goes before all traffic, and waits a moment after each turn.
        case control
        /// Somebody's traffic: it takes its turn among the rest of it, as often as there is something.
        case traffic
        /// The same, in messages that are answered. A read that did not fill the buffer and ends a message (`tookWhole`) is
        /// taken for all there is, which saves a call to the kernel for each. A reset that comes together with it is learnt
        /// of by the next write. In the midst of a message it must be looked for: it is told by the same event as the bytes
        /// before it, and libevent tells it as readable and writable, not as closing.
        case answeredTraffic
    }

    private var descriptor: Descriptor?
    private var watch: Watch?
    /// Goes on reading after a pause; made when it is first needed.
    private var again: Watch?
    private let loop: EventLoop
    private var queue = WriteQueue()
    private var isConnecting: Bool
    private var isPaused = false
    /// Whether there may be something to read that nothing will tell of any more.
    private var mayHaveUnread = false
    /// Whether what was handed over last ends a message.
    private var isWhole = false
    /// Whether the other side's end has been told of.
    private var isClosing = false
    private var closesAfterQueue = false
    private let endsByReset: Bool
    private let work: Work
    private let borrowsBuffer: Bool
    /// Past this many unread bytes the other side is not reading: the stream ends.
    private let queueLimit: Int

    /// Called once, when a connect has succeeded.
    public var onConnected: () -> Void = {}
    /// Called with the bytes of each read.
    public var onBytes: (Span<UInt8>) -> Void = { _ in }
    /// Called from the loop, when all is written after some of it had to wait. Never from within `write`.
    public var onDrained: () -> Void = {}
    /// Called once, when the stream ends other than by `close()`.
    public var onEnded: (Ending) -> Void = { _ in }

    /// Takes a socket, connected or connecting; handlers are called from the next turn of the loop.
    ///
    /// - Parameters:
    ///   - queueLimit: an unread queue that is longer than this ends the stream.
    ///   - endsByReset: it is reset, not closed in order; see `FlowOwner.attach`.
    ///   - borrowsBuffer: `onBytes` is handed the loop's own buffer, and must not let anything else read into it while
    ///     it looks: it starts no `read` of a flow, and turns no loop. Without it, it is handed a copy.
    public init(
        _ descriptor: consuming Descriptor, connecting: Bool, loop: EventLoop, queueLimit: Int = 1 << 20,
        endsByReset: Bool = false, work: Work = .control, borrowsBuffer: Bool = false
    ) {
        self.loop = loop
        self.endsByReset = endsByReset
        self.queueLimit = queueLimit
        self.work = work
        self.borrowsBuffer = borrowsBuffer
        isConnecting = connecting
        let raw = descriptor.raw
        self.descriptor = consume descriptor
        watch = Watch.descriptor(raw, on: loop, isUrgent: work == .control) { [weak self] in self?.ready($0) }
    }

    /// Who is at the other end of a Unix socket.
    public var peerCredentials: Socket.PeerCredentials? {
        guard descriptor != nil else { return nil }
        return Socket.peerCredentials(of: raw)
    }

    /// Our end's address; nil where it is closed, or has none.
    public var localEndpoint: Endpoint? {
        guard let raw = descriptor?.raw else { return nil }
        return try? Socket.localEndpoint(ofOpen: raw)
    }

    /// Whether it has neither ended nor been closed.
    public var isOpen: Bool { descriptor != nil }

    /// Whether the other side has closed, though not all it sent may be read yet.
    public var isPeerGone: Bool {
        guard isOpen else { return true }
        var byte: UInt8 = 0
        return unsafe recv(raw, &byte, 1, Int32(MSG_PEEK)) == 0
    }

    /// How many bytes the kernel has not taken yet.
    public var queuedBytes: Int { queue.count }

    /// Sends these bytes after those before them.
    public func write(_ bytes: [UInt8]) { write(bytes.span) }

    /// Sends these bytes after those before them.
    public func write(_ bytes: Span<UInt8>) {
        guard isOpen, !closesAfterQueue else { return }
        if isConnecting { return queue.append(bytes) }
        written(queue.write(bytes, to: raw))
    }

    /// Closes once all is written, and says `.finished`; that may be before this call returns.
    public func closeAfterWriting() {
        closesAfterQueue = true
        if isOpen, !isConnecting { written(queue.write(to: raw)) }
    }

    /// Reads no more until `resume()`: what comes stays with the kernel, and its sender has to wait. That the other
    /// side has ended is still noticed, once all that it sent before is read.
    public func pause() { isPaused = true }

    /// Reads again, from the next turn of the loop on.
    public func resume() {
        guard isPaused else { return }
        isPaused = false
        if mayHaveUnread, isOpen { readAgain(after: .zero) }
    }

    /// Acknowledges at once what was read (TCP_QUICKACK), without waiting for an answer to carry it: for a sender that
    /// waits for it. A wallet sends a request's head and body in two writes with Nagle's algorithm on, and an ordinary
    /// proxy's delayed acknowledgement of the head costs each request 43 ms. On a Unix socket it does nothing.
    public func acknowledgeNow() {
        guard isOpen else { return }
        Socket.setOption(raw, Int32(IPPROTO_TCP), TCP_QUICKACK, 1)
    }

    /// Said while `onBytes` looks: the bytes end a message.
    public func tookWhole() { isWhole = true }

    /// Gives the socket away as it is, for another to read and write it from here on; nil where it is closed. What was
    /// read is with whom it was handed to, and what was not written yet is lost. No handler is called any more.
    public func release() -> Descriptor? {
        let given = descriptor.take()
        close()
        return given
    }

    /// Closes now. No handler is called any more.
    ///
    /// - Parameter byReset: what the kernel has not sent yet is thrown away, and the other side gets a reset.
    public func close(byReset: Bool = false) {
        watch?.cancel()
        watch = nil
        if endsByReset || byReset, isOpen { Socket.setReset(raw) }
        again = nil
        descriptor = nil
        queue.clear()
        onConnected = {}
        onBytes = { _ in }
        onDrained = {}
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
        if readiness.contains(.writable), isOpen, closesAfterQueue || !queue.isEmpty {
            written(queue.write(to: raw))
            if isOpen, queue.isEmpty { onDrained() }
        }
        guard readiness.contains(.readable), isOpen else { return }
        mayHaveUnread = true
        if readiness.contains(.closing) { isClosing = true }
        if isPaused { return lookForEnd() }
        if again?.isPending != true { readAll() }
    }

    /// While it is paused: the end of one that has sent nothing more before it.
    private func lookForEnd() {
        var byte: UInt8 = 0
        let count = unsafe recv(raw, &byte, 1, Int32(MSG_PEEK))
        if count == 0 {
            end(.closedByPeer)
        } else if count < 0, lastError != EAGAIN, lastError != EINTR {
            end(.failed(.current("read")))
        }
    }

    /// How many reads in one turn of the loop.
    private var turn: Int { work == .control ? 8 : 16 }

    private func readAll() {
        for _ in 0..<turn {
            guard isOpen, !isPaused else { return }
            let count = unsafe recv(raw, loop.scratch, EventLoop.scratchSize, 0)
            if count > 0 {
                isWhole = false
                hand(count)
                if work == .answeredTraffic, isWhole, count < EventLoop.scratchSize, !isClosing {
                    mayHaveUnread = false
                    return
                }
            } else if count == 0 {
                return end(.closedByPeer)
            } else if lastError == EAGAIN {
                mayHaveUnread = false
                return
            } else if lastError != EINTR {
                return end(.failed(.current("read")))
            }
        }
        // Whoever writes without pause waits for the others' turn.
        if isOpen, !isPaused { readAgain(after: .milliseconds(1)) }
    }

    private func hand(_ count: Int) {
        let bytes = unsafe UnsafeBufferPointer(start: loop.scratch, count: count)
        if borrowsBuffer { return unsafe onBytes(bytes.span) }
        let copy = unsafe Array(bytes)
        onBytes(copy.span)
    }

    private func readAgain(after delay: Duration) {
        // An event that is made active in its own call is called again before any of lower urgency, and before the
        // kernel is asked: so only what has none below it, and the loop looks for more urgent ones in between.
        guard work == .control else { return watch?.callAgain() ?? () }
        if again == nil { again = Watch.timer(on: loop) { [weak self] in self?.readAll() } }
        again?.schedule(after: delay)
    }

    private func written(_ outcome: WriteQueue.Outcome) {
        switch outcome {
        case .empty:
            if closesAfterQueue { end(.finished) }
        case .full:
            guard queue.count > queueLimit else { return }
            end(.failed(SystemError("write to a client that does not read", code: ENOBUFS)))
        case .failed(let error):
            end(.failed(error))
        }
    }
}
