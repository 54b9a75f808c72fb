import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// An I2P router by SAM: whose destination a stream goes by, what a lost session cuts, and our own service.
@Suite(.serialized) struct SAMTests {
    private static let peer = "peer.i2p"

    private struct Here {
        let world: RouterWorld
        let bridge: FakeSAM

        init(_ change: (inout Configuration) -> Void = { _ in }) throws {
            let port = try freePort()
            var configuration = try RouterSamples().configuration
            configuration.egresses = [
                EgressConfiguration(name: "i2p", kind: .i2p(I2PConfiguration(.sam(loopback(port)))))
            ]
            configuration.route.onion = .block
            configuration.route.clearnet = .block
            configuration.route.i2p = .egress("i2p")
            configuration.node.listeners[1].role = .i2pZone
            change(&configuration)
            world = try RouterWorld(configuration)
            bridge = try FakeSAM(on: world.loop, port: port)
            #expect(world.waitUntilReady())
        }

        func relayed() throws -> Talk {
            let count = world.router.table.relayCount
            let talk = try world.client(of: 1, sending: Wire.request(SAMTests.peer) + Wire.handshake)
            #expect(world.run { world.router.table.relayCount == count + 1 && bridge.lastStream == Wire.handshake })
            #expect(talk.heard == Wire.granted)
            return talk
        }
    }

    @Test func aStreamGoesByTheNodesSessionAndByName() throws {
        let here = try Here()
        _ = try here.relayed()
        #expect(here.bridge.sessions.count == 1)
        #expect(here.bridge.asked == [FakeSAM.Asked(session: here.bridge.sessions[0], name: Self.peer)])
        #expect(here.bridge.created.allSatisfy { $0.contains(" DESTINATION=TRANSIENT ") })
    }

    @Test func eachWalletHasADestinationOfItsOwnOnceItAsks() throws {
        let here = try Here()
        let egress = try #require(here.world.router.egresses.first)
        let target = Destination(host: .i2p(Self.peer), port: 1)
        func session(_ wallet: UInt32) -> SAMSessionID? {
            guard case .dial(let way) = egress.way(to: target, isolation: nil, wallet: wallet) else { return nil }
            return way.hops.first?.session
        }
        #expect(here.bridge.created.count == 1, "none for wallets that did not ask")
        #expect(session(0) == nil, "its tunnels are to be made first")
        #expect(here.world.run { session(0) != nil })
        #expect(here.world.run { session(1) != nil })
        guard case .dial(let way) = egress.way(to: target, isolation: nil) else {
            Issue.record("the node has no way")
            return
        }
        #expect(Set([session(0), session(1), way.hops.first?.session]).count == 3)
        #expect(here.bridge.sessions.count == 3)
        #expect(session(0) == session(0))
        egress.forget(wallet: 1)
        #expect(here.world.run { here.bridge.sessions.count == 2 })
    }

    /// A wallet's first request waits for tunnels of its own. Its node was not dialled meanwhile, and is not blamed.
    @Test func aNodeIsNotBlamedForTunnelsThatAreMade() throws {
        let listener = try freePort()
        let here = try Here {
            let node = WalletNodeConfiguration(destination: Destination(host: .i2p(Self.peer), port: 18089))
            $0.wallets = [WalletConfiguration(listen: loopback(listener), nodes: [node])]
        }
        here.bridge.holdsTunnels = true
        let gateway = try #require(here.world.router.gateways.first)
        let wallet = Wallet(try Socket.connect(to: loopback(listener)), on: here.world.loop)
        wallet.send(Wallet.hardFork)
        #expect(here.world.run { here.bridge.created.count == 2 })
        let now = here.world.loop.now
        for second in 1..<59 { gateway.tick(now + .seconds(second)) }
        #expect(wallet.heard.isEmpty && gateway.statuses[0].state == .starting)
        here.bridge.makesTunnels()
        #expect(here.world.run { here.bridge.asked.count == 2 }, "the request's and the probe's")
        #expect(here.world.run { !here.bridge.lastStream.isEmpty })
        #expect(gateway.statuses[0].state == .starting)
    }

    @Test func aLostSessionCutsItsStreamsAndIsMadeAnew() throws {
        let here = try Here()
        let talk = try here.relayed()
        let first = here.bridge.sessions
        here.bridge.dropSessions()
        #expect(here.world.run(for: .seconds(2)) { talk.hasEnded })
        #expect(here.world.router.table.relayCount == 0)
        #expect(here.world.waitUntilReady())
        #expect(here.bridge.sessions.count == 1 && here.bridge.sessions != first)
        _ = try here.relayed()
    }

    @Test func onlyI2PNamesAreGivenToIt() throws {
        let here = try Here()
        let egress = try #require(here.world.router.egresses.first)
        for host in [Host.onion(RouterSamples.onion), .name("example.net"), Host(.v4(IPv4Address(203, 0, 113, 7)))] {
            guard case .refuse(.wrongZone) = egress.way(to: Destination(host: host, port: 1), isolation: nil) else {
                Issue.record("\(host) has a way")
                return
            }
        }
    }

    // MARK: Our service

    private func serving(_ target: UInt16) throws -> Here {
        try Here { $0.inbound = InboundConfiguration(i2p: I2PServiceConfiguration(target: loopback(target))) }
    }

    private func isPublished(_ here: Here) -> Bool { here.world.router.status.inbound.first?.published == true }
    private func address(_ here: Here) -> String? { here.world.router.status.inbound.first?.address }

