import EventLoop
import Protocols
import Testing

/// Connections bound to an interface: from ports that are held, and ended by a reset. Here the interface is loopback.
@Suite(.serialized) struct HeldPortsTests {
    private final class Bound: FlowOwner {
        private let upstream: Endpoint
        private let ports: HeldPorts
        private let counter = TrafficCounter()
        private var isDialled = false

        init(upstream: Endpoint, ports: HeldPorts) {
            self.upstream = upstream
            self.ports = ports
        }

        override func ready(_ side: FlowSide) {
            if !isDialled, let socket = try? ports.connect(to: upstream, by: "lo") {
                isDialled = true
                attach(upstream: socket, endsByReset: true)
            } else if side == .upstream {
                relay(prefix: [], tag: FlowTag(), counter: counter)
            }
        }
    }

    private func address(_ number: UInt8) -> IPAddress { .v4(IPv4Address(127, 0, 8, number)) }

    @Test func aConnectionLeavesFromAHeldPortOfTheAddress() throws {
        let world = try RelayWorld()
        let ports = try HeldPorts(address(1))
        var seen: Set<UInt16> = []
        for _ in 0..<40 {
            let socket = try ports.connect(to: world.backEndpoint, by: "lo")
            guard case .tcp(let from, let port) = try Socket.localEndpoint(of: socket) else { continue }
            #expect(from == address(1))
            seen.insert(port)
            _ = try world.upstream()
        }
        #expect((2...16).contains(seen.count))
    }

    @Test func whatComesToAHeldPortGetsNoAnswer() throws {
        let world = try RelayWorld()
        let ports = try HeldPorts(address(2))
        let socket = try ports.connect(to: world.backEndpoint, by: "lo")
        let held = try #require(try Socket.localEndpoint(of: socket))
        let stranger = ByteStream(try Socket.connect(to: held), connecting: true, loop: world.loop)
        var heard = false
        stranger.onConnected = { heard = true }
        stranger.onEnded = { _ in heard = true }
        world.run(for: .milliseconds(400))
        #expect(!heard)
    }

    @Test func onlyPortsThatWereUsedAreKeptForATunnelThatIsGone() throws {
        let world = try RelayWorld()
        let ports = try HeldPorts(address(4))
        #expect(ports.portCount == 16)
        _ = try ports.connect(to: world.backEndpoint, by: "lo")
        ports.letGoOfUnused()
        #expect(ports.portCount == 1)
    }

    @Test func withoutTheAddressNoPortIsHeld() {
        #expect(throws: SystemError.self) { try HeldPorts(.v4(IPv4Address(203, 0, 113, 1))) }
    }

    /// In order, the kernel would keep the connection and answer for it.
    @Test func aBoundStreamEndsByAResetAsSoonAsTheClientHasEnded() throws {
        let world = try RelayWorld()
        let ports = try HeldPorts(address(3))
        let client = try #require(try world.open { Bound(upstream: $0, ports: ports) })
        let upstream = try #require(try world.upstream())
        #expect(client.send([1, 2, 3]) == 3)
        var last = Plug.Read.nothing
        world.run {
            last = upstream.read()
            return last == .bytes([1, 2, 3])
        }
        client.finish()
        world.run(for: .seconds(5)) {
            last = upstream.read()
            return last != .nothing
        }
        guard case .broken = last else {
            Issue.record("the upstream saw \(last)")
            return
        }
        #expect(world.endedCount == 1)
    }
}
