import EventLoop
import Policy
import Protocols

/// canary.sock: anybody may ask whether he is held; only who is may dial, one after the other, since the counters are
/// by user.
///
/// ```
///  asked ─▶ (waits for an earlier canary of his) ─▶ begin, counters read ─▶ tried ─▶ counters read, verdict
/// ```
final class CanaryServer {
    /// More clients at once are let go unanswered.
    private static let limit = 64
    /// More of one user are let go unanswered: he cannot keep another from his proof.
    private static let limitOfUser = 4
    /// How long a canary may take for each of its lines.
    private static let patience: Duration = .seconds(5)

    private let server: LocalServer
    private let loop: EventLoop
    private let guardian: any Guardian
    private var clients: [ObjectIdentifier: Client] = [:]
    /// Whose canary is under way, and who waits for it to end, by user.
    private var queues: [UInt32: [ObjectIdentifier]] = [:]

    /// What it asks.
    protocol Guardian: AnyObject {
        /// Reads the kernel now: the name of this user, if the kernel holds him, and the table as it is.
        func canaryReading(of user: UInt32) -> Result<(name: String, reading: GuardReading), GuardRefusal>
        /// Takes note of what came of it.
        func record(_ verdict: CanaryVerdict, of user: UInt32)
    }

    /// Listens at `path`, for everybody.
    init(path: String, guardian: any Guardian, loop: EventLoop) throws(LocalServer.Failure) {
        self.loop = loop
        self.guardian = guardian
        server = try LocalServer(path: path, mode: 0o666, loop: loop)
        server.onClient = { [unowned self] socket, peer in accept(socket, peer) }
    }

    /// Ends all conversations and removes the socket.
    func stop() {
        server.stop()
        for client in clients.values { client.close() }
        clients = [:]
        queues = [:]
    }

    private func accept(_ socket: consuming Descriptor, _ peer: Socket.PeerCredentials?) {
        guard let peer, clients.count < Self.limit,
            clients.values.count(where: { $0.user == peer.user }) < Self.limitOfUser
        else { return }
        let client = Client(
            ByteStream(socket, connecting: false, loop: loop, queueLimit: 65536), user: peer.user, loop: loop)
        clients[client.id] = client
        let id = client.id
        client.stream.onEnded = { [weak self] _ in self?.ended(id) }
        client.onTimeout = { [weak self] in
            self?.clients[id]?.stream.close()
            self?.ended(id)
        }
        client.stream.onBytes = { [weak self] bytes in
            guard let self, let client = clients[id] else { return }
            for line in client.lines.receive(bytes) {
                guard client.stream.isOpen else { return }
                received(line, from: client)
            }
        }
        client.timer.schedule(after: Self.patience)
    }

    private func received(_ line: JSONLineReader.Line, from client: Client) {
        let question: CanaryConversation.Question
        switch line {
        case .tooLong: return refuse(client, "a line must not be longer than \(CanaryConversation.longestLine) bytes")
        case .malformed(let why): return refuse(client, why)
        case .value(let value):
            do throws(DocumentFailure) {
                question = try CanaryConversation.Question(decoding: value)
            } catch {
                return refuse(client, error.description)
            }
        }
        switch (question, client.begun) {
        case (.canary, nil) where !client.hasAsked:
            client.hasAsked = true
            queues[client.user, default: []].append(client.id)
            // Who waits is not late.
            client.timer.cancel()
            if queues[client.user]?.first == client.id { begin(client) }
        case (.tried(let tries), let before?): judge(tries, since: before, client)
        default: refuse(client, "the canary says this out of turn")
        }
    }

    private func begin(_ client: Client) {
        switch guardian.canaryReading(of: client.user) {
        case .failure(let refusal): refuse(client, refusal.sentence)
        case .success(let (name, reading)):
            client.begun = reading
            client.timer.schedule(after: Self.patience)
            client.say(.begin(user: name))
        }
    }

    private func judge(_ tries: [CanaryTry], since before: GuardReading, _ client: Client) {
        switch guardian.canaryReading(of: client.user) {
        case .failure(let refusal): refuse(client, refusal.sentence)
        case .success(let (_, after)):
            guard after.handle == before.handle else {
                // Its counters began anew: neither a proof nor a sign against it.
                return refuse(client, "the guard's table was replaced meanwhile: run the canary again")
            }
            var rises: [CanaryProbe: UInt64] = [:]
            for probe in CanaryProbe.allCases {
                let name = Ruleset.canaryCounter(client.user, probe)
                guard let first = before.counts.counters[name], let last = after.counts.counters[name], last >= first
                else { continue }
                rises[probe] = last - first
            }
            let verdict = CanaryVerdict(tries: tries, rises: rises)
            guardian.record(verdict, of: client.user)
            client.say(.verdict(verdict))
            letGo(client)
        }
    }

    private func refuse(_ client: Client, _ problem: String) {
        client.say(.refused(problem: problem))
        letGo(client)
    }

    /// All is said.
    private func letGo(_ client: Client) {
        client.begun = nil
        client.timer.schedule(after: Self.patience)
        leaveQueue(client)
        client.stream.closeAfterWriting()
    }

    private func ended(_ id: ObjectIdentifier) {
        guard let client = clients.removeValue(forKey: id) else { return }
        client.timer.cancel()
        leaveQueue(client)
    }

    private func leaveQueue(_ client: Client) {
        guard var queue = queues[client.user], let place = queue.firstIndex(of: client.id) else { return }
        queue.remove(at: place)
        queues[client.user] = queue.isEmpty ? nil : queue
        if place == 0, let next = queue.first.flatMap({ clients[$0] }) { begin(next) }
    }

    private final class Client {
        let stream: ByteStream
        let user: UInt32
        var lines = JSONLineReader(limit: CanaryConversation.longestLine)
        var hasAsked = false
        /// The table when it was told to begin; nil before and after.
        var begun: GuardReading?
        var onTimeout: () -> Void = {}
        private(set) var timer: Watch

        var id: ObjectIdentifier { ObjectIdentifier(self) }

        init(_ stream: ByteStream, user: UInt32, loop: EventLoop) {
            self.stream = stream
            self.user = user
            var late: () -> Void = {}
            timer = Watch.timer(on: loop) { late() }
            late = { [weak self] in self?.onTimeout() }
        }

        func say(_ answer: CanaryConversation.Answer) {
            stream.write(answer.line())
        }

        func close() {
            timer.cancel()
            stream.close()
        }
    }
}
