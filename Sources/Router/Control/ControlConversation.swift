import EventLoop
import Policy
import Protocols

/// One client of the control socket.
final class ControlConversation {
    private let stream: ByteStream
    private let peer: Socket.PeerCredentials?
    private unowned let server: ControlServer
    private var reader = HTTPRequestReader(limits: HTTPLimits(body: 4096))
    private var request: HTTPRequestHead?
    private var followsEvents = false
    /// Whether its answer is still to come, after which it is asked nothing more.
    private var isAnsweringLate = false
    private let idle: Watch

    /// A client that says nothing for this long is let go.
    private static let patience: Duration = .seconds(60)

    init(_ stream: ByteStream, peer: Socket.PeerCredentials?, server: ControlServer, loop: EventLoop) {
        self.stream = stream
        self.peer = peer
        self.server = server
        var timedOut: () -> Void = {}
        idle = Watch.timer(on: loop) { timedOut() }
        timedOut = { [weak self] in self?.finish() }
        idle.schedule(after: Self.patience)
        stream.onBytes = { [weak self] in self?.received($0) }
        stream.onEnded = { [weak self] _ in self?.finish() }
    }

    func close() {
        idle.cancel()
        stream.close()
    }

    /// A client that does not read what it follows is let go when its queue is full (`ByteStream`).
    func publish(_ event: StatusEvent) {
        guard followsEvents else { return }
        stream.write(HTTPChunk.bytes(event.line()))
    }

    private func finish() {
        close()
        server.ended(self)
    }

    private func received(_ bytes: Span<UInt8>) {
        var start = 0
        while stream.isOpen, !followsEvents, !isAnsweringLate {
            let (consumed, event) = reader.receive(bytes.extracting(start..<bytes.count))
            start += consumed
            switch event {
            case .more: return
            case .head(let head):
                request = head
                if head.expectsContinue { stream.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
            case .body: break
            case .end:
                idle.schedule(after: Self.patience)
                if let request { answer(request) }
                // Whoever follows events says with `Connection: close` that he asks nothing more, not that he has heard enough.
                guard !followsEvents, !isAnsweringLate else { return }
                guard reader.next() else { return stream.closeAfterWriting() }
            case .failed(let failure):
                send(HTTPResponse(refusing: failure), to: "GET")
                return stream.closeAfterWriting()
            }
        }
    }

    private func answer(_ request: HTTPRequestHead) {
        let known = [
            "/v1/status": "GET", "/v1/events": "GET", "/metrics": "GET", "/v1/lock": "POST", "/v1/unlock": "POST",
            "/v1/reload": "POST", "/v1/nodes/test": "POST",
        ]
        guard let method = known[String(request.path)] else {
            return refuse(request, 404, "there is no \(request.path) here")
        }
        guard request.method == method || request.method == "HEAD" && method == "GET" else {
            return refuse(request, 405, "\(request.path) takes \(method)")
        }
        switch String(request.path) {
        case "/v1/status":
            send(HTTPResponse(body: server.daemon.status.encode().encoded() + [0x0a]), to: request.method)
        case "/metrics":
            let text = StatusMetrics.render(server.daemon.status)
            send(HTTPResponse(type: .metrics, body: Array(text.utf8)), to: request.method)
        case "/v1/events": follow(request)
        case "/v1/lock": act(request) { () throws(StartFailure) in try server.daemon.lockAll() }
        // A client that gave up waiting was told that nothing was done: it must stay true when we come to its request
        // late. A lock that comes late does no harm.
        case "/v1/unlock" where stream.isPeerGone, "/v1/reload" where stream.isPeerGone: finish()
        case "/v1/unlock":
            act(request) { () throws(StartFailure) in
                try server.daemon.unlock()
                return nil
            }
        case "/v1/nodes/test": testNodes(request)
        default:
            act(request) { () throws(StartFailure) in
                try server.daemon.reload()
                return nil
            }
        }
    }

    /// An operator's verb.
    private func act(_ request: HTTPRequestHead, _ verb: () throws(StartFailure) -> String?) {
        guard isOperator else { return refuseStranger(request) }
        let note: String?
        do throws(StartFailure) {
            note = try verb()
        } catch {
            return refuse(request, 409, error.description)
        }
        let status = server.daemon.status
        let body = JSONValue.object([
            "state": .string(status.state.rawValue), "reason": .string(status.reason),
            "locked": .bool(status.killSwitch.locked), "note": .string(orNull: note),
        ])
        send(HTTPResponse(body: body.encoded() + [0x0a]), to: request.method)
    }

    /// It makes traffic, so it is for whom the verbs are for. The answer comes late, and is the conversation's last.
    private func testNodes(_ request: HTTPRequestHead) {
        guard isOperator else { return refuseStranger(request) }
        isAnsweringLate = true
        idle.cancel()
        do throws(StartFailure) {
            try server.daemon.testNodes { [weak self] document in
                guard let self else { return }
                send(HTTPResponse(body: document.encode().encoded() + [0x0a]), to: request.method)
                stream.closeAfterWriting()
            }
        } catch {
            refuse(request, 409, error.description)
            stream.closeAfterWriting()
        }
    }

    private var isOperator: Bool { peer.map(ControlServer.isOperator) == true }

    private func refuseStranger(_ request: HTTPRequestHead) {
        refuse(request, 403, "only root and the router's own user may do this; try it with sudo")
    }

    private func follow(_ request: HTTPRequestHead) {
        guard request.method == "GET" else { return send(HTTPResponse(type: .ndjson, body: []), to: request.method) }
        // Chunked, so that it can go on for ever; an HTTP/1.0 client reads until the close.
        guard request.version == .http11 else { return refuse(request, 505, "events need HTTP/1.1") }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        stream.write(Array(head.utf8))
        followsEvents = true
        idle.cancel()
        for event in server.daemon.history { publish(event) }
    }

    private func refuse(_ request: HTTPRequestHead, _ status: Int, _ sentence: String) {
        let body = JSONValue.object(["error": .string(sentence)])
        send(HTTPResponse(status: status, body: body.encoded() + [0x0a]), to: request.method)
    }

    private func send(_ response: HTTPResponse, to method: String) {
        do throws(HTTPFailure) {
            stream.write(try response.bytes(answering: method))
        } catch {
            // Our own headers are always sayable; were they not, a closed connection says so.
            finish()
        }
    }
}
