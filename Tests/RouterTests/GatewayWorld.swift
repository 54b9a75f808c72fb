import CTestSystem
import EventLoop
import LoopTurns
import Policy
import Protocols
import TLS
import Testing

@testable import Router

/// Nodes, wallets and proxies in one loop, for a gateway's connections.
final class GatewayWorld {
    let loop: EventLoop
    let identity: Identity
    private let directory: TemporaryDirectory
    private var servers: [Server] = []
    private var proxies: [Proxy] = []

    struct Identity {
        let server: TLSContext
        let client: TLSContext
        let fingerprint: [UInt8]
    }

    init() throws {
        loop = try EventLoop()
        let directory = try TemporaryDirectory()
        self.directory = directory
        var fingerprint = [UInt8](repeating: 0, count: 32)
        let made = unsafe test_make_certificate(
            directory.path, "node", "DNS:node.example", -60, 3600, nil, &fingerprint)
        #expect(made == 1)
        identity = Identity(
            server: TLSContext(certificate: directory.path + "/node.pem", key: directory.path + "/node.key"),
            client: TLSContext(client: .fingerprint(fingerprint)), fingerprint: fingerprint)
    }

    func run(for patience: Duration = .seconds(10), until done: () -> Bool) -> Bool {
        loop.turn(for: patience, until: done)
    }

    func listen(tls: TLSContext?) throws -> Server {
        let server = try Server(tls: tls, on: loop)
        servers.append(server)
        return server
    }

    func proxy(to address: Endpoint) throws -> Proxy {
        let proxy = try Proxy(to: address, on: loop)
        proxies.append(proxy)
        return proxy
    }

    /// Where nobody listens.
    func nowhere() throws -> Endpoint {
        let listening = try Socket.listen(at: loopbackOfGateway)
        return try Socket.localEndpoint(of: listening) ?? loopbackOfGateway
    }

    func dial(
        _ address: Endpoint, hops: [SocksHop] = [], tls: TLSContext? = nil, name: Host
    ) throws -> Client {
        Client(
            GatewayStream(
                connecting: try Socket.connect(to: address), hops: hops, tls: tls, serverName: name, loop: loop))
    }

    /// One end of a conversation, with all that happened to it.
    final class Client {
        let stream: GatewayStream
        private(set) var story: [String] = []
        private(set) var heard: [UInt8] = []
        private(set) var ending: GatewayStream.Ending?

        init(_ stream: GatewayStream) {
            self.stream = stream
            stream.onConnected = { [unowned self] in story.append("connected") }
            stream.onOpened = { [unowned self] in story.append("opened") }
            stream.onBytes = { [unowned self] bytes in for index in bytes.indices { heard.append(bytes[index]) } }
            stream.onEnded = { [unowned self] in ending = $0 }
        }

        func send(_ bytes: [UInt8]) { stream.write(bytes) }
    }

    /// A listening socket; a class, as closures have to share it.
    final class Port {
        let descriptor: Descriptor
        let address: Endpoint
        private var watch: Watch?

        init(on loop: EventLoop, _ accepted: @escaping (consuming Descriptor) -> Void) throws {
            descriptor = try Socket.listen(at: loopbackOfGateway)
            address = try Socket.localEndpoint(of: descriptor) ?? loopbackOfGateway
            watch = Watch.listener(descriptor.raw, on: loop) { [unowned self] in
                if let socket = try? Socket.accept(from: descriptor) { accepted(socket) }
            }
        }
    }

    /// A node, or our own side towards a wallet: takes one connection.
    final class Server {
        private(set) var stream: GatewayStream?
        private(set) var heard: [UInt8] = []
        private(set) var ending: GatewayStream.Ending?
        /// Whether bytes may be sent.
        private(set) var isOpened = false
        /// Whether it says again what it hears.
        var echoes = false
        /// Whether it speaks first.
        var greets = false
        var hangsUp = false
        private var port: Port?
        var address: Endpoint { port?.address ?? loopbackOfGateway }

        init(tls: TLSContext?, on loop: EventLoop) throws {
            port = try Port(on: loop) { [unowned self] socket in
                guard let stream = try? GatewayStream(accepted: socket, tls: tls, loop: loop) else { return }
                self.stream = stream
                stream.onBytes = { [unowned self, unowned stream] bytes in
                    for index in bytes.indices { heard.append(bytes[index]) }
                    if echoes { stream.write(bytes) }
                }
                let begins = { [unowned self, unowned stream] in
                    isOpened = true
                    if greets { stream.write([1]) }
                }
                stream.onOpened = begins
                stream.onEnded = { [unowned self] in ending = $0 }
                if hangsUp { stream.close() }
                if tls == nil { begins() }
            }
        }
    }

    /// A SOCKS5 proxy that leads to one place, whatever it is asked for.
    final class Proxy {
        private var port: Port?
        var address: Endpoint { port?.address ?? loopbackOfGateway }
        /// What it answers to a request.
        var code: UInt8 = 0
        /// What comes right behind that answer.
        var greeting: [UInt8] = []
        private var pairs: [(ByteStream, ByteStream)] = []

        init(to target: Endpoint, on loop: EventLoop) throws {
            port = try Port(on: loop) { [unowned self] socket in
                let near = ByteStream(socket, connecting: false, loop: loop, queueLimit: 1 << 26)
                guard let onwards = try? Socket.connect(to: target) else { return }
                let far = ByteStream(onwards, connecting: true, loop: loop, queueLimit: 1 << 26)
                pairs.append((near, far))
                var messages = 0
                near.onBytes = { [unowned self, unowned near, unowned far] bytes in
                    messages += 1
                    switch messages {
                    case 1: near.write([5, 0])
                    case 2: near.write([5, code, 0, 1, 0, 0, 0, 0, 0, 0] + greeting)
                    default: far.write(bytes)
                    }
                }
                far.onBytes = { [unowned near] in near.write($0) }
                near.onEnded = { [unowned far] _ in far.closeAfterWriting() }
                far.onEnded = { [unowned near] _ in near.closeAfterWriting() }
            }
        }
    }
}

private let loopbackOfGateway = Endpoint.tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 0)
