import CTestSystem
import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// A proxy behind another: dialled through it, proven through it, and lost with it. And the way of our own Tor to its
/// relays where it goes by another egress.
@Suite(.serialized) struct ViaTests {
    /// Onions by "proxy.b", which is reached through "proxy.a".
    private struct Behind {
        let world: RouterWorld
        let proxyA: FakeProxy
        let proxyB: FakeProxy

        static let distant = Endpoint.tcp(.v4(IPv4Address(192, 0, 2, 7)), port: 1080)

        init() throws {
            let samples = try RouterSamples()
            var configuration = samples.configuration
            configuration.egresses[1] = EgressConfiguration(
                name: "proxy.b", kind: .proxy(ProxyConfiguration(socks: Self.distant, via: "proxy.a")))
            // Before the egress that it needs: the order of the file does not matter.
            configuration.egresses.swapAt(0, 1)
            world = try RouterWorld(configuration)
            proxyA = try FakeProxy(on: world.loop, port: samples.proxyA)
            proxyB = try FakeProxy(on: world.loop, port: try freePort())
            proxyA.next = proxyB
            #expect(world.waitUntilReady())
        }

        var readinessOfB: EgressReadiness? { world.router.egresses.first { $0.name == "proxy.b" }?.readiness }
    }

    @Test func aStreamGoesThroughBoth() throws {
        let behind = try Behind()
        let talk = try behind.world.relayed(to: RouterSamples.onion, through: behind.proxyB, listener: 1)
        #expect(
            behind.proxyA.requests.allSatisfy { $0 == [1, 192, 0, 2, 7, 4, 56] }, "the first is asked for the second")
        #expect(behind.proxyB.requests.count == 1 && behind.proxyB.requests[0].count > 60, "the second for the onion")
        behind.proxyB.say([1, 2, 3])
        #expect(behind.world.run { talk.heard == Wire.granted + [1, 2, 3] })
    }

    @Test(.enabled(if: ThisProcess.user == 0)) func whatAHeldUserHasIsNoProxy() throws {
        let samples = try RouterSamples()
        var configuration = samples.configuration
        configuration.node.user = "daemon"
        let world = try RouterWorld(configuration)
        let before = test_acts_as()
        // Whoever takes a connection has its end.
        test_act_as(1)
        defer { test_act_as(before) }
        let proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
        func readiness() -> EgressReadiness? { world.router.egresses.first?.readiness }
        #expect(world.run { readiness()?.detail.contains("whom the guard holds") == true })
        #expect(readiness()?.isReady == false && proxy.requests.isEmpty)
    }

    @Test func theFirstLostTheSecondIsLostAndSaysWhy() throws {
        let behind = try Behind()
        let talk = try behind.world.relayed(to: RouterSamples.onion, through: behind.proxyB, listener: 1)
        behind.proxyA.end()
        #expect(behind.world.run(for: .seconds(4)) { talk.hasEnded })
        #expect(behind.world.run(for: .seconds(4)) { behind.readinessOfB?.isReady == false })
        #expect(behind.readinessOfB?.detail.hasPrefix("waits for proxy.a: ") == true)
        #expect(behind.world.router.table.relayCount == 0)
    }

    @Test func aFirstThatIsAnotherEndsWhatGoesThroughTheSecond() throws {
        let behind = try Behind()
        _ = try behind.world.relayed(to: RouterSamples.onion, through: behind.proxyB, listener: 1)
        let port = try freePort()
        let moved = try FakeProxy(on: behind.world.loop, port: port)
        moved.next = behind.proxyB
        try behind.world.reload {
            $0.egresses[1] = EgressConfiguration(
                name: "proxy.a", kind: .proxy(ProxyConfiguration(socks: loopback(port))))
        }
        #expect(behind.world.router.table.relayCount == 0)
        #expect(behind.world.waitUntilReady())
        _ = try behind.world.relayed(to: RouterSamples.onion, through: behind.proxyB, listener: 1)
        #expect(!moved.requests.isEmpty)
    }

    @Test func aReloadThatChangesNothingKeepsThem() throws {
        let behind = try Behind()
        _ = try behind.world.relayed(to: RouterSamples.onion, through: behind.proxyB, listener: 1)
        try behind.world.reload { _ in }
        #expect(behind.world.router.table.relayCount == 1)
    }

    /// An egress that nothing leads to is not started, and does not count against the whole.
    @Test func whatNothingIsRoutedToIsNotAsked() throws {
        var configuration = try RouterSamples().configuration
        configuration.route.onion = .block
        let world = try RouterWorld(configuration)
        let proxy = try FakeProxy(on: world.loop, port: try #require(port(of: configuration.egresses[1])))
        #expect(world.router.egresses[1].readiness == EgressReadiness(.down, "not started: nothing is routed to it"))
        #expect(!world.router.status.reason.contains("proxy.b"))
        try world.reload { $0.route.onion = .egress("proxy.b") }
        #expect(world.run { world.router.egresses[1].readiness.isReady })
        try world.reload { $0.route.onion = .block }
        #expect(!world.router.egresses[1].readiness.isReady)
        withExtendedLifetime(proxy) {}
    }

    private func port(of egress: EgressConfiguration) -> UInt16? {
        guard case .proxy(let proxy) = egress.kind, case .tcp(_, let port) = proxy.socks else { return nil }
        return port
    }

    // MARK: Tor's uplink

    private func withUplink() throws -> (RouterWorld, FakeProxy, TorUplink) {
        let samples = try RouterSamples()
        var configuration = samples.configuration
        // Nothing is routed to it, so no tor is started: the test speaks in its place.
        configuration.egresses.append(
            EgressConfiguration(name: "tor", kind: .tor(TorConfiguration(.managed(torrc: []), via: "proxy.a"))))
        let world = try RouterWorld(configuration)
        let proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
        #expect(world.run { world.router.egresses.first?.readiness.isReady == true })
        return (world, proxy, try world.router.openUplink())
    }

    /// As Tor asks for a relay: one message after the other.
    private func ask(_ world: RouterWorld, _ uplink: TorUplink, user: [UInt8], password: [UInt8]) throws -> Talk {
        let talk = Talk(try Socket.connect(to: uplink.endpoint), on: world.loop)
        talk.send([5, 1, 2])
        world.run { talk.heard.count >= 2 || talk.hasEnded }
        talk.send([1, UInt8(user.count)] + user + [UInt8(password.count)] + password)
        world.run { talk.heard.count >= 4 || talk.hasEnded }
        talk.send([5, 1, 0, 1, 192, 168, 0, 9, 0x23, 0x29])
        return talk
    }

    @Test func torsRelaysAreReachedByTheEgressOnItsWay() throws {
        let (world, proxy, uplink) = try withUplink()
        let talk = try ask(world, uplink, user: uplink.credentials.username, password: uplink.credentials.password)
        #expect(world.run { talk.heard.count == 14 })
        #expect(talk.heard.prefix(6) == [5, 2, 1, 0, 5, 0])
        #expect(proxy.requests == [[1, 192, 168, 0, 9, 0x23, 0x29]], "a bridge may be on a private network")
        talk.send([0x16, 3, 1])
        #expect(world.run { proxy.lastStream == [0x16, 3, 1] }, "TLS, and no Levin")
        try world.router.lockAll()
        world.run(for: .milliseconds(50))
        #expect(!talk.hasEnded, "a lock leaves Tor its relays")
        uplink.close()
        #expect(world.run { talk.hasEnded })
        #expect(world.router.uplinks.isEmpty && world.router.table.relayCount == 0)
    }

    @Test func nobodyElseIsLetIn() throws {
        let (world, proxy, uplink) = try withUplink()
        let right = uplink.credentials
        for (user, password) in [
            (right.username, right.username), (right.password, right.password),
            (right.username, Array(right.password.dropLast())), (right.username, right.password + [0x61]),
        ] {
            let talk = try ask(world, uplink, user: user, password: password)
            #expect(world.run { talk.hasEnded })
            #expect(talk.heard.prefix(4) == [5, 2, 1, 1])
        }
        for greeting: [UInt8] in [[5, 1, 0], Wire.request("95.217.25.101")] {
            let talk = Talk(try Socket.connect(to: uplink.endpoint), on: world.loop)
            talk.send(greeting)
            #expect(world.run { talk.hasEnded }, "no password at all")
        }
        #expect(proxy.requests.isEmpty)
        #expect(world.router.status.listeners.allSatisfy { $0.name != "tor.uplink" })
    }
}
