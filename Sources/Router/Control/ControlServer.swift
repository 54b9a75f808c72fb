public import EventLoop
public import Policy
import Protocols

/// Answers on the control socket: HTTP/1.1 over a Unix socket, so that curl and a scraper can ask.
public final class ControlServer {
    /// What the daemon does when asked.
    public protocol Daemon: AnyObject {
        /// The status document.
        var status: StatusDocument { get }
        /// The last events, oldest first.
        var history: [StatusEvent] { get }
        /// An operator's verb. Throws the sentence that the operator is told; returns one where it was done and there is
        /// more to say.
        func lockAll() throws(StartFailure) -> String?
        /// An operator's verb. Throws the sentence that the operator is told.
        func unlock() throws(StartFailure)
        /// An operator's verb. Throws the sentence that the operator is told.
        func reload() throws(StartFailure)
        /// An operator's verb. Hands over what was found, later; throws the sentence that the operator is told.
        func testNodes(_ done: @escaping (NodeTestDocument) -> Void) throws(StartFailure)
    }

    private let loop: EventLoop
    private let server: LocalServer
    unowned let daemon: any Daemon
    private var conversations: [ObjectIdentifier: ControlConversation] = [:]

    /// More at once are closed unanswered: the socket is the operator's, not a service.
    private static let limit = 96
    /// Of these, as many are for root and the router's own user alone: whoever may read the status must not be able
    /// to keep the operator from locking.
    private static let reserved = 32

    /// Listens at `path`, for the owner and the group of this process (0660).
    ///
    /// - Parameter makesDirectory: whether a missing directory is made: for a default place, not for a path that
    ///   the operator wrote, which would hide a typing error.
    /// - Throws: a sentence when another router answers there, or what is there is no socket.
    public init(
        path: String, makesDirectory: Bool, daemon: any Daemon, loop: EventLoop
    ) throws(StartFailure) {
        self.loop = loop
        self.daemon = daemon
        do throws(SystemError) {
            if makesDirectory { try Files.makeDirectory(Files.parent(of: path), mode: 0o750) }
        } catch {
            throw Self.unmade(path, error)
        }
        do throws(LocalServer.Failure) {
            server = try LocalServer(path: path, mode: 0o660, loop: loop)
        } catch {
            switch error {
            case .notASocket:
                throw StartFailure(
                    "\(path) is there and is no socket: take it away, or set another `socket` in [control]")
            case .answered:
                throw StartFailure(
                    "another router answers at the control socket \(path); end it, or set another `socket` in [control]"
                )
            case .taken(let error):
                throw StartFailure(
                    "the control socket \(path) is in another's hands (\(error.reason)); "
                        + "end its router, or set another `socket` in [control]")
            case .system(let error): throw Self.unmade(path, error)
            }
        }
        server.onClient = { [unowned self] socket, peer in accept(socket, peer) }
    }

    private static func unmade(_ path: String, _ error: SystemError) -> StartFailure {
        StartFailure(
            "the control socket \(path) cannot be made: \(error.reason); "
                + "make its directory for the router's user, or set another `socket` in [control]")
    }

    /// Ends all conversations and removes the socket.
    public func stop() {
        server.stop()
        for conversation in conversations.values { conversation.close() }
        conversations = [:]
    }

    /// Sends an event to whoever follows `GET /v1/events`.
    public func publish(_ event: StatusEvent) {
        for conversation in conversations.values { conversation.publish(event) }
    }

    /// Who may use the verbs: root and the router's own user, as the kernel names them.
    static func isOperator(_ peer: Socket.PeerCredentials) -> Bool {
        peer.user == 0 || peer.user == ThisProcess.user
    }

    func ended(_ conversation: ControlConversation) {
        conversations[ObjectIdentifier(conversation)] = nil
    }

    private func accept(_ socket: consuming Descriptor, _ peer: Socket.PeerCredentials?) {
        let room = peer.map(Self.isOperator) == true ? Self.limit : Self.limit - Self.reserved
        guard conversations.count < room else { return }
        let stream = ByteStream(socket, connecting: false, loop: loop)
        let conversation = ControlConversation(stream, peer: peer, server: self, loop: loop)
        conversations[ObjectIdentifier(conversation)] = conversation
    }
}
