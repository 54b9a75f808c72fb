import Protocols
import Testing

/// STREAM events, as a Tor of version 0.4.9.11 sent them.
@Suite struct TorStreamEventTests {
    static let user = "6b1fa0a54a36a05ad5b3d4a5e2a4e6d1"
    static let tail =
        #"CLIENT_PROTOCOL=SOCKS5 NYM_EPOCH=0 SESSION_GROUP=-4 ISO_FIELDS=SOCKS_USERNAME,SOCKS_PASSWORD,CLIENTADDR,SESSION_GROUP,NYM_EPOCH"#

    private func read(_ text: String) -> TorStreamEvent? {
        TorStreamEvent(Array(text.utf8)) { $0.elementsEqual(Self.user.utf8) ? 7 : nil }
    }

    private static func line(_ head: String, user: String = user) -> String {
        "STREAM \(head) SOCKS_USERNAME=\"\(user)\" SOCKS_PASSWORD=\"p\" \(tail)"
    }

    typealias Event = TorStreamEvent

    @Test(arguments: [
        (
            "111 DETACHED 5 203.0.113.12:18080 REASON=END REMOTE_REASON=EXITPOLICY",
            Event(key: 7, status: .detached, reason: .exitPolicy, isRemote: true, port: 18080, isOnion: false)
        ),
        (
            "136 FAILED 0 203.0.113.12:80 REASON=CANT_ATTACH",
            Event(key: 7, status: .failed, reason: .cannotAttach, isRemote: false, port: 80, isOnion: false)
        ),
        (
            "161 FAILED 35 203.0.113.11:4444 REASON=END REMOTE_REASON=MISC",
            Event(key: 7, status: .failed, reason: .other, isRemote: true, port: 4444, isOnion: false)
        ),
        (
            "170 DETACHED 86 nowhere.invalid:80 REASON=TIMEOUT",
            Event(key: 7, status: .detached, reason: .timeout, isRemote: false, port: 80, isOnion: false)
        ),
        (
            "171 FAILED 0 vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion:18080 REASON=RESOLVEFAILED",
            Event(key: 7, status: .failed, reason: .resolveFailed, isRemote: false, port: 18080, isOnion: true)
        ),
        (
            "172 FAILED 9 [2001:db8::7]:1 REASON=A_NEWER_REASON",
            Event(key: 7, status: .failed, reason: .other, isRemote: false, port: 1, isOnion: false)
        ),
    ])
    func whatIsTold(head: String, event: TorStreamEvent) {
        #expect(read(Self.line(head)) == event)
    }

    @Test(arguments: [
        // What is no failure.
        line("110 NEW 0 203.0.113.11:18080 SOURCE_ADDR=127.0.0.1:36986 PURPOSE=USER"),
        line("110 SENTCONNECT 9 203.0.113.11:18080"), line("110 SUCCEEDED 9 203.0.113.11:18080"),
        line("110 CLOSED 9 203.0.113.11:18080 REASON=DONE"),
        // Nobody's, another's, and others who would be us.
        "STREAM 1 FAILED 0 1.2.3.4:5 REASON=MISC",
        line("1 FAILED 0 1.2.3.4:5 REASON=MISC", user: "a1"),
        line("1 FAILED 0 1.2.3.4:5 REASON=MISC", user: #"x\" SOCKS_USERNAME=\"\#(user)"#),
        line("1 FAILED 0 1.2.3.4:5 REASON=MISC", user: "x SOCKS_USERNAME=\(user)"),
        "STREAM 1 FAILED 0 1.2.3.4:5 REASON=MISC SOCKS_USERNAME=\(user)",
        "STREAM 1 FAILED 0 1.2.3.4:5 REASON=MISC SOCKS_PASSWORD=\"\(user)\"",
        // Cut off, and not to be understood.
        "STREAM", "STREAM ", "STREAM 1 FAILED", "STREAM 1 FAILED 0", line("1 FAILED 0 1.2.3.4 REASON=MISC"),
        line("1 FAILED 0 1.2.3.4: REASON=MISC"), line("1 FAILED 0 1.2.3.4:65536 REASON=MISC"),
        line("1 FAILED 0 1.2.3.4:x REASON=MISC"), line("1 FAILED 0 1.2.3.4:5"),
        "STREAM 1 FAILED 0 1.2.3.4:5 REASON=MISC SOCKS_USERNAME=\"", #"STREAM 1 FAILED 0 1.2.3.4:5 REASON="\"#,
        "STREAMX 1 FAILED 0 1.2.3.4:5 REASON=MISC SOCKS_USERNAME=\"\(user)\"",
    ])
    func whatIsPassedOver(text: String) {
        #expect(read(text) == nil)
    }

    /// Nothing of where a stream goes is in what is kept.
    @Test func theTargetIsNotKept() throws {
        let event = try #require(read(Self.line("1 FAILED 0 203.0.113.12:18080 REASON=MISC")))
        #expect(!"\(event)".contains("203.0") && !"\(event)".contains(Self.user))
    }

    @Test func theMachineHandsOutOursAlone() {
        var replay = TorControlReplay.ready()
        replay.user = Self.user
        let before = replay.states.count
        replay.receive(
            "650 " + Self.line("1 DETACHED 5 203.0.113.12:18080 REASON=END REMOTE_REASON=EXITPOLICY", user: "other"))
        #expect(replay.streams.isEmpty)
        replay.receive("650 " + Self.line("1 DETACHED 5 203.0.113.12:18080 REASON=END REMOTE_REASON=EXITPOLICY"))
        #expect(replay.streams.map(\.reason) == [.exitPolicy])
        #expect(replay.states.count == before && replay.closed.isEmpty)
    }

    /// Before Tor has proven itself, nothing that it says of streams counts.
    @Test func notBeforeItHasProvenItself() {
        var replay = TorControlReplay.asked()
        replay.user = Self.user
        replay.receive("650 " + Self.line("1 DETACHED 5 203.0.113.12:18080 REASON=END REMOTE_REASON=EXITPOLICY"))
        #expect(replay.streams.isEmpty)
    }
}
