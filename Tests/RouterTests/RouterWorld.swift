import EventLoop
import LoopTurns
import Policy
import Protocols
import Testing

@testable import Router

/// A router of its own in one loop, with proxies that answer as told and clients that ask.
final class RouterWorld {
    let loop: EventLoop
    let router: Router
    let directory: TemporaryDirectory
    private(set) var configuration: Configuration
    private(set) var events: [StatusEvent] = []

    init(_ configuration: Configuration, lock: LockState? = nil) throws {
        loop = try EventLoop()
        directory = try TemporaryDirectory()
        self.configuration = configuration
        let store = LockStore(stateDirectory: directory.path + "/state")
        if let lock { try store.write(lock) }
        router = try Router(
            configuration, lockStore: store, loop: loop, guardSocket: directory.path + "/guard.sock")
        router.onEvent = { [unowned self] in events.append($0) }
        router.start()
    }

    deinit {
        // What is told from here on has nobody to be kept by.
        router.onEvent = { _ in }
        router.stop()
    }

    func reload(_ change: (inout Configuration) -> Void) throws {
        var new = configuration
        change(&new)
        try router.reload(new)
        configuration = new
    }

    /// Turns the loop until `done`.
    ///
    /// - Returns: whether it was done within `patience`.
    @discardableResult
    func run(for patience: Duration = .seconds(10), until done: () -> Bool) -> Bool {
        loop.turn(for: patience, until: done)
    }

    func run(for time: Duration) { run(for: time) { false } }

    func waitUntilReady() -> Bool {
        run { router.egresses.allSatisfy { $0.readiness.isReady } }
    }

    /// A client of a listener, that has sent these bytes.
    func client(of listener: Int = 0, sending bytes: [UInt8]) throws -> Talk {
        let talk = Talk(try Socket.connect(to: configuration.node.listeners[listener].endpoint), on: loop)
        talk.send(bytes)
        return talk
    }

    /// A client that is relayed: its handshake has come to the proxy's end.
    func relayed(to host: String, through proxy: FakeProxy, listener: Int = 0) throws -> Talk {
        let count = router.table.relayCount
        let talk = try client(of: listener, sending: Wire.request(host) + Wire.handshake)
        #expect(run { router.table.relayCount == count + 1 && proxy.lastStream == Wire.handshake })
        #expect(talk.heard == Wire.granted)
        return talk
    }
}

/// One end of a conversation, with all that the other end has said.
final class Talk {
    private let stream: ByteStream
    private(set) var heard: [UInt8] = []
    private(set) var hasEnded = false

    init(_ socket: consuming Descriptor, on loop: EventLoop) {
        stream = ByteStream(socket, connecting: true, loop: loop)
        stream.onBytes = { [unowned self] span in for index in span.indices { heard.append(span[index]) } }
        stream.onEnded = { [unowned self] _ in hasEnded = true }
    }

    func send(_ bytes: [UInt8]) { stream.write(bytes) }
    func close() { stream.close() }
}

/// A SOCKS5 proxy that connects to nobody: what its clients send after the request is kept.
final class FakeProxy {
    let endpoint: Endpoint
    private var listening: Listening?
    private var watch: Watch?
    private var conversations: [Conversation] = []
    /// Whether the proxy answers a CONNECT; greetings it always answers.
    var answersRequests = true
    /// Where it leads, whatever it is asked for; nil: nowhere.
    var next: FakeProxy?
    /// What whoever it leads to says to what it is sent; nil: nothing.
    var destination: ([UInt8]) -> [UInt8]? = { _ in nil }
    /// What comes right behind its answer to a request.
    var greeting: [UInt8] = []
    /// The destinations that it was asked for, as their bytes.
    private(set) var requests: [[UInt8]] = []

