import CTestSystem
import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// Nothing passes unless the guard is proven, and nothing goes on that passed while it was.
@Suite(.serialized, .enabled(if: ThisProcess.user == 0, "needs root to make another user's socket"))
struct GuardClientTests {
    /// A router that requires the guard, with a proxy behind it; the node's user is one whom every Debian has.
    private final class Running {
        static let node: UInt32 = 1
        let world: RouterWorld
        let proxy: FakeProxy
        var fake: FakeGuard?

        init(_ change: (inout Configuration) -> Void = { _ in }) throws {
            let samples = try RouterSamples(guardMode: .required)
            var configuration = samples.configuration
            configuration.node.user = "daemon"
            change(&configuration)
            world = try RouterWorld(configuration)
            proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
            waitUntilReady()
        }

        private func waitUntilReady() {
            #expect(world.run { world.router.egresses.first?.readiness.isReady == true })
        }

        var router: Router { world.router }
        var reason: String { router.status.reason }
        var isProven: Bool { router.guardProof.isProvenOrOff }

        /// The guard comes, and says what holds.
        func prove() throws {
            if fake == nil { fake = try FakeGuard(at: world.directory.path + "/guard.sock", on: world.loop) }
            #expect(world.run { fake?.isHeard == true && router.guardClient.machine.isUp })
            fake?.beat(for: router)
            #expect(world.run { isProven })
        }

        func client() throws -> Talk {
            let before = test_acts_as()
            test_act_as(Self.node)
            defer { test_act_as(before) }
            return try world.client(sending: Wire.request("95.217.25.101") + Wire.handshake)
        }

        func relayed() throws -> Talk {
            let count = router.table.relayCount
            let talk = try client()
            #expect(world.run { router.table.relayCount == count + 1 })
            return talk
        }

        func isRefused() throws -> Bool {
            let talk = try client()
            #expect(world.run { talk.hasEnded })
            return talk.heard == Wire.refused
        }
    }

    @Test func nothingPassesBeforeTheProofAndAllAfter() throws {
        let running = try Running()
        #expect(running.reason.contains("systemctl start xmr-routed-guard"))
        #expect(try running.isRefused())
        #expect(running.router.listeners.first?.refused == [.unguarded: 1])
        try running.prove()
        _ = try running.relayed()
        let status = running.router.status
        #expect(status.killSwitch.guardStatus.state == .enforcing && status.killSwitch.guardStatus.isProven)
        #expect(status.killSwitch.guardStatus.repairs == 3)
        #expect(status.threats.contains { $0.contains("no canary has run as daemon") })
    }

    @Test func aProofThatIsLostCutsEverythingAtOnce() throws {
        let running = try Running()
        try running.prove()
        let losses: [(Running) -> Void] = [
            { $0.fake?.beat(for: $0.router, problem: "the table is gone") },
            { $0.fake?.beat(for: $0.router, digest: "another") },
            {
                $0.fake?.end()
                $0.fake = nil
            },
        ]
        for lose in losses {
            let relayed = try running.relayed()
            running.proxy.answersRequests = false
            let dialling = try running.client()
            #expect(running.world.run { running.router.streams.count == 1 })
            lose(running)
            #expect(running.world.run(for: .seconds(1)) { relayed.hasEnded && dialling.hasEnded })
            #expect(running.router.status.state == .blocked)
            #expect(running.reason.contains("systemctl") || running.reason.contains("the table is gone"))
            #expect(try running.isRefused())
            running.proxy.answersRequests = true
            try running.prove()
        }
        _ = try running.relayed()
        #expect(running.world.events.contains { $0.kind == .state && $0.sentence.contains("blocked") })
    }

    @Test func aGuardThatHangsIsLostWithinTwoSeconds() throws {
        let running = try Running()
        try running.prove()
        let relayed = try running.relayed()
        running.world.run(for: .milliseconds(900))
        #expect(!relayed.hasEnded)
        running.fake?.beat(for: running.router)
        running.world.run(for: .milliseconds(50))
        let since = running.world.loop.now
        #expect(running.world.run(for: .seconds(2)) { relayed.hasEnded })
        let took = running.world.loop.now - since
        #expect(took > .seconds(1))
        #expect(running.reason.contains("silent"))
    }

    @Test func theLockHasTheNodesSocketsDestroyed() throws {
        let running = try Running()
        #expect(try running.router.lockAll()?.contains("no guard answers") == true, "it locks all the same")
        #expect(running.router.status.killSwitch.locked)
        try running.router.unlock()
        try running.prove()
        #expect(try running.router.lockAll() == nil)
        #expect(running.world.run { running.fake?.asked == "{\"verb\":\"destroy\"}\n" })
        running.fake?.say(.destroyed(sockets: 12, problem: nil))
        #expect(
            running.world.run {
                running.world.events.contains {
                    $0.kind == .destroyed && $0.sentence == "the guard destroyed 12 sockets of the confined users"
                }
            })
    }

    @Test func whatTheGuardStopsIsToldAndShown() throws {
        let running = try Running()
        try running.prove()
        func stopped(_ packets: UInt64) -> [StoppedPackets] {
            [StoppedPackets(protocol: "udp", port: 53, packets: packets, destination: "203.0.113.9")]
        }
        running.fake?.beat(for: running.router, stopped: stopped(7))
        let shown = StoppedPackets(protocol: "udp", port: 53, packets: 7)
        #expect(running.world.run { running.router.status.killSwitch.stopped == [shown] })
        #expect(running.world.events.contains { $0.kind == .stopped && $0.sentence.contains("7 DNS") })
        running.fake?.beat(for: running.router, stopped: stopped(9))
        running.fake?.end()
        #expect(running.world.run { !running.isProven })
        #expect(running.router.status.killSwitch.stopped.first?.packets == 9, "what was counted stays true")
        #expect(running.world.events.count { $0.kind == .stopped } == 1, "one event in ten seconds")
    }

    /// Also a user who had connections before: they are destroyed once the guard holds him.
    @Test func aReloadThatConfinesAnotherUserNeedsAProofOfThat() throws {
        let running = try Running()
        try running.prove()
        let relayed = try running.relayed()
        try running.world.reload {
            $0.killSwitch.confine = [ConfinedUserConfiguration(user: "bin", listeners: ["node.proxy"])]
        }
        #expect(running.world.run { relayed.hasEnded })
        #expect(!running.isProven && running.reason.contains("reload"))
        running.fake?.beat(for: running.router)
        #expect(running.world.run { running.isProven && running.fake?.asked == "{\"verb\":\"destroy\"}\n" })
        #expect(running.router.owners.refusal(of: 2, at: "node.proxy") == nil)
        #expect(running.router.owners.refusal(of: 2, at: "node.tor-proxy") == .wrongOwner)
        #expect(running.router.owners.refusal(of: 1, at: "node.tor-proxy") == nil)
    }

    @Test func withoutAGuardNoSocketIsOpened() throws {
        let samples = try RouterSamples()
        let world = try RouterWorld(samples.configuration)
        let fake = try FakeGuard(at: world.directory.path + "/guard.sock", on: world.loop)
        world.run(for: .milliseconds(700))
        #expect(!fake.isHeard)
        #expect(world.router.guardProof == .off)
    }
}
