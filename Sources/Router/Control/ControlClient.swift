import EventLoop
public import Protocols

/// Asks a running router over its control socket, as the commands do: one question, one answer, or a stream of
/// events.
public final class ControlClient {
    /// Why there is no answer.
    public enum Failure: Error, Hashable, Sendable {
        /// No router is there.
        case absent(String)
        /// A router may be there, but it gives no answer.
        case unreachable(String)
        /// This user may not ask.
        case notAllowed(String)
        /// The router says that this user may not do that.
        case forbidden(String)
        /// The router refused, with its sentence.
        case refused(String)

        /// The sentence.
        public var sentence: String {
            switch self {
            case .absent(let text), .unreachable(let text), .notAllowed(let text), .forbidden(let text),
                .refused(let text):
                text
            }
        }
    }

    /// The control socket.
    public let path: String
    private let loop: EventLoop
    /// How long the daemon may take for an answer that it only has to write.
    public static let patience: Duration = .seconds(5)

    /// A client of the router at this socket.
    public init(path: String) throws(Failure) {
        self.path = path
        do throws(SystemError) {
            loop = try EventLoop()
        } catch {
            throw .unreachable(error.description)
        }
    }

    /// Asks, and waits for the whole answer, so long at most.
    ///
    /// - Returns: the body of a 200.
    public func ask(
        _ method: String, _ target: String, patience: Duration = patience
    ) throws(Failure) -> [UInt8] {
        var body: [UInt8] = []
        try converse(method, target, patience: patience) { bytes in
            body.append(contentsOf: bytes)
            return true
        }
        return body
    }

    /// Asks, and hands over the body as it comes, until `body` answers false or the router ends it.
    public func follow(_ target: String, _ body: @escaping ([UInt8]) -> Bool) throws(Failure) {
        try converse("GET", target, patience: nil, body)
    }

    /// The monotonic clock.
    public var now: Instant { loop.now }

    /// Waits: the pause between two questions.
    public func pause(for duration: Duration) {
        let timer = Watch.timer(on: loop) { [unowned self] in loop.stop() }
        timer.schedule(after: duration)
        loop.run()
    }

    /// `body` escapes by its type only: the stream is closed before this returns. (`withoutActuallyEscaping` would
    /// put the length of this file's path into the program, which then differs with the folder it is built in.)
    private func converse(
        _ method: String, _ target: String, patience: Duration?, _ body: @escaping ([UInt8]) -> Bool
    ) throws(Failure) {
        let stream: ByteStream
        let head: HTTPRequestHead
        do {
            stream = ByteStream(try Socket.connect(to: .unix(path)), connecting: true, loop: loop)
            head = try HTTPRequestHead(
                method: method, target: target,
                headers: [try HTTPHeader("Host", "localhost"), try HTTPHeader("Connection", "close")])
        } catch let error as SystemError {
            throw failure(error)
        } catch {
            throw .unreachable("\(error)")
        }
        var exchange = ControlExchange(answering: method)
        var outcome: Result<Void, Failure>?
        func finish(_ result: Result<Void, Failure>) {
            outcome = outcome ?? result
            loop.stop()
        }
        stream.write(head.bytes)
        stream.onBytes = { bytes in
            if let result = exchange.receive(bytes, body) { finish(result) }
        }
        stream.onEnded = { [unowned self] ending in
            switch ending {
            case .failed(let error): finish(.failure(failure(error)))
            case .closedByPeer, .finished: finish(exchange.ended())
            }
        }
        let timeout = Watch.timer(on: loop) {
            finish(.failure(.unreachable("the router at \(self.path) does not answer; is it stopped?")))
        }
        if let patience { timeout.schedule(after: patience) }
        loop.run()
        stream.close()
        try outcome?.get()
    }

    /// Only a connect that says so means that no router is there. Anything later is a router that does not answer,
    /// and must never be taken for none: `lock` would claim what it did not do.
    private func failure(_ error: SystemError) -> Failure {
        guard error.doing == "connect" else {
            return .unreachable("the router at \(path) broke off its answer (\(error))")
        }
        if error.isForbidden {
            return .notAllowed(
                "this user may not ask the router at \(path); become a member of the group xmr-routed, or use sudo")
        }
        guard error.isRefused || error.isMissing else {
            return .unreachable("the router at \(path) takes no question now (\(error.reason))")
        }
        return .absent("no router answers at \(path) (\(error.reason)); is it running? systemctl status xmr-routed")
    }
}

/// One answer, as it comes in.
private struct ControlExchange {
    private var reader: HTTPResponseReader
    private var status = 0
    private var errorBody: [UInt8] = []

    init(answering method: String) {
        reader = HTTPResponseReader(answering: method, limits: HTTPLimits(body: 64 << 20))
    }

    /// - Returns: how it ended; nil while it goes on.
    mutating func receive(_ bytes: Span<UInt8>, _ body: ([UInt8]) -> Bool) -> Result<Void, ControlClient.Failure>? {
        var start = 0
        while true {
            let rest = bytes.extracting(start..<bytes.count)
            let (consumed, event) = reader.receive(rest)
            switch event {
            case .more: return nil
            case .interim: break
            case .head(let head): status = head.status
            case .body(let range):
                var part: [UInt8] = []
                for index in range { part.append(rest[index]) }
                if status != 200 {
                    errorBody += part
                } else if !body(part) {
                    return .success(())
                }
            case .end:
                if status == 200 { return .success(()) }
                return .failure(status == 403 ? .forbidden(sentence) : .refused(sentence))
            case .failed(let failure):
                return .failure(.refused("the router's answer is malformed: \(failure.sentence)"))
            }
            start += consumed
        }
    }

    mutating func ended() -> Result<Void, ControlClient.Failure> {
        .failure(.unreachable("the router ended the conversation"))
    }

    private var sentence: String {
        if let value = try? JSONValue(reading: errorBody.span), let text = value["error"]?.asString { return text }
        return String(decoding: errorBody, as: UTF8.self)
    }
}
