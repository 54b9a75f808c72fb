internal import CLinux

/// One of the two ends of a flow.
public enum FlowSide: Sendable {
    /// Who asked: the node or the wallet.
    case client
    /// Who was dialled: the egress.
    case upstream
}

/// What a read of a flow's socket brought.
public enum FlowRead: Hashable, Sendable {
    /// Some bytes, already handed over.
    case bytes
    /// Nothing for now.
    case nothing
    /// The peer will send no more.
    case ended
    /// The connection is broken.
    case failed(SystemError)
}

/// Handles a flow until it is relayed: the driver of a handshake. Subclasses override `ready(_:)`.
///
/// The table keeps it alive while it has the flow; after `relay` or `close` its calls do nothing.
@safe
open class FlowOwner {
    private var flow: UnsafeMutablePointer<FlowState>?

    /// An owner of nothing yet.
    public init() {}

    final func adopt(_ flow: UnsafeMutablePointer<FlowState>) {
        unsafe self.flow = flow
    }

    /// The table closes the flow on its own.
    final func forget() {
        unsafe flow = nil
    }

    final func handle(_ side: FlowSide) {
        ready(side)
    }

    /// An end became readable or writable, or broke.
    open func ready(_ side: FlowSide) {}

    /// Whether the flow is still this owner's.
    public final var isOpen: Bool { unsafe flow != nil }

    /// Whether a read of that end may bring something: an edge came, and no read has emptied it since.
    public final func isReadable(_ side: FlowSide) -> Bool {
        guard let flow = unsafe flow else { return false }
        return unsafe pointer(flow, side).pointee.isReadable
    }

    /// Whether that end has closed or broken, without taking a byte of what it sent before.
    public final func isGone(_ side: FlowSide) -> Bool {
        guard let flow = unsafe flow else { return true }
        let socket = unsafe pointer(flow, side)
        guard unsafe socket.pointee.descriptor >= 0 else { return true }
        if unsafe socket.pointee.sawEnd { return true }
        var byte: UInt8 = 0
        let count = unsafe recv(socket.pointee.descriptor, &byte, 1, Int32(MSG_PEEK))
        return count == 0 || count < 0 && lastError != EAGAIN && lastError != EINTR
    }

    /// Takes the upstream's socket, connected or connecting.
    ///
    /// - Parameter endsByReset: it is reset as soon as the client has ended, and not closed in order. For one that is
    ///   bound to an interface: the kernel answers for a connection that is closed but not forgotten (TIME_WAIT, or
    ///   data that nobody reads any more), and where it does so over IPv6 it takes any interface.
    public final func attach(upstream: consuming Descriptor, endsByReset: Bool = false) {
        guard let flow = unsafe flow else { return }
        let raw = upstream.release()
        unsafe flow.pointee.table._withUnsafeGuaranteedRef {
            unsafe $0.end(&flow.pointee.upstream, reset: true)
            unsafe flow.pointee.upstream = FlowSocket()
            unsafe flow.pointee.upstream.endsByReset = endsByReset
            unsafe $0.watch(&flow.pointee.upstream, of: flow, descriptor: raw)
        }
    }

    /// Closes the upstream's socket alone, so that another can be attached.
    public final func detachUpstream() {
        guard let flow = unsafe flow else { return }
        unsafe flow.pointee.table._withUnsafeGuaranteedRef { unsafe $0.end(&flow.pointee.upstream, reset: true) }
    }

    /// The outcome of the upstream's connect: nil when it worked.
    public final var upstreamConnectError: SystemError? {
        guard let flow = unsafe flow else { return nil }
        return unsafe Socket.connectError(flow.pointee.upstream.descriptor)
    }

    /// Reads once, at most `limit` bytes (never more than the loop's buffer), and hands them to `body`.
    public final func read(
        _ side: FlowSide, limit: Int = 65536, _ body: (Span<UInt8>) -> Void
    ) -> FlowRead {
        guard let flow = unsafe flow else { return .nothing }
        let socket = unsafe pointer(flow, side)
        let buffer = unsafe flow.pointee.table._withUnsafeGuaranteedRef { unsafe $0.loop.scratch }
        let count = unsafe recv(socket.pointee.descriptor, buffer, min(limit, EventLoop.scratchSize), 0)
        switch count {
        case 1...:
            unsafe body(UnsafeBufferPointer(start: buffer, count: count).span)
            return .bytes
        case 0: return .ended
        default:
            switch lastError {
            case EAGAIN:
                unsafe socket.pointee.isReadable = false
                return .nothing
            case EINTR: return .nothing
            default: return .failed(.current("read"))
            }
        }
    }

    /// Writes all of a short handshake message. A fresh socket's buffer takes it whole; one that does not is
    /// treated as broken.
    ///
    /// - Returns: nil when it was written.
    public final func write(_ side: FlowSide, _ bytes: [UInt8]) -> SystemError? {
        guard let flow = unsafe flow, !bytes.isEmpty else { return nil }
        let socket = unsafe pointer(flow, side)
        let written = unsafe bytes.withUnsafeBytes {
            unsafe send(socket.pointee.descriptor, $0.baseAddress, $0.count, Int32(SEND_WITHOUT_SIGNAL))
        }
        if written == bytes.count { return nil }
        return written < 0 ? .current("write") : SystemError("write", code: ENOBUFS)
    }

    /// Hands the flow over: from now on bytes pass both ways, `prefix` first, and this owner is done.
    ///
    /// - Parameter isLevin: both directions are Levin from their first byte on, which nobody has read yet but
    ///   `prefix`: what the client asks its peer for is followed (see `FlowPulse`).
    public final func relay(prefix: [UInt8], tag: FlowTag, counter: TrafficCounter, isLevin: Bool = false) {
        guard let flow = unsafe flow else { return }
        unsafe self.flow = nil
        unsafe flow.pointee.table._withUnsafeGuaranteedRef {
            unsafe $0.relay(flow, prefix: prefix, tag: tag, counter: counter, isLevin: isLevin)
        }
    }

    /// Closes both sockets; this owner is done. What the kernel has not sent to the upstream yet is thrown away;
    /// the client still gets the reply that says why.
    ///
    /// - Parameter reset: the client sees a reset instead.
    public final func close(reset: Bool = false) {
        guard let flow = unsafe flow else { return }
        unsafe self.flow = nil
        unsafe flow.pointee.table._withUnsafeGuaranteedRef { unsafe $0.close(flow, reset: reset, resetUpstream: true) }
    }

    private func pointer(_ flow: UnsafeMutablePointer<FlowState>, _ side: FlowSide) -> UnsafeMutablePointer<FlowSocket>
    {
        switch side {
        case .client: unsafe withUnsafeMutablePointer(to: &flow.pointee.client) { unsafe $0 }
        case .upstream: unsafe withUnsafeMutablePointer(to: &flow.pointee.upstream) { unsafe $0 }
        }
    }
}
