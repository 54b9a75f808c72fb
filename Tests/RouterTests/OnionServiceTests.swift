import CTestSystem
import EventLoop
import LoopTurns
import Policy
import Protocols
import Testing

@testable import Router

/// Onion services in a running router: published, reached, and gone when they must not stand.
@Suite(.serialized) struct OnionServiceTests {
    /// A router by a Tor that runs, a node's listener that echoes, and the Tor.
    private final class World {
        let world: RouterWorld
        let tor: FakeTor
        let node: Echo

        init(
            _ kind: InboundKind = .p2p, user: UInt32? = ThisProcess.user, lock: LockState? = nil, hasWork: Bool = true,
            guardMode: KillSwitchConfiguration.GuardMode = .off, nodeUser: String? = nil
        ) throws {
            let (socks, control) = (try freePort(), try freePort())
            let target = loopback(try freePort())
            let service = OnionServiceConfiguration(kind: kind, port: kind.defaultPort, target: target)
            world = try RouterWorld(
                Configuration(
                    network: .mainnet,
                    egresses: [
                        EgressConfiguration(
                            name: "tor",
                            kind: .tor(
                                TorConfiguration(.running(socks: loopback(socks), control: loopback(control)))))
                    ],
                    route: RouteConfiguration(onion: .egress("tor"), i2p: .block, clearnet: .egress("tor")),
                    node: NodeConfiguration(
                        user: nodeUser,
                        listeners: [NodeListenerConfiguration(role: .p2p, endpoint: loopback(try freePort()))]),
                    inbound: InboundConfiguration(onions: [service]),
                    killSwitch: KillSwitchConfiguration(guardMode: guardMode), control: ControlConfiguration(),
                    log: LogConfiguration()), lock: lock)
            tor = try FakeTor(on: world.loop, control: control, socks: socks, user: user)
            tor.hasWork = hasWork
            node = try Echo(at: target, on: world.loop)
        }

        var status: InboundStatus? { world.router.status.inbound.first }
        var keyPath: String { world.directory.path + "/state/inbound/tor.p2p.key" }
        var router: Router { world.router }

        func published() -> Bool { world.run { status?.published == true } }

