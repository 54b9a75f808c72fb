import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// A reload is all or nothing: what it does not change goes on, what it no longer allows ends.
@Suite(.serialized) struct ReloadTests {
    /// A router with two relays: a peer by the first proxy, an onion by the second through the Tor zone.
    private final class Running {
        let world: RouterWorld
        let proxyA: FakeProxy
        let proxyB: FakeProxy
        let peer: Talk
        let onion: Talk

        init() throws {
            let samples = try RouterSamples()
            world = try RouterWorld(samples.configuration)
            proxyA = try FakeProxy(on: world.loop, port: samples.proxyA)
            proxyB = try FakeProxy(on: world.loop, port: samples.proxyB)
            try #require(world.waitUntilReady())
            peer = try world.relayed(to: "95.217.25.101", through: proxyA)
            onion = try world.relayed(to: RouterSamples.onion, through: proxyB, listener: 1)
        }

        /// Which of the two relays are still there, after all that is on its way has come.
        var left: [String] {
            world.run(for: .milliseconds(60))
            return (peer.hasEnded ? [] : ["peer"]) + (onion.hasEnded ? [] : ["onion"])
        }
    }

    @Test func nothingChangedIsNothingDone() throws {
        let running = try Running()
        try running.world.reload { _ in }
        #expect(running.left == ["peer", "onion"])
        running.peer.send([1, 2, 3])
        #expect(running.world.run { running.proxyA.lastStream == Wire.handshake + [1, 2, 3] })
        running.proxyA.say([7])
        #expect(running.world.run { running.peer.heard == Wire.granted + [7] })
        #expect(running.world.router.egresses.allSatisfy { $0.readiness.isReady }, "they are not proven anew")
    }

    @Test func whatIsBannedNowEnds() throws {
        let running = try Running()
        try running.world.reload { $0.node.banList = BanList(["95.217.25.0/24"].compactMap { Subnet($0) }) }
        #expect(running.left == ["onion"])
        let again = try running.world.client(sending: Wire.request("95.217.25.101"))
        #expect(running.world.run { again.hasEnded })
        #expect(again.heard == Wire.refused)
    }

    @Test func aRouteThatIsBlockedOrLeadsElsewhereEndsItsRelays() throws {
        for target in [RouteTarget.block, .egress("proxy.b")] {
            let running = try Running()
            try running.world.reload { $0.route.clearnet = target }
            #expect(running.left == ["onion"])
        }
    }

    @Test func privateDestinationsEndWhenTheyAreForbidden() throws {
        let running = try Running()
        let world = running.world
        let talks = try ["192.168.1.9", "printer.local", "node.example.org"].map {
            try world.relayed(to: $0, through: running.proxyA)
        }
        try world.reload { $0.route.allowsPrivate = false }
        #expect(running.left == ["peer", "onion"])
        #expect(talks.map { $0.hasEnded } == [true, true, false])
    }

    @Test func anEgressThatChangesEndsItsRelaysAloneAndIsProvenAnew() throws {
        let running = try Running()
        let port = try freePort()
        let moved = try FakeProxy(on: running.world.loop, port: port)
        try running.world.reload {
            $0.egresses[1] = EgressConfiguration(
                name: "proxy.b", kind: .proxy(ProxyConfiguration(socks: loopback(port))))
        }
        #expect(running.left == ["peer"])
        #expect(running.world.waitUntilReady())
        _ = try running.world.relayed(to: RouterSamples.onion, through: moved, listener: 1)
        #expect(running.proxyB.open == 0)
    }

    @Test func aListenerThatIsTakenAwayEndsItsRelaysAndFreesItsPort() throws {
        let running = try Running()
        let gone = running.world.configuration.node.listeners[1].endpoint
        try running.world.reload { $0.node.listeners.removeLast() }
        #expect(running.left == ["peer"])
        _ = try Socket.listen(at: gone)
    }

