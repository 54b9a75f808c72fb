import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// The lock, lost egresses, and what is left when connections are gone.
@Suite(.serialized) struct RouterTests {
    private func running() throws -> (RouterWorld, FakeProxy) {
        let samples = try RouterSamples()
        let world = try RouterWorld(samples.configuration)
        let proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
        #expect(world.run { world.router.egresses.first?.readiness.isReady == true })
        return (world, proxy)
    }

    @Test func theLockCutsAllAndHoldsOnDisk() throws {
        let (world, proxy) = try running()
        let relayed = try world.relayed(to: "95.217.25.101", through: proxy)
        let half = try world.client(sending: [4])
        proxy.answersRequests = false
        let dialling = try world.client(sending: Wire.request("95.217.25.102"))
        #expect(world.run { world.router.streams.count == 2 })
        world.run(for: .milliseconds(30))
        try world.router.lockAll()
        #expect(world.router.table.relayCount == 0)
        #expect(world.router.streams.count == 0)
        #expect(world.run { relayed.hasEnded && half.hasEnded && dialling.hasEnded })
        #expect(dialling.heard == Wire.refused)
        #expect(world.router.status.state == .blocked)
        #expect(LockStore(stateDirectory: world.directory.path + "/state").read() == .locked)
        let refused = try world.client(sending: Wire.request("95.217.25.101"))
        #expect(world.run { refused.hasEnded })
        #expect(refused.heard == Wire.refused)
        #expect(proxy.open == 0)

        try world.router.unlock()
        proxy.answersRequests = true
        #expect(LockStore(stateDirectory: world.directory.path + "/state").read() == .unlocked)
        _ = try world.relayed(to: "95.217.25.101", through: proxy)
    }

    @Test func aLockOnDiskHoldsFromTheStart() throws {
        let samples = try RouterSamples()
        let world = try RouterWorld(samples.configuration, lock: .locked)
        let proxy = try FakeProxy(on: world.loop, port: samples.proxyA)
        #expect(world.run { world.router.egresses.first?.readiness.isReady == true })
        let talk = try world.client(sending: Wire.request("95.217.25.101"))
        #expect(world.run { talk.hasEnded })
        #expect(talk.heard == Wire.refused)
        #expect(proxy.requests.isEmpty)
        #expect(world.router.status.killSwitch.locked)
    }

    /// It holds at once, says that it will not survive, and a later unlock that cannot be written does not unlock.
    @Test func aLockThatCannotBeWrittenHoldsAndSaysSo() throws {
        let (world, proxy) = try running()
        let relayed = try world.relayed(to: "95.217.25.101", through: proxy)
        let path = world.directory.path + "/state/lock"
        Files.remove(path)
        try Files.makeDirectory(path, mode: 0o700)
        #expect(throws: StartFailure.self) { try world.router.lockAll() }
        #expect(world.run { relayed.hasEnded })
        #expect(world.router.status.killSwitch.locked)
        #expect(throws: StartFailure.self) { try world.router.unlock() }
        let talk = try world.client(sending: Wire.request("95.217.25.101"))
        #expect(world.run { talk.hasEnded })
        #expect(talk.heard == Wire.refused)
    }

    @Test func anEgressThatIsLostEndsItsRelaysAndHoldsNewStreams() throws {
        let samples = try RouterSamples()
        let world = try RouterWorld(samples.configuration)
        var proxy: FakeProxy? = try FakeProxy(on: world.loop, port: samples.proxyA)
        let other = try FakeProxy(on: world.loop, port: samples.proxyB)
        #expect(world.waitUntilReady())
        let onion = try world.relayed(to: RouterSamples.onion, through: other, listener: 1)
        let talk = try world.relayed(to: "95.217.25.101", through: try #require(proxy))
        proxy = nil
        // The next stream's dial finds it out.
        let held = try world.client(sending: Wire.request("95.217.25.102") + Wire.handshake)
        #expect(world.run { world.router.egresses.first?.readiness.isReady == false })
        #expect(world.run { talk.hasEnded })
        #expect(!onion.hasEnded, "another egress's relays go on")
        world.run(for: .milliseconds(300))
        #expect(!held.hasEnded && held.heard.isEmpty)
        #expect(other.requests.count == 1, "nothing moves to another egress")
        let back = try FakeProxy(on: world.loop, port: samples.proxyA)
        #expect(world.run(for: .seconds(20)) { back.lastStream == Wire.handshake })
        #expect(held.heard == Wire.granted)
    }

    /// However a connection ends, its place is free again.
    @Test func everyEndGivesItsPlaceBack() throws {
        let (world, proxy) = try running()
        let listener = try #require(world.router.listeners.first)
        for round in 0..<5 {
            let relayed = try world.relayed(to: "95.217.25.\(round + 1)", through: proxy)
            let garbage = try world.client(sending: Array("GET / HTTP/1.1\r\n\r\n".utf8))
            let notLevin = try world.client(sending: Wire.request("95.217.25.9") + Array("hello, world".utf8))
            let unroutable = try world.client(sending: Wire.request(String(repeating: "a", count: 52) + ".b32.i2p"))
            let gone = try world.client(sending: [4, 1, 0])
            #expect(world.run { garbage.hasEnded && notLevin.hasEnded && unroutable.hasEnded })
            gone.close()
            relayed.close()
            #expect(
                world.run { world.router.table.relayCount == 0 && world.router.streams.count == 0 && proxy.open == 0 })
        }
        #expect(listener.open == 0)
        #expect(world.router.budget.open == 0)
        #expect(listener.accepted == 25)
        #expect(listener.refused == [.badRequest: 10, .notLevin: 5, .blocked: 5])
        #expect(listener.traffic.up == UInt64(5 * Wire.handshake.count))
    }

    @Test func aTakenPortIsToldByTheListenersName() throws {
        let samples = try RouterSamples()
        let taken = try Socket.listen(at: samples.configuration.node.listeners[1].endpoint)
        var sentence = ""
        do {
            _ = try RouterWorld(samples.configuration)
        } catch {
            sentence = "\(error)"
        }
        #expect(sentence.hasPrefix("node.tor-proxy cannot listen"))
        _ = taken.raw
    }
}
