import EventLoop
import Policy
import Protocols

/// guard.sock: tells each client a heartbeat at once and each second, and takes the one verb there is from root and the
/// router's user.
final class GuardServer {
    /// More clients at once are let go unanswered.
    private static let limit = 32
    /// Of these, as many are for root and the router's user alone: nobody else may keep the router from its proof.
    private static let reserved = 16
    /// A client who has left this many bytes unread is let go.
    private static let unread = 1 << 17

    private let server: LocalServer
    private let loop: EventLoop
    private let guardian: any Guardian
    private var clients: [ObjectIdentifier: Client] = [:]

    /// How many listen.
    var clientCount: Int { clients.count }

    /// What it speaks for.
    protocol Guardian: AnyObject {
        /// What all are told now.
        var heartbeat: GuardHeartbeat { get }
        /// Whether this user may use verbs.
        func isTrusted(_ user: UInt32) -> Bool
        /// Destroys the confined users' connections.
        func destroyFlows() -> GuardMessage
    }

    /// Listens at `path`, for this process's user and this group.
    init(
        path: String, group: UInt32?, guardian: any Guardian, loop: EventLoop
    ) throws(LocalServer.Failure) {
        self.loop = loop
        self.guardian = guardian
        server = try LocalServer(path: path, mode: 0o660, group: group, loop: loop)
        server.onClient = { [unowned self] socket, peer in accept(socket, peer) }
    }

    /// Ends all conversations and removes the socket.
    func stop() {
        server.stop()
        for client in clients.values { client.stream.close() }
        clients = [:]
    }

    /// Tells all.
    func beat() {
        let line = GuardMessage.heartbeat(guardian.heartbeat).line
        for client in clients.values { client.stream.write(line) }
    }

    private func accept(_ socket: consuming Descriptor, _ peer: Socket.PeerCredentials?) {
        let isTrusted = peer.map { guardian.isTrusted($0.user) } == true
        guard clients.count < (isTrusted ? Self.limit : Self.limit - Self.reserved) else { return }
        let client = Client(
            stream: ByteStream(socket, connecting: false, loop: loop, queueLimit: Self.unread), isTrusted: isTrusted)
        let id = ObjectIdentifier(client)
        clients[id] = client
        client.stream.onEnded = { [weak self] _ in self?.clients[id] = nil }
        client.stream.onBytes = { [weak self] bytes in
            guard let self, let client = clients[id] else { return }
            received(bytes, from: client)
        }
        client.stream.write(GuardMessage.heartbeat(guardian.heartbeat).line)
    }

    private func received(_ bytes: Span<UInt8>, from client: Client) {
        for line in client.lines.receive(bytes) {
            guard client.stream.isOpen else { return }
            guard client.isTrusted else {
                return refuse(client, "only root and the router's user may ask this")
            }
            switch line {
            case .tooLong: return refuse(client, "a line must not be longer than 1024 bytes")
            case .malformed(let why): return refuse(client, why)
            case .value(let value):
                do throws(DocumentFailure) {
                    switch try GuardRequest(decoding: value) {
                    case .destroy: client.stream.write(guardian.destroyFlows().line)
                    }
                } catch {
                    return refuse(client, error.description)
                }
            }
        }
    }

    private func refuse(_ client: Client, _ why: String) {
        client.stream.write(GuardMessage.refused(why).line)
        client.stream.closeAfterWriting()
    }

    private final class Client {
        let stream: ByteStream
        let isTrusted: Bool
        var lines = JSONLineReader(limit: 1024)

        init(stream: ByteStream, isTrusted: Bool) {
            self.stream = stream
            self.isTrusted = isTrusted
        }
    }
}

extension GuardMessage {
    /// One line of the socket.
    fileprivate var line: [UInt8] { encode().encoded() + [0x0a] }
}
