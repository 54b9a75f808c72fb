import Policy
import Protocols
import Testing

/// The life of a managed Tor, by a clock of the test's own.
@Suite struct TorSupervisionTests {
    private var machine = TorSupervision()
    private var now = Instant(milliseconds: 5_000_000)

    private var says: EgressReadiness { machine.readiness(by: nil) }

    private mutating func pass(_ time: Duration) -> [TorSupervision.Effect] {
        now = now + time
        return machine.tick(now)
    }

    /// The time until something is due, passed.
    private mutating func wait() -> (Duration, [TorSupervision.Effect]) {
        guard let deadline = machine.deadline else { return (.zero, []) }
        let pause = deadline - now
        return (pause, pass(pause))
    }

    private mutating func log(_ severity: TorLogLine.Severity, _ message: String) -> [TorSupervision.Effect] {
        machine.logged(TorLogLine(severity, message), now: now)
    }

    /// Started, verified and running.
    private mutating func run() {
        _ = machine.start()
        guard machine.prepared(torrc: "t", now: now) == [.verify] else { return }
        _ = machine.ended("exit status 0", isSuccess: true, now: now)
    }

    @Test mutating func runsAfterItsTorrcWasVerified() {
        #expect(machine.isStopped)
        #expect(machine.start() == [.prepare])
        #expect(machine.start() == [])
        #expect(says == EgressReadiness(.starting, "starting Tor"))
        #expect(machine.prepared(torrc: "t", now: now) == [.verify])
        #expect(machine.ended("exit status 0", isSuccess: true, now: now) == [.run])
        #expect(says.state == .starting)
        #expect(log(.notice, "Bootstrapped 0% (starting): Starting") == [])
        #expect(says == EgressReadiness(.starting, "bootstrapped 0 %: starting"))
        #expect(log(.notice, "Opened Control listener connection (ready) on /x") == [.converse])
        #expect(log(.notice, "Opened Control listener connection (ready) on /x") == [])
        let word = EgressReadiness(.ready, "bootstrapped 100 %")
        #expect(machine.readiness(by: word) == word)
        #expect(machine.deadline == nil)
    }

    /// Another Tor may say it in other words.
    @Test mutating func conversesWithoutBeingTold() {
        run()
        #expect(pass(.milliseconds(1900)) == [])
        #expect(pass(.milliseconds(100)) == [.converse])
        #expect(pass(.seconds(10)) == [])
    }

    @Test mutating func aRefusedTorrcIsNotTriedAgainAtOnce() {
        _ = machine.start()
        _ = machine.prepared(torrc: "t", now: now)
        _ = log(.warn, "Failed to parse/validate config: Unknown option 'Bogus'.  Failing.")
        _ = log(.err, "Reading config failed--see warnings above.")
        #expect(machine.ended("exit status 1", isSuccess: false, now: now) == [])
        #expect(says == EgressReadiness(.down, "Tor refuses its configuration: Unknown option 'Bogus'"))
        let (pause, effects) = wait()
        #expect(pause == .seconds(30) && effects == [.prepare])
        // What was wrong stands until something else is known.
        #expect(says.state == .down)
        #expect(machine.prepared(torrc: "t", now: now) == [.verify])
    }

    @Test mutating func torsWordsAreOfTheLineThatIsMeant() {
        _ = machine.start()
        _ = machine.prepared(torrc: "t", now: now)
        _ = log(.warn, "Key digest for Bridge is wrong length.")
        _ = log(.warn, "Failed to parse/validate config: Bridge line did not parse. See logs for details.")
        _ = log(.err, "Reading config failed--see warnings above.")
        _ = machine.ended("exit status 1", isSuccess: false, now: now)
        #expect(says.detail == "Tor refuses its configuration: Key digest for Bridge is wrong length.")
    }

    @Test mutating func aLookThatDoesNotEndIsEnded() {
        _ = machine.start()
        _ = machine.prepared(torrc: "t", now: now)
        let (limit, effects) = wait()
        #expect(limit == .seconds(20) && effects == [.end(within: .zero)])
        _ = machine.ended("killed by signal 9 (Killed)", isSuccess: false, now: now)
        #expect(says.detail.hasPrefix("Tor refuses its configuration: it does not come to an end"))
    }