        /// A client that has come by the service and sent this.
        func client(sending bytes: [UInt8] = Wire.handshake) throws -> Talk {
            let talk = Talk(try Socket.connect(to: try #require(tor.target)), on: world.loop)
            talk.send(bytes)
            return talk
        }

        func relayed() throws -> Talk {
            let talk = try client()
            #expect(world.run { talk.heard == Wire.handshake }, "relayed")
            return talk
        }
    }

    /// A node that says back what it hears.
    private final class Echo {
        private(set) var peers: [Endpoint?] = []
        private var streams: [ByteStream] = []
        private let acceptor: Acceptor

        init(at endpoint: Endpoint, on loop: EventLoop) throws {
            acceptor = try Acceptor(at: endpoint, name: "echo", mend: "", loop: loop)
            acceptor.onAccept = { [unowned self] socket, peer in
                peers.append(peer)
                let stream = ByteStream(socket, connecting: false, loop: loop)
                streams.append(stream)
                stream.onBytes = { [unowned stream] span in
                    var bytes: [UInt8] = []
                    for index in span.indices { bytes.append(span[index]) }
                    stream.write(bytes)
                }
            }
            acceptor.resume()
        }
    }

    @Test func itIsPublishedReachedAndKeepsItsKey() throws {
        let world = try World()
        #expect(world.published())
        #expect(world.status?.address == FakeTor.address + ".onion:18084" && world.status?.name == "tor.p2p")
        #expect(
            try Files.read(world.keyPath, limit: 1024).bytes == Array("\(FakeTor.address).onion\n\(FakeTor.key)\n".utf8)
        )
        #expect(!world.tor.commands.contains { $0.contains("Detach") })
        let talks = [try world.relayed(), try world.relayed()]
        #expect(world.status?.open == 2 && world.status?.counts?.accepted == 2)
        #expect(world.world.run { world.status?.counts?.bytesOut == UInt64(2 * Wire.handshake.count) })
        let sources = Set(
            world.node.peers.compactMap { peer -> IPAddress? in
                if case .tcp(let address, _) = peer { address } else { nil }
            })
        #expect(sources.count == 2, "the node sees two, not one")
        for case .v4(let address) in sources { #expect(address.bits >> 22 == 0x7f40_0000 >> 22) }

        // Tor ends and begins anew: the same key.
        for talk in talks { talk.close() }
        try world.tor.restart()
        #expect(world.world.run { world.status?.published == false })
        #expect(world.published())
        #expect(world.tor.commands.last { $0.hasPrefix("ADD_ONION") }?.hasPrefix("ADD_ONION \(FakeTor.key) ") == true)
        let again = try world.relayed()
        #expect(world.status?.open == 1 && world.status?.counts?.accepted == 3, "no count begins anew")
        again.close()
    }

    @Test(arguments: [Array("GET / HTTP/1.1\r\n\r\n".utf8), [0x16, 3, 1, 2, 0], [UInt8](repeating: 0, count: 40)])
    func whatIsNotOfTheNetworkNeverReachesTheNode(bytes: [UInt8]) throws {
        let world = try World()
        #expect(world.published())
        let talk = try world.client(sending: bytes)
        #expect(world.world.run { talk.hasEnded })
        #expect(talk.heard.isEmpty && world.node.peers.isEmpty)
        #expect(world.router.inbound.first?.refused == [.notLevin: 1])
        #expect(world.router.inbound.first?.open == 0)
    }

    @Test func anRPCServiceTakesAnyProtocol() throws {
        let world = try World(.rpc)
        #expect(world.published())
        let talk = try world.client(sending: Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(world.world.run { talk.heard == Array("GET / HTTP/1.1\r\n\r\n".utf8) })
        #expect(world.status?.open == nil && world.status?.counts == nil, "a wallet's are told nobody")
    }

    @Test func theLockUnpublishesAndCutsAtOnce() throws {
        let world = try World()
        #expect(world.published())
        let relayed = try world.relayed()
        let half = try world.client(sending: [1])
        #expect(world.world.run { world.router.streams.count == 1 })
        let target = try #require(world.tor.target)
        try world.router.lockAll()
        #expect(world.router.table.relayCount == 0 && world.router.streams.count == 0)
        #expect(world.status?.published == false && world.router.inbound.isEmpty)
        #expect(world.world.run { relayed.hasEnded && half.hasEnded })
        #expect(world.world.run { world.tor.standing == 0 })
        let late = Talk(try Socket.connect(to: target), on: world.world.loop)
        #expect(world.world.run { late.hasEnded }, "nobody listens there")

        try world.router.unlock()
        #expect(world.published() && world.tor.standing == 1)
        _ = try world.relayed()
    }

    @Test func aLockFromTheStartPublishesNothing() throws {
        let world = try World(lock: .locked)
        #expect(world.world.run { world.router.egresses.first?.readiness.isReady == true })
        world.world.run(for: .milliseconds(300))
        #expect(!world.tor.commands.contains { $0.hasPrefix("ADD_ONION") } && world.router.inbound.isEmpty)
    }

    @Test func anUnprovenGuardPublishesNothing() throws {
        let world = try World(guardMode: .required)
        #expect(world.world.run { world.router.egresses.first?.readiness.isReady == true })
        world.world.run(for: .milliseconds(300))
        #expect(!world.tor.commands.contains { $0.hasPrefix("ADD_ONION") } && world.status?.published == false)
    }

    /// Whoever is not Tor is turned away, whatever he says.
    @Test func nobodyButTorsUserIsTaken() throws {
        let world = try World(user: 4_000_000)
        #expect(world.published())
        let talk = try world.client()
        #expect(world.world.run { talk.hasEnded })
        #expect(talk.heard.isEmpty && world.node.peers.isEmpty)
        #expect(world.router.inbound.first?.refused == [.wrongOwner: 1])
        #expect(world.router.inbound.first?.open == 0)
    }

    /// A program of the node's that has taken Tor's port is not sent the service's keys.
    @Test(.enabled(if: ThisProcess.user == 0)) func whatAHeldUserHasIsNoTor() throws {
        let world = try World(nodeUser: "daemon")
        let before = test_acts_as()
        // Whoever takes a connection has its end.
        test_act_as(1)
        defer { test_act_as(before) }
        func readiness() -> EgressReadiness? { world.router.egresses.first?.readiness }
        #expect(world.world.run { readiness()?.detail.contains("whom the guard holds") == true })
        #expect(readiness()?.isReady == false)
        #expect(!world.tor.commands.contains { !$0.hasPrefix("PROTOCOLINFO") }, "\(world.tor.commands)")
    }

    @Test func aTorThatDoesNotSayWhoItIsPublishesNothing() throws {
        let world = try World(user: nil)
        #expect(world.world.run { world.router.status.reason.contains("as which user it runs") })
        #expect(world.tor.standing == 0 && world.router.inbound.isEmpty)
    }

    @Test func aSpoiltKeyIsSaidAndNotReplaced() throws {
        let world = try World()
        #expect(world.published())
        try Files.replace(world.keyPath, with: [0x61])
        try world.tor.restart()
        #expect(world.world.run { world.status?.published == false })
        // The router that runs has its key still; one that starts has not.
        try world.world.reload { $0.inbound.onions = [] }
        #expect(world.world.run { world.tor.standing == 0 })
        let before = world.tor.commands.count { $0.hasPrefix("ADD_ONION") }
        let service = OnionServiceConfiguration(kind: .p2p, port: 18084, target: loopback(try freePort()))
        try world.world.reload { $0.inbound.onions = [service] }
        #expect(world.world.run { world.router.status.reason.contains("is damaged") })
        #expect(world.router.status.reason.contains(world.keyPath) && world.router.status.state != .protected)
        #expect(world.tor.commands.count { $0.hasPrefix("ADD_ONION") } == before)
        #expect(try Files.read(world.keyPath, limit: 10).bytes == [0x61])
    }

    @Test func aReloadAddsAndRemoves() throws {
        let world = try World()
        #expect(world.published())
        let relayed = try world.relayed()
        try world.world.reload { $0.inbound.onions = [] }
        #expect(world.world.run { relayed.hasEnded && world.tor.standing == 0 })
        #expect(world.router.status.inbound.isEmpty && world.router.inbound.isEmpty)
        let target = loopback(try freePort())
        let node = try Echo(at: target, on: world.world.loop)
        try world.world.reload {
            $0.inbound.onions = [OnionServiceConfiguration(kind: .p2p, port: 1, target: target)]
        }
        #expect(world.published())
        #expect(world.status?.address == FakeTor.address + ".onion:1")
        _ = try world.relayed()
        #expect(node.peers.count == 1 && world.node.peers.count == 1)
    }

    @Test func aTorThatIsLostEndsItsStreams() throws {
        let world = try World()
        #expect(world.published())
        let relayed = try world.relayed()
        try world.tor.restart()
        #expect(world.world.run { relayed.hasEnded })
    }

    @Test func withoutProofOfWorkItStandsAndThatIsSaid() throws {
        let world = try World(hasWork: false)
        #expect(world.published())
        #expect(world.world.events.contains { $0.kind == .inbound && $0.sentence.contains("proof-of-work") })
        #expect(world.world.events.contains { $0.sentence == "tor.p2p is published" })
        #expect(!world.world.events.contains { $0.sentence.contains(FakeTor.address) })
    }

    /// A Tor without a control port cannot be asked: it is said.
    @Test func withoutAControlPortItIsSaid() throws {
        let world = try World()
        #expect(world.published())
        try world.world.reload {
            guard case .tor(let tor) = $0.egresses[0].kind, case .running(let socks, _) = tor.source else { return }
            $0.egresses[0].kind = .tor(TorConfiguration(.running(socks: socks, control: nil)))
        }
        #expect(world.world.run { world.router.status.reason.contains("set `control` in [tor]") })
        #expect(world.status?.published == false)
        #expect(world.world.run { world.tor.standing == 0 })
    }
}
