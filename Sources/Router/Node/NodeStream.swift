import EventLoop
import Policy
import Protocols

/// The driver of one `NodeConnection`: moves its bytes and does what it says. It ends when the stream is relayed,
/// which needs no object, or closed.
final class NodeStream: FlowOwner {
    /// What the router does for its streams.
    protocol Host: AnyObject {
        /// Finds a way for a stream, and dials it.
        func route(_ stream: NodeStream, to destination: Destination) -> NodeConnection.Routing
        /// The stream waits for nothing any more: it is relayed or refused.
        func finished(_ stream: NodeStream, _ refusal: Refusal?)
        /// The egress did not answer as it should.
        func dialFailed(_ stream: NodeStream)
        /// The circuit that it went by will not do for it: the next dial is to have another.
        func leaveCircuit(_ stream: NodeStream)
        var now: Instant { get }
    }

    let listener: StreamSource
    /// What it will be relayed as. The router fills it as it routes.
    var tag = FlowTag()
    /// Where the router keeps it among the streams in handshake.
    var place = 0
    private unowned let host: any Host
    private var connection: NodeConnection
    /// Bytes that came with the SOCKS request and belong to what follows it, or that were read before the stream was one.
    private var early: [UInt8]

    init(_ listener: StreamSource, host: any Host, connection: NodeConnection, early: [UInt8] = []) {
        self.listener = listener
        self.host = host
        self.connection = connection
        self.early = early
    }

    var deadline: Instant { connection.deadline }
    var destination: Destination? { connection.destination }
    /// Whether it was given an egress.
    var isUnderWay: Bool { connection.isUnderWay }
    var isHolding: Bool { connection.isHolding }

    override func ready(_ side: FlowSide) {
        switch side {
        case .client: clientReady()
        case .upstream: upstreamReady()
        }
    }

    /// What follows the accept of a connection that asks for nothing.
    func start() {
        apply(connection.start())
        if !early.isEmpty { clientReady() }
    }
    func tick(_ now: Instant) { apply(connection.tick(now)) }
    func egressLost() { apply(connection.egressLost(now: host.now)) }
    func told(_ event: TorStreamEvent, isOurs: Bool) { apply(connection.told(event, isOurs: isOurs, now: host.now)) }
    func retry() { apply(connection.retry()) }
    func cut(_ refusal: Refusal) { apply(connection.cut(refusal)) }

    private func clientReady() {
        if !early.isEmpty, connection.wantsClientBytes {
            let held = early
            early = []
            clientSent(held.span)
        }
        while isOpen, connection.wantsClientBytes, isReadable(.client) {
            // A SOCKS request fits in a kilobyte; a first frame may be longer.
            switch read(.client, limit: connection.wantsFirstFrame ? 65536 : 1024, clientSent) {
            case .bytes: break
            case .nothing: return
            case .ended, .failed: apply(connection.clientEnded())
            }
        }
        if isOpen, !connection.wantsClientBytes, isGone(.client) { apply(connection.clientEnded()) }
    }

    /// What the SOCKS request does not take is kept for the first frame: one read of it at the most, since nothing
    /// more is read before the reply.
    private func clientSent(_ bytes: Span<UInt8>) {
        let (consumed, step) = connection.clientSent(bytes, now: host.now)
        for index in consumed..<bytes.count { early.append(bytes[index]) }
        apply(step)
    }

    private func upstreamReady() {
        if connection.isDialling {
            if upstreamConnectError != nil {
                return apply(connection.upstreamEnded(now: host.now))
            }
            apply(connection.upstreamConnected(now: host.now))
        }
        while isOpen, connection.wantsUpstreamBytes, isReadable(.upstream) {
            switch read(.upstream, limit: 512, { apply(connection.upstreamSent($0, now: host.now)) }) {
            case .bytes: break
            case .nothing: return
            case .ended, .failed:
                return apply(connection.upstreamEnded(now: host.now))
            }
        }
        guard isOpen, connection.wantsFirstFrame else { return }
        if isGone(.upstream) {
            apply(connection.upstreamEnded(now: host.now))
        } else {
            clientReady()
        }
    }

    private func apply(_ step: NodeConnection.Step) {
        guard isOpen else { return }
        let clientBroke = write(.client, step.toClient) != nil
        let upstreamBroke = write(.upstream, step.toUpstream) != nil
        switch step.next {
        case .wait:
            if clientBroke { return apply(connection.clientEnded()) }
            if upstreamBroke { return apply(connection.upstreamEnded(now: host.now)) }
        case .route(let destination):
            apply(connection.routed(host.route(self, to: destination), now: host.now))
        case .dropUpstream:
            host.dialFailed(self)
            detachUpstream()
        case .leaveCircuit:
            host.leaveCircuit(self)
            detachUpstream()
        case .relay(let prefix):
            host.finished(self, nil)
            // Only such a stream has passed the gate that knows Levin, and only on it does a node ask for blocks.
            relay(
                prefix: prefix + early, tag: tag, counter: listener.traffic, isLevin: listener.requestClass == .p2p)
        case .close(let refusal):
            // Unread bytes would turn the close into a reset, which can overtake the reply that says why.
            // A client that was redirected reads no reply, and is to see a reset.
            let resets = connection.refusesByReset
            if !resets, isReadable(.client) { _ = read(.client) { _ in } }
            if refusal == .proxyFailed { host.dialFailed(self) }
            host.finished(self, refusal)
            close(reset: resets)
        }
    }
}