    @Test func aPeerOfTheServiceIsBroughtToItsTarget() throws {
        let port = try freePort()
        let here = try serving(port)
        let node = try FakeTarget(on: here.world.loop, port: port)
        #expect(here.world.run(for: .seconds(20)) { isPublished(here) })
        #expect(address(here)?.hasSuffix(".b32.i2p:\(port)") == true)
        #expect(here.world.run { here.bridge.waiting > 0 })
        let peer = here.bridge.peer(Wire.handshake)
        #expect(here.world.run { node.heard == Wire.handshake })
        node.say([1, 2, 3])
        #expect(here.world.run { peer().heard == [1, 2, 3] })
        #expect(here.world.run { here.bridge.waiting > 0 }, "another waits in its place")
        #expect(here.bridge.sessions.count == 2, "the node's own, and the service's")
    }

    @Test func whatIsNotLevinComesToNobody() throws {
        let port = try freePort()
        let here = try serving(port)
        let node = try FakeTarget(on: here.world.loop, port: port)
        #expect(here.world.run(for: .seconds(20)) { isPublished(here) && here.bridge.waiting > 0 })
        let peer = here.bridge.peer(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(here.world.run { peer().hasEnded })
        #expect(node.accepted == 0)
    }

    @Test func aLockTakesTheServiceDownAndCutsItsStreams() throws {
        let port = try freePort()
        let here = try serving(port)
        let node = try FakeTarget(on: here.world.loop, port: port)
        #expect(here.world.run(for: .seconds(20)) { isPublished(here) && here.bridge.waiting > 0 })
        let peer = here.bridge.peer(Wire.handshake)
        #expect(here.world.run { node.heard == Wire.handshake })
        let known = address(here)
        _ = try here.world.router.lockAll()
        #expect(!isPublished(here))
        #expect(
            here.world.run(for: .milliseconds(100)) {
                peer().hasEnded && here.bridge.sessions.count == 1 && here.bridge.waiting == 0
            })
        #expect(address(here) == known)
        try here.world.router.unlock()
        #expect(here.world.router.status.inbound.first?.counts?.accepted == 1, "once, however often it stands anew")
        #expect(!here.world.router.drain {})
        #expect(!isPublished(here) && here.bridge.waiting == 0, "at the end nobody is taken any more")
    }

    @Test func theKeysAreKeptForUsAloneAndTheAddressIsTheSameForEver() throws {
        let port = try freePort()
        let here = try serving(port)
        #expect(here.world.run(for: .seconds(20)) { isPublished(here) })
        let path = here.world.directory.path + "/state/inbound/i2p.p2p.key"
        #expect(mode(of: path) & 0o777 == 0o600)
        let known = try #require(address(here))
        let store = I2PKeyStore(path: path)
        let keys = try #require(try store.read())
        #expect(throws: StartFailure.self) { try store.write(keys) }
        // A reload that makes the service anew: the same keys, after their rest.
        try here.world.reload { $0.inbound.i2p?.tunnels.quantity = 2 }
        #expect(address(here) == known)
        #expect(here.world.run(for: .seconds(30)) { isPublished(here) })
        #expect(address(here) == known)
        #expect(here.bridge.created.last?.contains("inbound.quantity=2") == true)
        #expect(here.bridge.created.last?.contains(String(decoding: keys.text, as: UTF8.self)) == true)
    }

    @Test func aDamagedKeyFileIsSaidAndStaysAsItIs() throws {
        let directory = try TemporaryDirectory()
        let store = I2PKeyStore(path: directory.path + "/keys")
        #expect(try store.read() == nil)
        for contents in [[], [0x41], Array("AAAA\n".utf8)] {
            Files.remove(store.path)
            try Files.replace(store.path, with: contents)
            let failure = #expect(throws: StartFailure.self) { try store.read() }
            #expect(failure?.description.contains("damaged") == true)
            #expect(try Files.read(store.path, limit: 100).bytes == contents)
        }
        setMode(of: store.path, 0o640)
        let failure = #expect(throws: StartFailure.self) { try store.read() }
        #expect(failure?.description.contains("chmod 600") == true)
    }

    @Test func aServiceThatTheNetworkDoesNotHaveIsNotCalledPublished() throws {
        let port = try freePort()
        let here = try serving(port)
        here.bridge.knowsAddresses = false
        try here.world.reload { $0.inbound.i2p?.tunnels.quantity = 2 }
        #expect(!here.world.run(for: .seconds(26)) { isPublished(here) })
        #expect(here.bridge.created.last?.contains("inbound.quantity=2") == true, "it was made anew meanwhile")
        #expect(here.world.router.status.inbound.first?.detail != nil, "and why it is not published is said")
    }
}

/// What a service leads to: takes connections, and keeps what the last one says.
private final class FakeTarget {
    private(set) var accepted = 0
    private var acceptor: Acceptor?
    private var stream: ByteStream?
    private(set) var heard: [UInt8] = []

    init(on loop: EventLoop, port: UInt16) throws {
        let acceptor = try Acceptor(at: loopback(port), name: "fake", mend: "", loop: loop)
        self.acceptor = acceptor
        acceptor.onAccept = { [unowned self] socket, _ in
            accepted += 1
            heard = []
            let stream = ByteStream(socket, connecting: false, loop: loop)
            self.stream = stream
            stream.onBytes = { [unowned self] in heard += [UInt8](copying: $0) }
        }
        acceptor.resume()
    }

    func say(_ bytes: [UInt8]) { stream?.write(bytes) }
}
