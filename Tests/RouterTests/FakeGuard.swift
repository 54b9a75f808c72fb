import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// The guard's end of its socket, for what the real one will not do: it says what it is told to, and holds nothing.
final class FakeGuard {
    private let listening: Listening
    private let loop: EventLoop
    private let path: String
    private var watch: Watch?
    private var talks: [ByteStream] = []
    /// What it was asked, as it came.
    private(set) var asked = ""

    private final class Listening {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    init(at path: String, on loop: EventLoop) throws {
        self.loop = loop
        self.path = path
        let listening = Listening(try Socket.listen(at: .unix(path)))
        self.listening = listening
        watch = Watch.listener(listening.descriptor.raw, on: loop) { [unowned self] in
            guard let socket = try? Socket.accept(from: listening.descriptor) else { return }
            let talk = ByteStream(socket, connecting: false, loop: loop)
            talk.onBytes = { [unowned self] span in
                for index in span.indices { asked.unicodeScalars.append(UnicodeScalar(span[index])) }
            }
            talks.append(talk)
        }
    }

    var isHeard: Bool { !talks.isEmpty }

    /// Says this to everybody who listens.
    func say(_ message: GuardMessage) {
        for talk in talks { talk.write(message.encode().encoded() + [0x0a]) }
    }

    /// A heartbeat with the digest that a router has to hear, or another.
    func beat(
        for router: Router, digest: String? = nil, problem: String? = nil, canary: GuardHeartbeat.Canary? = nil,
        stopped: [StoppedPackets] = []
    ) {
        let expectation = Router.expectation(of: router.configuration, owners: router.owners)
        let guarded = expectation.guarded
        say(
            .heartbeat(
                GuardHeartbeat(
                    problem: problem, digest: digest ?? expectation.digest(guarded.router) ?? "",
                    checkedAt: UTCTime(unixSeconds: loop.unixSeconds), mode: .owned, router: guarded.router, repairs: 3,
                    users: guarded.users.map {
                        GuardHeartbeat.User(name: $0.name, id: $0.id, canary: canary, stopped: stopped)
                    })))
    }

    func end() {
        watch = nil
        for talk in talks { talk.close() }
        talks = []
        Files.remove(path)
    }
}
