import CTestSystem
import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// Who uses the node's listeners, by real sockets of several users.
@Suite(.serialized, .enabled(if: ThisProcess.user == 0, "needs root to make another user's socket"))
struct ClientOwnerTests {
    /// A user whom every Debian has; here the node's.
    private static let node: UInt32 = 1
    private static let nodeName = "daemon"
    private static let listener = "node.proxy"
    /// A number that no user has.
    private static let stranger: UInt32 = 4_000_101

    /// A router with a proxy behind it.
    private final class Running {
        let world: RouterWorld
        let proxy: FakeProxy

        init(_ mode: KillSwitchConfiguration.GuardMode = .off, user: String? = ClientOwnerTests.nodeName) throws {
            let samples = try RouterSamples(guardMode: mode)
            var configuration = samples.configuration
            configuration.node.user = user
            world = try RouterWorld(configuration)
            proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
            waitUntilReady()
        }

        private func waitUntilReady() {
            #expect(world.run { world.router.egresses.first?.readiness.isReady == true })
        }

        var router: Router { world.router }
        var refused: [Refusal: UInt64]? { router.listeners.first?.refused }
        var threats: [StatusEvent] { world.events.filter { $0.kind == .threat } }

        /// A client whose socket is this user's.
        func client(as user: UInt32, sending bytes: [UInt8]) throws -> Talk {
            let before = test_acts_as()
            test_act_as(user)
            defer { test_act_as(before) }
            return try world.client(sending: bytes)
        }

        /// What the router answers to a client of this user; it is relayed where that is "granted".
        func asks(as user: UInt32) throws -> [UInt8] {
            let talk = try client(as: user, sending: Wire.request("95.217.25.101") + Wire.handshake)
            #expect(world.run { !talk.heard.isEmpty })
            return talk.heard
        }
    }

    @Test func theNodesUserIsNoThreat() throws {
        let running = try Running()
        #expect(try running.asks(as: Self.node) == Wire.granted)
        #expect(running.router.status.threats.isEmpty)
        #expect(running.threats.isEmpty)
    }

    @Test func withoutAGuardAnotherUserPassesAndIsNamed() throws {
        let running = try Running()
        #expect(try running.asks(as: 0) == Wire.granted)
        let root = "node.proxy was used by user root (id 0), whom no guard holds: run monerod as daemon"
        #expect(running.router.status.threats == [root])
        #expect(running.threats.map(\.sentence) == [root])
        for _ in 0..<3 { #expect(try running.asks(as: 0) == Wire.granted) }
        #expect(running.threats.count == 1, "one event in five seconds")
        #expect(try running.asks(as: Self.stranger) == Wire.granted)
        #expect(running.router.status.threats.contains { $0.contains("the user with id \(Self.stranger)") })
        #expect(running.threats.count == 2)
        #expect(!running.world.events.contains { $0.sentence.contains("95.217") })
    }

    @Test func whereTheGuardIsRequiredAnotherUserIsRefusedAndNamed() throws {
        let running = try Running(.required)
        #expect(try running.asks(as: 0) == Wire.refused)
        #expect(running.refused == [.wrongOwner: 1])
        #expect(running.router.status.threats.count == 1)
        #expect(running.threats.count == 1)
        // Whom the guard would hold is refused only since there is none.
        #expect(try running.asks(as: Self.node) == Wire.refused)
        #expect(running.refused == [.wrongOwner: 1, .unguarded: 1])
        #expect(running.router.status.threats.count == 1)
        #expect(running.proxy.requests.isEmpty)
    }

    @Test func aClientThatIsGoneIsNobodyAndNotRoot() throws {
        let running = try Running(.required, user: Self.nodeName)
        // It has closed before the router has accepted it.
        let talk = try running.client(as: Self.node, sending: Wire.request("95.217.25.101"))
        talk.close()
        let listener = try #require(running.router.listeners.first)
        #expect(running.world.run { listener.accepted == 1 && listener.open == 0 })
        #expect(running.router.status.threats.count == 1)
        #expect(running.router.status.threats.first?.contains("had gone") == true)
    }

    @Test func aNodeUserWhoDoesNotExistIsSaidAndIsNobody() throws {
        let running = try Running(.required, user: "no-such-user")
        #expect(running.router.status.threats.contains { $0.contains("no-such-user") && $0.contains("/etc/passwd") })
        #expect(try running.asks(as: Self.node) == Wire.refused)
        #expect(running.refused == [.wrongOwner: 1])
    }

    @Test func withoutANodeUserNobodyIsAskedAbout() throws {
        let running = try Running(.off, user: nil)
        #expect(try running.asks(as: Self.stranger) == Wire.granted)
        #expect(running.router.status.threats.isEmpty)
    }

    /// The node's user is another one from now on: what the kernel said of each client is judged anew.
    @Test func aReloadJudgesByTheUserOfTheNewFile() throws {
        let running = try Running()
        #expect(try running.asks(as: Self.node) == Wire.granted)
        var tag = FlowTag()
        tag.listener = try #require(running.router.listeners.first).id
        for (owner, refusal) in [(Self.node, nil), (0, Refusal.wrongOwner), (FlowTag.unknownOwner, .wrongOwner)] {
            tag.owner = owner
            #expect(running.router.owners.refusal(of: owner, at: Self.listener) == nil)
            try running.world.reload { $0.killSwitch.guardMode = .required }
            #expect(running.router.owners.refusal(of: owner, at: Self.listener) == refusal)
            #expect(running.router.standingRefusal(of: tag) == refusal ?? .unguarded)
            try running.world.reload { $0.killSwitch.guardMode = .off }
        }
        try running.world.reload {
            $0.killSwitch.guardMode = .required
            $0.node.user = "bin"
        }
        #expect(running.router.owners.refusal(of: Self.node, at: Self.listener) == .wrongOwner)
        #expect(running.router.owners.refusal(of: 2, at: Self.listener) == nil)
    }

    @Test func theLockIsSaidFirst() throws {
        let running = try Running(.required)
        try running.router.lockAll()
        #expect(try running.asks(as: 0) == Wire.refused)
        #expect(running.refused == [.locked: 1])
    }
}