    /// A router that is reloaded each day keeps nothing of the listeners that it had.
    @Test func theCounterOfAClosedListenerGoesWithIt() throws {
        let running = try Running()
        weak let kept = running.world.router.listeners[0].traffic
        weak let closed = running.world.router.listeners[1].traffic
        try running.world.reload { $0.node.listeners.removeLast() }
        #expect(running.left == ["peer"])
        #expect(closed == nil)
        #expect(kept?.up == UInt64(Wire.handshake.count))
    }

    @Test func anotherNetworkEndsAll() throws {
        let running = try Running()
        try running.world.reload { $0.network = .stagenet }
        #expect(running.left == [])
        let talk = try running.world.client(sending: Wire.request("95.217.25.101") + Wire.handshake)
        #expect(running.world.run { talk.hasEnded }, "mainnet's handshake is not stagenet's")
        #expect(running.world.router.table.relayCount == 0)
    }

    @Test func aGuardThatIsRequiredNowAndNotProvenEndsAllAndRefuses() throws {
        let running = try Running()
        try running.world.reload { $0.killSwitch.guardMode = .required }
        #expect(running.left == [])
        let talk = try running.world.client(sending: Wire.request("95.217.25.101"))
        #expect(running.world.run { talk.hasEnded })
        #expect(talk.heard == Wire.refused)
        #expect(running.world.router.status.state == .blocked)
    }

    @Test func aPortThatIsTakenRefusesTheWholeReload() throws {
        let running = try Running()
        let port = try freePort()
        let taken = try Socket.listen(at: loopback(port))
        let before = running.world.router.configuration
        #expect(throws: StartFailure.self) {
            try running.world.reload {
                $0.node.listeners.append(NodeListenerConfiguration(role: .i2pZone, endpoint: loopback(port)))
                $0.route.clearnet = .block
                $0.killSwitch.guardMode = .required
            }
        }
        #expect(running.world.router.configuration == before)
        #expect(running.left == ["peer", "onion"])
        _ = try running.world.relayed(to: "95.217.25.102", through: running.proxyA)
        _ = taken.raw
    }

    @Test func theControlSocketCannotMove() throws {
        let running = try Running()
        #expect(throws: StartFailure.self) { try running.world.reload { $0.control.socket = "/elsewhere" } }
        #expect(running.left == ["peer", "onion"])
    }

    /// A stream that is held asks by the new rules; one on its way stays there if they allow it.
    @Test func streamsBeforeTheirRelayAreJudgedByTheNewRules() throws {
        let running = try Running()
        let world = running.world
        running.proxyA.answersRequests = false
        let half = try world.client(sending: [4, 1])
        let waiting = try world.client(sending: Wire.request("95.217.25.103"))
        let banned = try world.client(sending: Wire.request("45.9.17.3"))
        #expect(world.run { world.router.streams.count == 3 })
        world.run(for: .milliseconds(50))
        try world.reload { $0.node.banList = BanList(["45.9.17.0/24"].compactMap { Subnet($0) }) }
        #expect(world.run { banned.hasEnded })
        #expect(banned.heard == Wire.refused)
        world.run(for: .milliseconds(50))
        #expect(!half.hasEnded && !waiting.hasEnded)
        #expect(waiting.heard.isEmpty)
        try world.reload { $0.route.clearnet = .block }
        #expect(world.run { waiting.hasEnded })
        #expect(waiting.heard == Wire.refused)
        half.send(Array(Wire.request("95.217.25.103")[2...]))
        #expect(world.run { half.hasEnded })
        #expect(half.heard == Wire.refused)
    }

    @Test func aHeldStreamGoesTheNewWay() throws {
        let samples = try RouterSamples()
        let world = try RouterWorld(samples.configuration)
        let proxy = try FakeProxy(on: world.loop, port: samples.proxyB)
        let held = try world.client(sending: Wire.request("95.217.25.101") + Wire.handshake)
        #expect(world.run { world.router.egresses.last?.readiness.isReady == true })
        world.run(for: .milliseconds(50))
        #expect(!held.hasEnded, "its own proxy is not there")
        try world.reload { $0.route.clearnet = .egress("proxy.b") }
        #expect(world.run { proxy.lastStream == Wire.handshake })
        #expect(held.heard == Wire.granted)
    }
}
