import Protocols
import Testing

/// What the machine does as time passes: polls, patience, and letting go of what is old.
@Suite struct TorControlTimeTests {
    @Test func pollsEveryTwoSecondsAndOneAtATime() {
        var replay = TorControlReplay.ready()
        let before = replay.sent.count
        replay.tick(seconds: 0)
        replay.answerPoll()
        replay.tick(seconds: 1)
        #expect(replay.sent.count == before + 1)
        replay.tick(seconds: 1)
        #expect(replay.sent.count == before + 2)
        for _ in 0..<5 { replay.tick(seconds: 1) }
        #expect(replay.sent.count == before + 2)
    }

    @Test func silenceIsSaidAfterEightSecondsAndHeals() {
        var replay = TorControlReplay.ready()
        replay.tick(seconds: 2)
        for _ in 0..<7 { replay.tick(seconds: 1) }
        #expect(replay.client.state.readiness == .ready)
        replay.tick(seconds: 1)
        #expect(replay.client.state.readiness == .failing)
        #expect(replay.client.state.detail == "does not answer its control port (stopped, or overloaded)")
        replay.answerPoll()
        #expect(replay.client.state.readiness == .ready && replay.closed.isEmpty)
    }

    @Test func silenceBeforeAuthenticationIsSaidToo() {
        var replay = TorControlReplay("")
        for _ in 0..<9 { replay.tick(seconds: 1) }
        #expect(replay.client.state.isSilent && replay.client.state.readiness == .failing)
    }

    /// It was us who stood still: Tor's answer waits in the socket.
    @Test func ourOwnSleepIsNotTorsSilence() {
        var replay = TorControlReplay.ready()
        replay.tick(seconds: 2)
        replay.tick(seconds: 60)
        #expect(replay.client.state.readiness == .ready)
    }

    @Test func oldSkewIsForgotten() {
        var replay = TorControlReplay.ready()
        replay.receive("650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=CONSENSUS")
        for _ in 0..<2 {
            replay.tick(seconds: 2 * 3600)
            #expect(replay.client.state.clockSkew == -2460)
            replay.answerPoll()
        }
        replay.tick(seconds: 2 * 3600)
        #expect(replay.client.state.clockSkew == nil)
    }

    // MARK: - Relays that are out of reach

    static let failed =
        "650 ORCONN $5A3BB51DCE5C65D80702104D951862F847B1875D~a FAILED REASON=CONNECTREFUSED NCIRCS=1 ID=1"
    static let connected = "650 ORCONN $5A3BB51DCE5C65D80702104D951862F847B1875D~a CONNECTED ID=2"

    /// A machine that has seen five connections fail in a row, and asks.
    private func doubting() -> TorControlReplay {
        var replay = TorControlReplay.ready()
        for _ in 0..<5 { replay.receive(Self.failed) }
        replay.tick(seconds: 2)
        return replay
    }

    /// Tor itself goes on saying 100, 1 and up.
    @Test func lostRelaysAreNoticed() {
        var replay = doubting()
        #expect(replay.sent.last?.hasSuffix(" network-liveness orconn-status") == true)
        #expect(replay.client.state.readiness == .ready)
        replay.answerPoll(relays: ["$5A3BB51DCE5C65D80702104D951862F847B1875D~a LAUNCHED"])
        #expect(replay.client.state.readiness == .failing)
        #expect(replay.client.state.detail.hasPrefix("no relay can be reached; the relays refuse connections"))
        replay.receive(Self.connected)
        #expect(replay.client.state.readiness == .ready)
    }

    @Test func oneRelayIsEnough() {
        var replay = doubting()
        replay.answerPoll(relays: ["$00~b LAUNCHED", "$01~c CONNECTED"])
        #expect(replay.client.state.readiness == .ready)
    }

    @Test func fewFailuresRaiseNoDoubt() {
        var replay = TorControlReplay.ready()
        for _ in 0..<4 { replay.receive(Self.failed) }
        replay.receive(Self.connected)
        for _ in 0..<4 { replay.receive(Self.failed) }
        replay.tick(seconds: 2)
        #expect(replay.sent.last?.contains("orconn") == false)
    }

    /// A Tor that rests fails no more: after a quarter of an hour nothing is known.
    @Test func oldFailuresAreForgotten() {
        var replay = doubting()
        replay.answerPoll(relays: [])
        for _ in 0..<14 {
            let before = replay.sent.count
            replay.tick(seconds: 60)
            if replay.sent.count > before + 1 { replay.receive("551 Couldn't start circuit") }
            replay.answerPoll(relays: [])
        }
        #expect(replay.client.state.readiness == .failing && replay.closed.isEmpty)
        replay.tick(seconds: 62)
        #expect(replay.client.state.readiness == .ready)
    }

    /// Tor may rest too, and not find out that the network is back, so it is asked for a circuit now and then.
    @Test(arguments: [true, false])
    func lostNetworkIsProbed(isRefused: Bool) {
        var replay = TorControlReplay.ready()
        replay.receive("650 NETWORK_LIVENESS DOWN")
        var probes = 0
        for _ in 0..<60 {
            let before = replay.sent.count
            replay.tick(seconds: 1)
            for command in replay.sent.dropFirst(before) {
                if command == "> EXTENDCIRCUIT 0" {
                    probes += 1
                    replay.receive(isRefused ? "551 Couldn't start circuit" : "250 EXTENDED 12")
                } else {
                    replay.answerPoll(liveness: "down")
                }
            }
        }
        #expect(probes == 1 && replay.closed.isEmpty)
        replay.tick(seconds: 2)
        #expect(replay.sent.filter { $0 == "> EXTENDCIRCUIT 0" }.count == 2)
    }

    @Test func startingTorIsNotProbed() {
        var replay = TorControlReplay.asked()
        let hash = TorControlReplay.hash
        replay.receive("250 AUTHCHALLENGE SERVERHASH=\(hash) SERVERNONCE=\(hash)", "250 OK", "250 OK")
        replay.answerPoll(circuit: 0)
        for _ in 0..<100 {
            replay.tick(seconds: 2)
            replay.answerPoll(circuit: 0)
        }
        #expect(!replay.sent.contains("> EXTENDCIRCUIT 0") && replay.closed.isEmpty)
    }
}