    @Test mutating func whatEndsIsStartedAgainAfterLongerAndLongerPauses() {
        run()
        var pauses: [Int64] = []
        for _ in 0..<10 {
            #expect(machine.ended("exit status 1", isSuccess: false, now: now) == [])
            #expect(says == EgressReadiness(.down, "Tor has ended (exit status 1); it is started again"))
            let (pause, effects) = wait()
            pauses.append(pause.milliseconds)
            #expect(effects == [.prepare])
            // Verified once, it is not verified again.
            #expect(machine.prepared(torrc: "t", now: now) == [.run])
        }
        #expect(pauses == [250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
        // It runs for a while: the next failure is the first again.
        _ = pass(.seconds(40))
        #expect(machine.ended("exit status 0", isSuccess: true, now: now) == [.hangUp])
        #expect(wait().0 == .milliseconds(250))
        #expect(machine.prepared(torrc: "another", now: now) == [.verify])
    }

    @Test mutating func anEndHasTheReasonThatTorGaveForIt() {
        run()
        _ = log(.warn, "Could not bind to /x: No space left on device.")
        _ = machine.ended("exit status 1", isSuccess: false, now: now)
        #expect(says.detail.contains("(exit status 1): Could not bind to /x: No space left on device; it is started"))
        _ = wait()
        _ = machine.prepared(torrc: "t", now: now)
        _ = log(.warn, "Could not bind to /x: No space left on device.")
        _ = pass(.seconds(3))
        _ = machine.ended("killed by signal 9 (Killed)", isSuccess: false, now: now)
        #expect(says.detail == "Tor has ended (killed by signal 9 (Killed)); it is started again")
    }

    @Test mutating func aTransportsTroubleIsSaidUntilTorIsReady() {
        run()
        _ = log(.notice, "Opened Control listener connection (ready) on /x")
        _ = log(.warn, "Managed proxy \"/usr/bin/x\" having PID 14107 terminated with status code 1")
        let word = EgressReadiness(.starting, "bootstrapped 0 %")
        let said = EgressReadiness(
            .failing, "bootstrapped 0 %; the transport's program /usr/bin/x does not run: is it there?")
        #expect(machine.readiness(by: word) == said)
        _ = log(.warn, "Managed proxy at '/usr/bin/x' died in state Launched")
        #expect(machine.readiness(by: word) == said)
        let ready = EgressReadiness(.ready, "bootstrapped 100 %")
        #expect(machine.readiness(by: ready) == ready)
        machine.becameReady()
        #expect(machine.readiness(by: word) == word)
    }

    /// What cannot be prepared or started is tried again.
    @Test mutating func aFailureIsSaidAndTriedAgain() {
        _ = machine.start()
        #expect(machine.failed("tor is not installed", now: now) == [])
        #expect(says == EgressReadiness(.down, "tor is not installed"))
        #expect(wait() == (.milliseconds(250), [.prepare]))
        _ = machine.prepared(torrc: "t", now: now)
        _ = machine.failed("no process", now: now)
        #expect(says.detail == "no process")
        #expect(wait() == (.milliseconds(500), [.prepare]))
    }

    /// Our own Tor of a moment ago, or another router's.
    @Test mutating func aDirectoryThatStaysHeldIsAnothers() {
        _ = machine.start()
        for _ in 0..<4 {
            _ = machine.isHeld("/d", now: now)
            #expect(says == EgressReadiness(.starting, "starting Tor"))
            #expect(wait().1 == [.prepare])
        }
        _ = machine.isHeld("/d", now: now)
        #expect(says.state == .down && says.detail.contains("another router runs its Tor in /d"))
    }

    @Test mutating func stopsWhereverItIs() {
        #expect(machine.stop() == [])
        _ = machine.start()
        #expect(machine.stop() == [] && machine.isStopped)
        #expect(machine.prepared(torrc: "t", now: now) == [])
        run()
        #expect(machine.stop() == [.end(within: .seconds(2))] && !machine.isStopped && machine.isLeaving)
        #expect(log(.notice, "Opened Control listener connection (ready) on /x") == [])
        #expect(machine.ended("exit status 0", isSuccess: true, now: now) == [] && machine.isStopped)
        run()
        _ = log(.notice, "Opened Control listener connection (ready) on /x")
        #expect(machine.stop() == [.hangUp, .end(within: .seconds(2))])
        #expect(machine.start() == [] && !machine.isLeaving)
        #expect(machine.stop() == [])
        #expect(machine.start() == [])
        #expect(machine.ended("exit status 0", isSuccess: true, now: now) == [.prepare])
        _ = machine.failed("x", now: now)
        #expect(machine.stop() == [] && machine.isStopped && machine.deadline == nil)
    }
}
