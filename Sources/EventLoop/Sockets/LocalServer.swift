internal import CLinux
internal import Protocols

/// A Unix socket that listens for clients on this machine, at a path that a process before this one may have left.
public final class LocalServer {
    /// Why there is none.
    public enum Failure: Error, Hashable, Sendable {
        /// What is at the path is no socket; it was not touched.
        case notASocket
        /// Somebody answers there.
        case answered
        /// Somebody may listen there: nobody can say.
        case taken(SystemError)
        /// It cannot be made.
        case system(SystemError)
    }

    private let path: String
    private let loop: EventLoop
    private let descriptor: Descriptor
    private var watch: Watch?
    private var rest: Watch?
    /// Called with each client, and who that is. One that is let go is closed unanswered.
    public var onClient: (consuming Descriptor, Socket.PeerCredentials?) -> Void = { _, _ in }

    /// Listens, before other traffic of the loop.
    ///
    /// - Parameters:
    ///   - mode: the permissions that the socket is made with, never wider.
    ///   - group: whose the socket becomes then, where it is not so already; nil for this process's own.
    public init(path: String, mode: UInt32, group: UInt32? = nil, loop: EventLoop) throws(Failure) {
        self.path = path
        self.loop = loop
        try Self.clear(path)
        do throws(SystemError) {
            descriptor = try Socket.listen(at: .unix(path), mode: mode)
            if let group { try Files.give(path, toGroup: group) }
        } catch {
            throw .system(error)
        }
        watch = Watch.listener(descriptor.raw, on: loop, isUrgent: true) { [unowned self] in accept() }
    }

    /// Takes no more clients, and removes the socket.
    public func stop() {
        watch?.cancel()
        rest?.cancel()
        Files.remove(path)
    }

    /// Whether somebody answers at a path.
    public static func isAnswered(_ path: String) -> Bool {
        guard Files.kind(of: path) == .socket else { return false }
        return (try? Socket.connect(to: .unix(path))) != nil
    }

    /// Takes away a socket that a dead process left. One that answers, and what is no socket, stays.
    private static func clear(_ path: String) throws(Failure) {
        switch Files.kind(of: path) {
        case .missing: return
        case .other: throw .notASocket
        case .socket: break
        }
        do throws(SystemError) {
            _ = try Socket.connect(to: .unix(path))
        } catch {
            guard error.isRefused else { throw .taken(error) }
            return Files.remove(path)
        }
        throw .answered
    }

    private func accept() {
        do throws(SystemError) {
            while let socket = try Socket.accept(from: descriptor) {
                let peer = Socket.peerCredentials(socket)
                onClient(socket, peer)
            }
        } catch {
            // No descriptor left. The listener is level-triggered and would call again at once, for ever: rest.
            watch?.cancel()
            rest = Watch.timer(on: loop) { [unowned self] in watch?.resume() }
            rest?.schedule(after: .seconds(1))
        }
    }
}
