import Policy
import Protocols
import Testing

/// The life of an i2pd of ours, and what is written for it.
@Suite struct I2PSupervisionTests {
    private var now = Instant(milliseconds: 10_000)

    @Test func itIsPreparedRunAndThenAsked() {
        var machine = I2PSupervision()
        #expect(machine.start() == [.prepare])
        #expect(machine.start() == [])
        #expect(machine.prepared(now) == [.run])
        #expect(!machine.isServing)
        #expect(machine.deadline == now + .seconds(1))
        #expect(machine.tick(now + .seconds(1)) == [])
        #expect(machine.isServing)
        #expect(machine.deadline == nil)
    }

    @Test func itIsStartedAgainWithGrowingPausesAndSaysWhy() {
        var machine = I2PSupervision()
        var clock = now
        var pauses: [Duration] = []
        _ = machine.start()
        for _ in 0..<10 {
            #expect(machine.prepared(clock) == [.run])
            #expect(machine.ended("exit status 1", now: clock) == [])
            #expect(machine.readiness.state == .down)
            #expect(machine.readiness.detail == "i2pd has ended (exit status 1); it is started again")
            guard let deadline = machine.deadline else { return #expect(Bool(false), "it is not started again") }
            pauses.append(deadline - clock)
            clock = deadline
            #expect(machine.tick(clock) == [.prepare])
        }
        #expect(pauses.first == .milliseconds(250))
        #expect(pauses.last == .seconds(30))
        // A long run was a good one.
        _ = machine.prepared(clock)
        _ = machine.tick(clock + .seconds(1))
        clock = clock + .seconds(31)
        _ = machine.ended("exit status 0", now: clock)
        #expect(machine.deadline == clock + .milliseconds(250))
        #expect(!machine.isServing)
    }

    @Test func oneThatIsToEndIsEndedAndNotStartedAgain() {
        var machine = I2PSupervision()
        _ = machine.start()
        _ = machine.prepared(now)
        #expect(machine.stop() == [.end(within: .seconds(2))])
        #expect(!machine.isStopped)
        #expect(machine.ended("exit status 0", now: now) == [])
        #expect(machine.isStopped)
        #expect(machine.deadline == nil)
    }

    @Test func oneThatIsWantedAgainMeanwhileComesBack() {
        var machine = I2PSupervision()
        _ = machine.start()
        _ = machine.prepared(now)
        _ = machine.stop()
        #expect(machine.start() == [])
        #expect(machine.ended("exit status 0", now: now) == [.prepare])
    }

    @Test func aDirectoryThatIsAnothersIsSaidAfterAWhile() {
        var machine = I2PSupervision()
        var clock = now
        _ = machine.start()
        _ = machine.isHeld("/d", now: clock)
        #expect(machine.readiness.state == .starting, "the router before us may be on its way out")
        for _ in 0..<8 {
            clock = machine.deadline ?? clock
            _ = machine.tick(clock)
            _ = machine.isHeld("/d", now: clock)
        }
        #expect(machine.readiness.state == .down)
        #expect(machine.readiness.detail.contains("/d"))
    }

    @Test func itsConfigurationOpensSAMOnLoopbackAndNothingElse() throws {
        let text = I2PPlaces.configuration(port: 7000, certificates: nil)
        let tables = text.split(separator: "[").dropFirst()
        let on = tables.filter { $0.contains("enabled = true") }
        #expect(on.count == 1)
        #expect(on.first?.hasPrefix("sam]\n") == true)
        #expect(text.contains("address = 127.0.0.1\nport = 7000\n"))
        for name in ["http]", "httpproxy]", "socksproxy]", "i2cp]", "i2pcontrol]", "upnp]"] {
            #expect(tables.contains { $0.hasPrefix(name) && $0.contains("enabled = false") })
        }
        let places = try #require(I2PPlaces(stateDirectory: "/var/lib/xmr-routed"))
        #expect(places.arguments.contains("--datadir=/var/lib/xmr-routed/i2p/data"))
        #expect(I2PPlaces(stateDirectory: "state") == nil)
        #expect(I2PPlaces(stateDirectory: "/a\nb") == nil)
    }
}
