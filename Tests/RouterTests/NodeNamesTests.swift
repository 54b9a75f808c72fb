import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// The node's questions by UDP, asked of the resolver through the proxy; and what comes to the strays' listener itself.
@Suite(.serialized) struct NodeNamesTests {
    private static let resolver = Endpoint.tcp(.v4(IPv4Address(9, 9, 9, 9)), port: 53)
    private static let listener = loopback(NodeConfiguration.dnsPort)

    /// A router with a resolver, and a client of it.
    private final class Running {
        let world: RouterWorld
        let proxy: FakeProxy
        let client: DatagramSocket
        private(set) var heard: [[UInt8]] = []

        init() throws {
            let samples = try RouterSamples()
            var configuration = samples.configuration
            configuration.node.dns = NodeNamesTests.resolver
            configuration.node.strays = .redirect
            world = try RouterWorld(configuration)
            proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
            client = try DatagramSocket(at: loopback(0), loop: world.loop)
            client.onDatagram = { [unowned self] span, from in
                #expect(from == NodeNamesTests.listener)
                var bytes: [UInt8] = []
                for index in span.indices { bytes.append(span[index]) }
                heard.append(bytes)
            }
            client.resume()
            waitUntilReady()
        }

        private func waitUntilReady() {
            #expect(world.run { world.router.egresses.first?.readiness.isReady == true })
        }

        var names: NodeListener? { world.router.listeners.first { $0.name == "node.dns" } }
        func ask(_ bytes: [UInt8]) { client.send(bytes, to: NodeNamesTests.listener) }
        /// What the resolver has been sent, message by message.
        var asked: [[UInt8]] {
            var framing = DNSFraming()
            var rest = proxy.lastStream[...]
            var messages: [[UInt8]] = []
            while !rest.isEmpty {
                let bytes = Array(rest)
                let (consumed, event) = framing.receive(bytes.span)
                rest = rest.dropFirst(consumed)
                guard case .message(let message) = event else { break }
                messages.append(message)
            }
            return messages
        }
    }

    private static func question(_ id: UInt16) -> [UInt8] {
        DNSQuestion(DNSName("checkpoints.example") ?? .root, DNSRecordType(rawValue: 16)).query(id: id)
    }

    private static func answer(_ question: [UInt8]) -> [UInt8] {
        question[..<2] + [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + question[12...]
            + [0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 9, 0, 3, 2, 0x68, 0x69]
    }

    @Test func aQuestionGoesByTheProxyToTheResolverAndBack() throws {
        let running = try Running()
        running.ask(Self.question(0x0102))
        #expect(running.world.run { running.asked.count == 1 })
        #expect(running.proxy.requests == [[1, 9, 9, 9, 9, 0, 53]])
        running.ask(Self.question(0x0304))
        #expect(running.world.run { running.asked.count == 2 })
        #expect(running.proxy.requests.count == 1, "one stream for both")
        for question in running.asked.reversed() {
            running.proxy.say(DNSFraming.framed(Self.answer(question)) ?? [])
        }
        #expect(running.world.run { running.heard.count == 2 })
        #expect(running.heard == [Self.answer(Self.question(0x0304)), Self.answer(Self.question(0x0102))])
        #expect(!running.world.events.contains { $0.sentence.contains("checkpoints") || $0.sentence.contains("9.9.9") })
    }

    @Test func theLockRefusesAtOnceAndAsksNothing() throws {
        let running = try Running()
        running.ask(Self.question(1))
        #expect(running.world.run { running.asked.count == 1 })
        try running.world.router.lockAll()
        #expect(running.world.run(for: .seconds(1)) { running.heard.count == 1 && running.proxy.open == 0 })
        #expect(running.heard.first?[3] == 0x85, "REFUSED")
        running.ask(Self.question(2))
        #expect(running.world.run(for: .seconds(1)) { running.heard.count == 2 })
        #expect(running.heard.last?[3] == 0x85)
        #expect(running.proxy.requests.count == 1)
        try running.world.router.unlock()
        running.ask(Self.question(3))
        #expect(running.world.run { running.asked.count == 1 && running.proxy.requests.count == 2 })
    }

    @Test func aResolverThatGoesAwayIsAskedAgain() throws {
        let running = try Running()
        running.ask(Self.question(1))
        #expect(running.world.run { running.asked.count == 1 })
        running.world.router.table.cut { _ in true }
        #expect(running.world.run { running.proxy.requests.count == 2 && running.asked.count == 1 })
        running.world.router.table.cut { _ in true }
        #expect(running.world.run { running.heard.count == 1 })
        #expect(running.heard.first?[3] == 0x82, "SERVFAIL")
        let listener = try #require(running.names)
        #expect(running.world.run { listener.open == 0 && running.world.router.budget.open == 0 })
    }

    @Test func whatIsNoQuestionIsRefusedWithoutAWord() throws {
        let running = try Running()
        running.ask([1, 2, 3])
        running.ask(Self.answer(Self.question(1)))
        #expect(running.world.run { running.names?.refused == [.badRequest: 2] })
        running.world.run(for: .milliseconds(50))
        #expect(running.heard.isEmpty && running.proxy.requests.isEmpty)
    }

    @Test func aReloadWithoutAResolverEndsItAll() throws {
        let running = try Running()
        running.ask(Self.question(1))
        #expect(running.world.run { running.asked.count == 1 })
        try running.world.reload { $0.node.dns = nil }
        #expect(running.world.run { running.proxy.open == 0 && running.heard.count == 1 })
        #expect(running.world.router.nameServices.isEmpty && running.names == nil)
        try running.world.reload { $0.node.dns = Self.resolver }
        running.ask(Self.question(2))
        #expect(running.world.run { running.asked.count == 1 && running.proxy.requests.count == 2 })
    }

    /// Nobody has redirected it: it was to go here, and here is nothing.
    @Test func aConnectionToTheStraysListenerItselfIsReset() throws {
        let running = try Running()
        for address in ["127.0.0.1", "::1"] {
            let strays = running.world.router.listeners.filter { $0.name == "node.strays" }
            let endpoint = Endpoint.tcp(try #require(IPAddress(address)), port: NodeConfiguration.strayPort)
            guard strays.contains(where: { $0.endpoint == endpoint }) else { continue }
            let talk = Talk(try Socket.connect(to: endpoint), on: running.world.loop)
            #expect(running.world.run { talk.hasEnded })
            #expect(talk.heard.isEmpty)
            #expect(strays.first { $0.endpoint == endpoint }?.refused == [.notRedirected: 1])
        }
        #expect(running.proxy.requests.isEmpty)
    }
}
