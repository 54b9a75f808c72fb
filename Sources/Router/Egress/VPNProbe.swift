import EventLoop
import Policy
import Protocols

/// Asks once whether somebody answers through the interface: the resolver by a question that needs no name of ours,
/// another endpoint by taking the connection. A refused connection proves nothing: a firewall of this machine may have
/// refused it.
final class VPNProbe {
    /// How it went; nil where it went well.
    typealias Outcome = String?

    private let question: DNSQuestion?
    private let loop: EventLoop
    private let onEnd: (Outcome) -> Void
    private var stream: ByteStream?
    private var framing = DNSFraming()
    private var id: UInt16 = 0
    private lazy var timeout = Watch.timer(on: loop) { [unowned self] in end("does not answer") }

    /// - Parameters:
    ///   - socket: connecting.
    ///   - isResolver: whether a DNS question is asked, else the connection alone is enough.
    init(
        _ socket: consuming Descriptor, isResolver: Bool, timeout limit: Duration, loop: EventLoop,
        onEnd: @escaping (Outcome) -> Void
    ) {
        // The root's name servers: any resolver knows them, and the question tells nothing of us.
        question = isResolver ? DNSQuestion(.root, .ns) : nil
        self.loop = loop
        self.onEnd = onEnd
        let stream = ByteStream(socket, connecting: true, loop: loop, endsByReset: true)
        self.stream = stream
        stream.onConnected = { [unowned self] in ask() }
        stream.onBytes = { [unowned self] in received($0) }
        stream.onEnded = { [unowned self] in ended($0) }
        timeout.schedule(after: limit)
    }

    func cancel() {
        stream?.close()
        stream = nil
        timeout.cancel()
    }

    private func ask() {
        guard let question else { return end(nil) }
        id = UInt16.random(in: 0...UInt16.max)
        stream?.write(DNSFraming.framed(question.query(id: id)) ?? [])
    }

    private func received(_ bytes: Span<UInt8>) {
        guard let question else { return }
        guard case .message(let message) = framing.receive(bytes).event else { return }
        do throws(DNSFailure) {
            try DNSMessage(message).check(answers: question, id: id)
            end(nil)
        } catch {
            switch error {
            // It does not serve this question, but it is there.
            case .noSuchName, .noAddress, .refused, .errorCode: end(nil)
            case .malformed, .notOurs, .truncated, .serverFailure: end("does not answer well: \(error.sentence)")
            }
        }
    }

    private func ended(_ ending: ByteStream.Ending) {
        switch ending {
        case .failed(let error): end("cannot be reached: \(error.reason)")
        case .closedByPeer, .finished: end("closes the connection without an answer")
        }
    }

    private func end(_ outcome: Outcome) {
        cancel()
        onEnd(outcome)
    }
}
