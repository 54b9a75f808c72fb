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
    /// A number that no user has.
    private static let stranger: UInt32 = 4_000_101

    private func running(
        _ mode: KillSwitchConfiguration.GuardMode = .off, user: String? = nodeName
    ) throws -> (RouterWorld, FakeProxy) {
        let samples = try RouterSamples(guardMode: mode)
        var configuration = samples.configuration
        configuration.node.user = user
        let world = try RouterWorld(configuration)
        let proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
        #expect(world.run { world.router.egresses.first?.readiness.isReady == true })
        return (world, proxy)
    }

    /// Does what makes a client's socket as another user.
    private func acting<Result>(as user: UInt32, _ body: () throws -> Result) rethrows -> Result {
        let before = test_acts_as()
        test_act_as(user)
        defer { test_act_as(before) }
        return try body()
    }

    /// What the router answers to a client of this user; it is relayed where that is "granted".
    private func asks(_ world: RouterWorld, as user: UInt32) throws -> [UInt8] {
        let talk = try acting(as: user) {
            try world.client(sending: Wire.request("95.217.25.101") + Wire.handshake)
        }
        #expect(world.run { !talk.heard.isEmpty })
        return talk.heard
    }

    private func threats(_ world: RouterWorld) -> [StatusEvent] { world.events.filter { $0.kind == .threat } }

    @Test func theNodesUserIsNoThreat() throws {
        let (world, _) = try running()
        #expect(try asks(world, as: Self.node) == Wire.granted)
        #expect(world.router.status.threats.isEmpty)
        #expect(threats(world).isEmpty)
    }

    @Test func withoutAGuardAnotherUserPassesAndIsNamed() throws {
        let (world, _) = try running()
        #expect(try asks(world, as: 0) == Wire.granted)
        let root = "node.proxy was used by user root (id 0), whom no guard holds: run monerod as daemon"
        #expect(world.router.status.threats == [root])
        #expect(threats(world).map(\.sentence) == [root])
        for _ in 0..<3 { #expect(try asks(world, as: 0) == Wire.granted) }
        #expect(threats(world).count == 1, "one event in five seconds")
        #expect(try asks(world, as: Self.stranger) == Wire.granted)
        #expect(world.router.status.threats.contains { $0.contains("the user with id \(Self.stranger)") })
        #expect(threats(world).count == 2)
        #expect(!world.events.contains { $0.sentence.contains("95.217") })
    }

    @Test func whereTheGuardIsRequiredAnotherUserIsRefusedAndNamed() throws {
        let (world, proxy) = try running(.required)
        #expect(try asks(world, as: 0) == Wire.refused)
        #expect(world.router.listeners.first?.refused == [.wrongOwner: 1])
        #expect(world.router.status.threats.count == 1)
        #expect(threats(world).count == 1)
        // Whom the guard would hold is refused only since there is none.
        #expect(try asks(world, as: Self.node) == Wire.refused)
        #expect(world.router.listeners.first?.refused == [.wrongOwner: 1, .unguarded: 1])
        #expect(world.router.status.threats.count == 1)
        #expect(proxy.requests.isEmpty)
    }

    @Test func aClientThatIsGoneIsNobodyAndNotRoot() throws {
        let (world, _) = try running(.required, user: Self.nodeName)
        // It has closed before the router has accepted it.
        let talk = try acting(as: Self.node) { try world.client(sending: Wire.request("95.217.25.101")) }
        talk.close()
        let listener = try #require(world.router.listeners.first)
        #expect(world.run { listener.accepted == 1 && listener.open == 0 })
        #expect(world.router.status.threats.count == 1)
        #expect(world.router.status.threats.first?.contains("had gone") == true)
    }

    @Test func aNodeUserWhoDoesNotExistIsSaidAndIsNobody() throws {
        let (world, _) = try running(.required, user: "no-such-user")
        #expect(world.router.status.threats.contains { $0.contains("no-such-user") && $0.contains("/etc/passwd") })
        #expect(try asks(world, as: Self.node) == Wire.refused)
        #expect(world.router.listeners.first?.refused == [.wrongOwner: 1])
    }

    @Test func withoutANodeUserNobodyIsAskedAbout() throws {
        let (world, _) = try running(.off, user: nil)
        #expect(try asks(world, as: Self.stranger) == Wire.granted)
        #expect(world.router.status.threats.isEmpty)
    }

    /// The node's user is another one from now on: what the kernel said of each client is judged anew.
    @Test func aReloadJudgesByTheUserOfTheNewFile() throws {
        let (world, _) = try running()
        #expect(try asks(world, as: Self.node) == Wire.granted)
        var tag = FlowTag()
        for (owner, refusal) in [(Self.node, nil), (0, Refusal.wrongOwner), (FlowTag.unknownOwner, .wrongOwner)] {
            tag.owner = owner
            #expect(world.router.owners.refusal(of: owner) == nil)
            try world.reload { $0.killSwitch.guardMode = .required }
            #expect(world.router.owners.refusal(of: owner) == refusal)
            #expect(world.router.standingRefusal(of: tag) == refusal ?? .unguarded)
            try world.reload { $0.killSwitch.guardMode = .off }
        }
        try world.reload {
            $0.killSwitch.guardMode = .required
            $0.node.user = "bin"
        }
        #expect(world.router.owners.refusal(of: Self.node) == .wrongOwner)
        #expect(world.router.owners.refusal(of: 2) == nil)
    }

    @Test func theLockIsSaidFirst() throws {
        let (world, _) = try running(.required)
        try world.router.lockAll()
        #expect(try asks(world, as: 0) == Wire.refused)
        #expect(world.router.listeners.first?.refused == [.locked: 1])
    }
}
