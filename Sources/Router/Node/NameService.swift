import EventLoop
import Policy
import Protocols

/// Answers the node's questions for names that come to one listener as datagrams: the driver of `QuestionForwarding`.
///
/// Its connection to the resolver is a stream of the listener like any other, with the same rules, egress and end; what
/// is the client's socket elsewhere is one end of a pair of ours.
final class NameService {
    /// What the router does for it.
    protocol Host: AnyObject {
        /// Why no question of this client is asked; nil where it is.
        func refusal(ofQuestionFrom client: Endpoint, at listener: NodeListener) -> (Refusal?, owner: UInt32)
        /// Begins a stream to the resolver for the questions of this owner.
        ///
        /// - Returns: our end of it; nil where none can be had.
        func openStream(of listener: NodeListener, owner: UInt32) -> ByteStream?
        /// Counts a refused question.
        func refused(_ refusal: Refusal, at listener: NodeListener)
    }

    private unowned let listener: NodeListener
    private unowned let host: any Host
    private let loop: EventLoop
    private var machine = QuestionForwarding()
    private var stream: ByteStream?
    private var owner = FlowTag.unknownOwner
    private var random = SystemRandomNumberGenerator()
    private lazy var wake = Watch.timer(on: loop) { [unowned self] in apply { $0.tick(loop.now) } }

    init(_ listener: NodeListener, host: any Host, loop: EventLoop) {
        self.listener = listener
        self.host = host
        self.loop = loop
        listener.datagrams?.onDatagram = { [unowned self] in asked($0, by: $1) }
    }

    /// Nothing more is asked, and whoever waits is told so.
    func cut() { apply { $0.cut() } }

    private func asked(_ datagram: Span<UInt8>, by client: Endpoint) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(datagram.count)
        for index in datagram.indices { bytes.append(datagram[index]) }
        let query: DNSQuery
        do throws(DNSFailure) {
            query = try DNSQuery(bytes)
        } catch {
            // No question: there is nobody to be answered, and nothing to say.
            return host.refused(.badRequest, at: listener)
        }
        let (refusal, owner) = host.refusal(ofQuestionFrom: client, at: listener)
        if let refusal {
            host.refused(refusal, at: listener)
            listener.datagrams?.send(query.answer(.refused), to: client)
            return
        }
        self.owner = owner
        apply { $0.asked(query, bytes, by: client, now: loop.now, random: &random) }
    }

    private func apply(_ event: (inout QuestionForwarding) -> [QuestionForwarding.Effect]) {
        act(event(&machine))
        if let deadline = machine.deadline { wake.schedule(after: deadline - loop.now) } else { wake.cancel() }
    }

    private func act(_ effects: [QuestionForwarding.Effect]) {
        for effect in effects {
            switch effect {
            case .connect: connect()
            case .send(let bytes): stream?.write(bytes)
            case .close:
                stream?.close()
                stream = nil
            case .answer(let bytes, let client): listener.datagrams?.send(bytes, to: client)
            }
        }
    }

    private func connect() {
        stream?.close()
        stream = host.openStream(of: listener, owner: owner)
        guard let stream else {
            // Not inside this call: the machine's own effects come first.
            return soon.schedule(after: .milliseconds(100))
        }
        stream.onBytes = { [unowned self] bytes in apply { $0.received(bytes, now: loop.now) } }
        stream.onEnded = { [unowned self] _ in ended() }
    }

    private lazy var soon = Watch.timer(on: loop) { [unowned self] in if stream == nil { ended() } }

    private func ended() {
        stream = nil
        apply { $0.closed(now: loop.now) }
    }
}
