import Protocols
import Testing

/// The machine against what real Tors said.
@Suite struct TorControlTranscriptTests {
    static let all = [
        TorControlTranscripts.bootstrap, TorControlTranscripts.nothingAsked, TorControlTranscripts.passwordOnly,
        TorControlTranscripts.socksPort, TorControlTranscripts.wrongCookie, TorControlTranscripts.clockBehind,
        TorControlTranscripts.clockAhead, TorControlTranscripts.clockJumped, TorControlTranscripts.relaysRefuse,
        TorControlTranscripts.relaysGone,
    ]

    /// The machine sends what it sent to the real one, and ends with the same state, however the bytes are split.
    @Test(arguments: all)
    func splitAnywhere(transcript: String) {
        let ours = transcript.split(separator: "\n").filter { $0.hasPrefix(">") }.map(String.init)
        var whole = TorControlReplay(transcript)
        whole.play(transcript, size: .max)
        #expect(whole.sent == ours)
        for size in 1...64 {
            var replay = TorControlReplay(transcript)
            replay.play(transcript, size: size)
            #expect(replay.sent == ours && replay.client.state == whole.client.state && replay.closed == whole.closed)
        }
    }

    /// The cookie is nowhere in what we send.
    @Test(arguments: all)
    func cookieIsNeverSent(transcript: String) throws {
        var replay = TorControlReplay(transcript)
        replay.play(transcript, size: .max)
        guard let line = transcript.split(separator: "\n").first(where: { $0.hasPrefix("# cookie ") }) else { return }
        #expect(!replay.sent.contains { $0.lowercased().contains(line.dropFirst(9)) })
    }

    @Test func bootstrapIsToldStepByStep() {
        var replay = TorControlReplay(TorControlTranscripts.bootstrap)
        replay.play(TorControlTranscripts.bootstrap, size: 1)
        #expect(replay.paths == ["/run/tor/control.authcookie"] && replay.closed.isEmpty)
        #expect(replay.details.first == "waits for Tor's control port to say how it is")
        #expect(replay.details.contains("bootstrapped 45 %: asking for relay descriptors"))
        #expect(replay.details.contains("bootstrapped 50 %: loading relay descriptors"))
        #expect(replay.details.last == "bootstrapped 100 %")
        // Progress 100 alone is not ready: its circuit comes in the event after it.
        #expect(replay.states.filter { $0.readiness == .ready }.allSatisfy { $0.circuitEstablished == true })
        #expect(replay.states.map(\.readiness).last == .ready && !replay.states.map(\.readiness).contains(.failing))
        #expect(replay.client.state.version == "0.4.9.11" && replay.client.state.networkLive == true)
    }

    @Test func clockBehindIsSaid() {
        var replay = TorControlReplay(TorControlTranscripts.clockBehind)
        replay.play(TorControlTranscripts.clockBehind, size: 1)
        #expect(replay.details.contains { $0.hasPrefix("clock is 41 minutes behind: set it") })
        #expect(replay.states.contains { $0.readiness == .failing && $0.clockSkew == -2460 })
        #expect(replay.client.state.readiness == .ready)
        #expect(replay.client.state.detail.hasPrefix("bootstrapped 100 %, but the clock is 41 minutes behind: set it"))
    }

    /// Who connects after the event has only the words of the bootstrap warning.
    @Test func clockAheadIsSaidToWhoComesLate() throws {
        var replay = TorControlReplay(TorControlTranscripts.clockAhead)
        replay.play(TorControlTranscripts.clockAhead, size: .max)
        let first = try #require(replay.states.first { $0.bootstrap != nil })
        #expect(first.readiness == .failing && first.clockSkew == 90000)
        #expect(first.detail.hasPrefix("clock is 25 hours ahead: set it"))
        #expect(first.detail.hasSuffix("bootstrapped 40 %: loading authority key certs"))
    }

    @Test func clockJumpLosesTheCircuits() {
        var replay = TorControlReplay(TorControlTranscripts.clockJumped)
        replay.play(TorControlTranscripts.clockJumped, size: 1)
        #expect(
            replay.details.dropFirst() == [
                "bootstrapped 100 %",
                "no circuit: the clock jumped 41 minutes forward, and Tor builds its circuits anew",
                "bootstrapped 100 %",
                "bootstrapped 100 %, but the clock is 41 minutes ahead: set it (timedatectl set-ntp true)",
                // Tor tells of the jump first, and then of the circuits.
                "bootstrapped 100 %",
                "no circuit: the clock jumped 41 minutes back, and Tor builds its circuits anew",
                "bootstrapped 100 %",
            ])
        #expect(replay.client.state.clockSkew == nil)
    }

    @Test func refusingRelaysAreSaidOnceTorIsSure() {
        var replay = TorControlReplay(TorControlTranscripts.relaysRefuse)
        replay.play(TorControlTranscripts.relaysRefuse, size: 1)
        #expect(replay.states.contains { $0.readiness == .starting && $0.bootstrap?.warning?.isSerious == false })
        #expect(replay.client.state.readiness == .failing)
        #expect(
            replay.client.state.detail == "stuck at 5 %: the relays refuse connections: is a firewall in the way?")
    }

    /// Tor's own word is not enough: it said 100, 1 and up from the first line to the last.
    @Test func lostRelaysAreSaid() {
        var replay = TorControlReplay(TorControlTranscripts.relaysGone)
        replay.play(TorControlTranscripts.relaysGone, size: 1)
        #expect(
            replay.details.dropFirst() == [
                "bootstrapped 100 %",
                "no relay can be reached; the relays refuse connections: is a firewall in the way?",
                "bootstrapped 100 %",
            ])
        #expect(replay.states.dropFirst().allSatisfy { $0.circuitEstablished == true && $0.networkLive == true })
    }

    @Test(arguments: [
        (TorControlTranscripts.passwordOnly, TorControlFailure.passwordOnly, "add `CookieAuthentication 1` to torrc"),
        (TorControlTranscripts.socksPort, .notTorControl, "is `control` set to Tor's SOCKS port?"),
        (
            TorControlTranscripts.wrongCookie, .wrongServer(path: "/run/tor/control.authcookie"),
            "this is not the Tor that wrote the cookie file /run/tor/control.authcookie"
        ),
    ])
    func refused(transcript: String, failure: TorControlFailure, words: String) {
        var replay = TorControlReplay(transcript)
        replay.play(transcript, size: 1)
        #expect(replay.closed == [failure])
        #expect(replay.client.state.readiness == .failing && replay.client.state.detail.contains(words))
        #expect(!replay.sent.contains { $0.hasPrefix("> AUTHENTICATE") })
    }
}
