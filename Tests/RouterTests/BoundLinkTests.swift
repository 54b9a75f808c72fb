import EventLoop
import LoopTurns
import Policy
import Protocols
import Testing

@testable import Router

/// A link to a node by a VPN: it leaves from a port that is held, by the interface and no other, and it ends by a reset.
/// Here the interface is loopback.
@Suite(.serialized) struct BoundLinkTests {
    /// What a gateway asks of its router: one way to every node.
    private final class OneWay: WalletGateway.Host {
        var standingRefusal: Refusal?
        private let way: Way
        private(set) var told: [String] = []

        init(_ way: Way) { self.way = way }

        func way(to node: WalletNodeConfiguration, of wallet: UInt32) -> WalletWay {
            .dial(WalletWay.Dialling(way: way, egress: 1, host: node.destination.host))
        }
        func hasRoute(to node: WalletNodeConfiguration) -> Bool { true }
        func leads(_ egress: UInt32, to node: WalletNodeConfiguration) -> Bool { true }
        func dialFailed(_ egress: UInt32) {}
        func admit(_ peer: Endpoint?, open: Int, at gateway: WalletGateway) -> UInt32? { 0 }
        func owner(of peer: Endpoint?, at gateway: WalletGateway) -> UInt32? { 0 }
        func tooManyConnections() {}
        func walletConnectionEnded() {}
        func inForce(_ gateway: WalletGateway) -> WalletGateway? { gateway }
        func predecessors(of gateway: WalletGateway) -> [WalletGateway] { [] }
        func refusal(of owner: UInt32, at gateway: WalletGateway) -> Refusal? { nil }
        func told(_ sentence: String, of node: String) { told.append(sentence) }
    }

    /// A gateway with one remote node, and that node's end of each connection.
    private final class Running {
        let loop: EventLoop
        let host: OneWay
        let gateway: WalletGateway
        private let port: UInt16
        private let node: Acceptor
        private var streams: [ByteStream] = []
        private(set) var peers: [Endpoint?] = []
        private(set) var endings: [ByteStream.Ending] = []
        private(set) var asked = ""
        var answers = true

        init(_ way: (Endpoint) throws -> Way) throws {
            loop = try EventLoop()
            port = try freePort()
            let place = loopback(try freePort())
            node = try Acceptor(at: place, name: "node", mend: "", loop: loop)
            host = OneWay(try way(place))
            let remote = WalletNodeConfiguration(
                destination: Destination(host: Host(.v4(IPv4Address(192, 0, 2, 1))), port: 18081), isInsecure: true)
            gateway = try WalletGateway(
                WalletConfiguration(listen: loopback(port), nodes: [remote]), number: 0, network: .mainnet,
                acceptor: try Acceptor(at: loopback(port), name: "wallet.0", mend: "", loop: loop), host: host,
                loop: loop)
            node.onAccept = { [unowned self] socket, peer in
                let stream = ByteStream(socket, connecting: false, loop: loop)
                peers.append(peer)
                streams.append(stream)
                stream.onBytes = { [unowned self, unowned stream] bytes in
                    var request: [UInt8] = []
                    for index in bytes.indices { request.append(bytes[index]) }
                    asked += String(decoding: request, as: UTF8.self)
                    if answers { stream.write(FakeNode.response(to: request)) }
                }
                stream.onEnded = { [unowned self] in endings.append($0) }
            }
            node.resume()
            gateway.start()
        }

        deinit { gateway.stop() }

        func ask() throws -> Wallet {
            let wallet = Wallet(try Socket.connect(to: loopback(port)), on: loop)
            wallet.send(Wallet.hardFork)
            return wallet
        }

        func run(until done: () -> Bool) -> Bool { loop.turn(for: .seconds(10), until: done) }

        func lock() {
            host.standingRefusal = .locked
            gateway.judge()
        }

        /// How the node sees a link end on which it owes an answer, when a lock cuts it.
        func cut() throws -> ByteStream.Ending? {
            answers = false
            let wallet = try ask()
            #expect(run { asked.contains("hard_fork_info") })
            lock()
            #expect(run { !endings.isEmpty && wallet.isBusy })
            return endings.first
        }
    }

    @Test func itLeavesFromAHeldPortAndCarriesRequests() throws {
        let held = try HeldPorts(.v4(IPv4Address(127, 0, 9, 1)))
        let running = try Running { Way(endpoint: $0, interface: "lo", ports: held) }
        let wallet = try running.ask()
        #expect(running.run { wallet.results == 1 })
        guard case .tcp(let address, _)? = running.peers.first ?? nil else {
            Issue.record("nobody came")
            return
        }
        #expect(address == .v4(IPv4Address(127, 0, 9, 1)))
        #expect(!running.asked.contains("client"))
    }

    /// With a request under way each is reset: what the kernel has of it does not leave after a lock.
    @Test func itEndsByAResetAndAnotherOnlyUnderWay() throws {
        let bound = try Running { Way(endpoint: $0, interface: "lo") }
        guard case .failed(let error)? = try bound.cut() else {
            Issue.record("it did not end by a reset")
            return
        }
        #expect(error.reason.contains("reset"))
        let other = try Running { Way(endpoint: $0) }
        guard case .failed? = try other.cut() else {
            Issue.record("a request under way did not end by a reset")
            return
        }
        let idle = try Running { Way(endpoint: $0) }
        let wallet = try idle.ask()
        #expect(idle.run { wallet.results == 1 })
        idle.lock()
        #expect(idle.run { !idle.endings.isEmpty })
        #expect(idle.endings.allSatisfy { $0 == .closedByPeer }, "\(idle.endings)")
    }

    @Test func withoutTheInterfaceNothingIsSentByAnother() throws {
        let running = try Running { Way(endpoint: $0, interface: "no-such-one") }
        let wallet = try running.ask()
        #expect(running.run { wallet.isBusy })
        #expect(running.peers.isEmpty)
        #expect(running.host.told.contains { $0.hasPrefix("wallet.0.node.0 does not answer") })
    }
}
