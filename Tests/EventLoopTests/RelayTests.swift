import EventLoop
import Protocols
import Testing

/// Relays between two pairs of real sockets, all in one loop.
@Suite(.serialized) struct RelayTests {
    /// Relays at once: the handshake that needs none.
    final class ImmediateOwner: FlowOwner {
        let upstream: Endpoint
        let counter: TrafficCounter
        let prefix: [UInt8]
        private var started = false

        init(upstream: Endpoint, counter: TrafficCounter, prefix: [UInt8]) {
            self.upstream = upstream
            self.counter = counter
            self.prefix = prefix
        }

        override func ready(_ side: FlowSide) {
            if side == .client, !started, let socket = try? Socket.connect(to: upstream) {
                started = true
                attach(upstream: socket)
            } else if side == .upstream {
                relay(prefix: prefix, tag: FlowTag(), counter: counter)
            }
        }
    }

    /// A client, a relay and an upstream, joined over loopback TCP.
    final class Bench {
        let loop: EventLoop
        let table: FlowTable
        let counter = TrafficCounter()
        private(set) var client: ByteStream
        private(set) var upstream: ByteStream?
        private var watches: [Watch] = []
        private let listeners: Listeners
        var ended = 0

        struct Listeners: ~Copyable {
            let front: Descriptor
            let back: Descriptor
        }

        init(port: UInt16, prefix: [UInt8] = [], onEnded: @escaping () -> Void = {}) throws {
            let loop = try EventLoop()
            self.loop = loop
            let table = FlowTable(loop: loop) { _ in onEnded() }
            self.table = table
            let here = IPAddress.v4(IPv4Address(127, 0, 0, 1))
            let front = Endpoint.tcp(here, port: port)
            let back = Endpoint.tcp(here, port: port + 1)
            listeners = Listeners(front: try Socket.listen(at: front), back: try Socket.listen(at: back))
            client = ByteStream(try Socket.connect(to: front), connecting: true, loop: loop)
            let counter = counter
            watches.append(
                Watch.listener(listeners.front.raw, on: loop) { [unowned self] in
                    guard let socket = try? Socket.accept(from: self.listeners.front) else { return }
                    self.table.open(
                        client: socket, owner: ImmediateOwner(upstream: back, counter: counter, prefix: prefix))
                })
            watches.append(
                Watch.listener(listeners.back.raw, on: loop) { [unowned self] in
                    guard let socket = try? Socket.accept(from: self.listeners.back) else { return }
                    self.upstream = ByteStream(socket, connecting: false, loop: loop, queueLimit: 1 << 28)
                    self.upstream?.onBytes = { self.received += $0.count }
                })
        }

        var received = 0

        /// Turns the loop until `done`, at most five seconds.
        func run(until done: () -> Bool) {
            let tick = Watch.ticker(every: .milliseconds(20), on: loop) {}
            let end = loop.now + .seconds(5)
            while !done(), loop.now < end { loop.runOnce() }
            tick.cancel()
        }
    }

    @Test func bytesArriveWholeAndInOrderAlsoWhenBusy() throws {
        let bench = try Bench(port: 28310, prefix: Array("first".utf8))
        bench.run { bench.upstream != nil && bench.received == 5 }
        #expect(bench.received == 5)
        var expected: [UInt8] = []
        for index in 0..<(8 << 20) { expected.append(UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8)) }
        var got: [UInt8] = []
        bench.client.onBytes = { span in for index in span.indices { got.append(span[index]) } }
        bench.upstream?.write(expected)
        bench.client.write(Array("ping".utf8))
        bench.run { got.count == expected.count && bench.received == 9 }
        #expect(got == expected)
        #expect(bench.counter.down == UInt64(expected.count))
        #expect(bench.counter.up == 9)
    }

    @Test func aHalfCloseIsPassedOnAfterTheBytesBeforeIt() throws {
        var endings = 0
        let bench = try Bench(port: 28320) { endings += 1 }
        bench.run { bench.upstream != nil }
        var got = 0
        var ended = false
        bench.client.onBytes = { got += $0.count }
        bench.client.onEnded = { ended = $0 == .closedByPeer }
        bench.upstream?.write([UInt8](repeating: 7, count: 3 << 20))
        bench.upstream?.closeAfterWriting()
        bench.run { ended }
        #expect(got == 3 << 20)
        #expect(ended)
        bench.client.close()
        bench.run { endings == 1 }
        #expect(endings == 1)
        #expect(bench.table.relayCount == 0)
    }

    @Test func aCutEndsBothSidesAtOnce() throws {
        let bench = try Bench(port: 28330)
        bench.run { bench.table.relayCount == 1 && bench.upstream != nil }
        var clientEnded = false
        var upstreamEnded = false
        bench.client.onEnded = { _ in clientEnded = true }
        bench.upstream?.onEnded = { _ in upstreamEnded = true }
        #expect(bench.table.cut { _ in true } == 1)
        bench.run { clientEnded && upstreamEnded }
        #expect(clientEnded && upstreamEnded)
        #expect(bench.table.relayCount == 0)
    }

    @Test func aSocketKnowsItsPeer() throws {
        let path = "/tmp/xmr-routed-test-\(ThisProcess.id).sock"
        defer { Files.remove(path) }
        let listener = try Socket.listen(at: .unix(path), mode: 0o660)
        _ = try Socket.connect(to: .unix(path))
        guard let accepted = try Socket.accept(from: listener) else {
            Issue.record("nobody connected")
            return
        }
        let peer = Socket.peerCredentials(accepted)
        #expect(peer?.process == ThisProcess.id)
    }
}