    init(on loop: EventLoop, port: UInt16) throws {
        endpoint = loopback(port)
        let listening = Listening(try Socket.listen(at: endpoint))
        self.listening = listening
        watch = Watch.listener(listening.descriptor.raw, on: loop) { [unowned self] in
            guard let socket = try? Socket.accept(from: listening.descriptor) else { return }
            conversations.append(Conversation(ByteStream(socket, connecting: false, loop: loop), self))
        }
    }

    /// A class, as an optional of the descriptor itself cannot be looked into.
    private final class Listening {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// Ends: whoever comes is refused, whoever is there is cut.
    func end() {
        watch = nil
        listening = nil
        for conversation in conversations { conversation.socket.close() }
    }

    /// What the last client that was let through has sent.
    var lastStream: [UInt8] { conversations.last { $0.isConnected }?.stream ?? [] }
    /// The clients that were let through and are there still.
    var open: Int { conversations.count { $0.isConnected && $0.socket.isOpen } }

    /// Says this to each that is there and has sent such a word, by its place among them.
    func say(toWhoSent word: String, _ bytes: (Int) -> [UInt8]) {
        let asking = conversations.filter { String(decoding: $0.stream, as: UTF8.self).contains(word) }
        for (number, conversation) in asking.enumerated() { conversation.socket.write(bytes(number)) }
    }

    func say(_ bytes: [UInt8]) { conversations.last { $0.isConnected }?.socket.write(bytes) }

    final class Conversation {
        let socket: ByteStream
        /// Whom the client speaks to now.
        private unowned var proxy: FakeProxy
        private var pending: [UInt8] = []
        private(set) var isConnected = false
        private(set) var stream: [UInt8] = []
        private var isGreeted = false

        init(_ socket: ByteStream, _ proxy: FakeProxy) {
            self.socket = socket
            self.proxy = proxy
            socket.onBytes = { [unowned self] span in
                for index in span.indices { pending.append(span[index]) }
                advance()
            }
        }

        private func advance() {
            if !isGreeted, pending.count >= 3 {
                isGreeted = true
                socket.write([5, pending[2]])
                pending.removeFirst(3)
            }
            if isGreeted, !isConnected, pending.count >= 10, proxy.answersRequests {
                proxy.requests.append(Array(pending[3...]))
                socket.write([5, 0, 0, 1, 0, 0, 0, 0, 0, 0] + proxy.greeting)
                pending = []
                if let next = proxy.next {
                    proxy = next
                    isGreeted = false
                    next.conversations.append(self)
                } else {
                    isConnected = true
                }
                return
            }
            if isConnected, !pending.isEmpty {
                stream += pending
                if let answer = proxy.destination(pending) { socket.write(answer) }
                pending = []
            }
        }
    }
}

func loopback(_ port: UInt16) -> Endpoint {
    .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: port)
}

/// Bytes of a node.
enum Wire {
    static let granted: [UInt8] = [0, 0x5a, 0, 0, 0, 0, 0, 0]
    static let refused: [UInt8] = [0, 0x5b, 0, 0, 0, 0, 0, 0]

    /// SOCKS4 for an address, SOCKS4a for a name; port 18080.
    static func request(_ host: String) -> [UInt8] {
        if let address = IPv4Address(host) { return [4, 1, 0x46, 0xa0] + address.octets + [0] }
        return [4, 1, 0x46, 0xa0, 0, 0, 0, 1, 0] + Array(host.utf8) + [0]
    }

    /// The smallest Levin handshake of mainnet.
    static let handshake: [UInt8] = {
        var body: [UInt8] = [0x01, 0x11, 0x01, 0x01, 0x01, 0x01, 0x02, 0x01, 0x01]
        body += [1 << 2, 9] + Array("node_data".utf8) + [0x0c]
        body += [1 << 2, 10] + Array("network_id".utf8) + [0x0a, 16 << 2] + MoneroNetwork.mainnet.networkID
        return LevinHeader(request: LevinHeader.handshake, length: UInt64(body.count)).bytes + body
    }()
}
