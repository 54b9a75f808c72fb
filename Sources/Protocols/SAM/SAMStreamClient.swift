/// The upstream machine for one stream: asks a SAM bridge, on a connection of its own, for a stream of a session.
///
/// ```
/// start ──▶ hello ──▶ asked ──▶ ready
/// ```
/// "OK" to CONNECT means that the destination's lease set is known: i2pd says it before the remote answers. ACCEPT with
/// SILENT is answered by nothing at all, good or bad: the connection ends, or its first byte is a peer's.
public struct SAMStreamClient: Sendable {
    /// What is asked for.
    public enum Request: Hashable, Sendable {
        /// A stream to a name.
        case connect(name: String)
        /// The next stream to the session's destination. It is ready as soon as it is asked for.
        case accept
    }

    /// Where the handshake stands after the bytes given so far.
    public enum Outcome: Hashable, Sendable {
        /// It goes on. `output` may hold bytes to send.
        case more
        /// What follows belongs to the stream.
        case ready
        /// It is over: close.
        case failed(SAMFailure)
    }

    private enum Stage: Hashable {
        case idle, hello, asked, ready
        case failed(SAMFailure)
    }

    private let session: SAMSessionID
    private let request: Request
    private var reader = SAMLineReader()
    private var stage = Stage.idle

    /// A machine that asks for a stream of this session.
    public init(_ request: Request, of session: SAMSessionID) {
        self.request = request
        self.session = session
    }

    /// Whether the request is out, so that it is the network that takes its time and not the bridge.
    public var hasRequested: Bool { stage == .asked }

    /// Begins: appends the greeting to `output`, to be sent once the bridge is connected.
    public mutating func start(_ output: inout [UInt8]) {
        guard stage == .idle else { return }
        output += SAMCommand.hello.line ?? []
        stage = .hello
    }

    /// Reads what the bridge sent.
    ///
    /// - Parameters:
    ///   - input: bytes not given before, split anywhere.
    ///   - output: the bytes to send to the bridge are appended here.
    /// - Returns: How many of them were of the handshake; what follows the last reply is the stream's.
    public mutating func receive(_ input: Span<UInt8>, output: inout [UInt8]) -> (consumed: Int, outcome: Outcome) {
        switch stage {
        case .ready: return (0, .ready)
        case .failed(let failure): return (0, .failed(failure))
        case .idle: return input.isEmpty ? (0, .more) : (0, fail(.unexpected))
        case .hello, .asked: break
        }
        let (consumed, event) = reader.receive(input)
        switch event {
        case .more: return (consumed, .more)
        case .failed(let failure): return (consumed, fail(failure))
        case .line(let line):
            do throws(SAMFailure) {
                try take(SAMReply(line: line), &output)
            } catch {
                return (consumed, fail(error))
            }
            if stage == .ready { return (consumed, .ready) }
            // It speaks when it is spoken to: what it says before is about something else.
            return consumed == input.count ? (consumed, .more) : (consumed, fail(.unexpected))
        }
    }

    private mutating func take(_ reply: SAMReply, _ output: inout [UInt8]) throws(SAMFailure) {
        switch (stage, reply) {
        case (.hello, .hello):
            guard let line = command.line else { throw .unspeakableDestination }
            output += line
            stage = request == .accept ? .ready : .asked
        case (.hello, .refused(.hello, let result)), (.asked, .refused(.stream, let result)): throw .refused(result)
        case (.asked, .stream): stage = .ready
        default: throw .unexpected
        }
    }

    private var command: SAMCommand {
        switch request {
        case .connect(let name): .connect(session, name: name)
        case .accept: .accept(session)
        }
    }

    private mutating func fail(_ failure: SAMFailure) -> Outcome {
        stage = .failed(failure)
        return .failed(failure)
    }
}
