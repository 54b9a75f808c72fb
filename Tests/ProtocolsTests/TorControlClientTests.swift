import Protocols
import Testing

/// What the machine does where Tor, or who stands in for it, behaves otherwise.
@Suite struct TorControlClientTests {
    /// Tor is told to end with this connection, before anything else, and only where it is to.
    @Test func takesOwnershipWhereItIsTo() {
        for takesOwnership in [false, true] {
            var client = TorControlClient(nonce: [], takesOwnership: takesOwnership) { _, _ in [] }
            func sent(_ effects: [TorControlClient.Effect]) -> [String] {
                effects.compactMap {
                    guard case .send(let bytes) = $0 else { return nil }
                    return String(decoding: bytes.dropLast(2).prefix { $0 != 0x20 }, as: UTF8.self)
                }
            }
            func answer(_ line: String) -> [TorControlClient.Effect] { client.received(Array("\(line)\r\n".utf8).span) }
            _ = client.connected()
            _ = answer("250-PROTOCOLINFO 1")
            _ = answer("250-AUTH METHODS=NULL")
            #expect(sent(answer("250 OK")) == ["AUTHENTICATE"])
            #expect(sent(answer("250 OK")) == (takesOwnership ? ["TAKEOWNERSHIP"] : []) + ["SETEVENTS", "GETINFO"])
            guard takesOwnership else { continue }
            let refused = answer("510 Unrecognized command")
            #expect(refused.contains(.close(.unsupported("Unrecognized command"))))
        }
    }

    @Test func readyNeedsEverything() {
        var replay = TorControlReplay.ready()
        #expect(replay.client.state.readiness == .ready)
        replay.tick(seconds: 2)
        replay.answerPoll(circuit: 0)
        #expect(replay.client.state.readiness == .failing)
        #expect(replay.client.state.detail == "no circuit: Tor lost its last one, and builds another")
        replay.tick(seconds: 2)
        replay.answerPoll(liveness: "down")
        #expect(replay.client.state.readiness == .failing)
        #expect(replay.client.state.detail.hasPrefix("network is down, says Tor"))
        replay.receive("650 NETWORK_LIVENESS UP")
        #expect(replay.client.state.readiness == .ready)
        replay.receive("650 NETWORK_LIVENESS DOWN")
        #expect(replay.client.state.readiness == .failing)
    }

    @Test func loginAloneIsNotReady() {
        var replay = TorControlReplay.asked()
        replay.receive(
            "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash) SERVERNONCE=\(TorControlReplay.hash)", "250 OK",
            "250 OK")
        #expect(replay.client.state.readiness == .starting)
    }

    @Test func firstCircuitIsWaitedFor() {
        var replay = TorControlReplay.asked()
        replay.receive(
            "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash) SERVERNONCE=\(TorControlReplay.hash)", "250 OK",
            "250 OK")
        replay.answerPoll(circuit: 0)
        #expect(replay.client.state.readiness == .starting)
        #expect(replay.client.state.detail == "bootstrapped 100 %: building the first circuit")
    }

    /// A peer that has not proven itself cannot say that all is well.
    @Test func eventsBeforeAuthenticationSayNothing() {
        var replay = TorControlReplay.asked()
        replay.receive(
            "650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"",
            "650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED", "650 NETWORK_LIVENESS UP")
        #expect(replay.client.state == TorState())
    }

    @Test func serverHashIsCheckedToItsLastBit() {
        for index in 0..<64 {
            var wrong = Array(TorControlReplay.hash)
            wrong[index] = "1"
            var replay = TorControlReplay.asked()
            replay.receive("250 AUTHCHALLENGE SERVERHASH=\(String(wrong)) SERVERNONCE=\(TorControlReplay.hash)")
            #expect(replay.closed == [.wrongServer(path: "/run/tor/cookie")])
            #expect(!replay.sent.contains { $0.hasPrefix("> AUTHENTICATE") })
        }
    }

    @Test(arguments: [
        "250 AUTHCHALLENGE SERVERHASH=ab SERVERNONCE=\(TorControlReplay.hash)",
        "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash)",
        "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash) SERVERNONCE=\(TorControlReplay.hash)0",
        "250 AUTHCHALLENGE", "250 OK",
        "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash.dropLast())g SERVERNONCE=\(TorControlReplay.hash)",
    ])
    func brokenChallenges(line: String) {
        var replay = TorControlReplay.asked()
        replay.receive(line)
        #expect(replay.closed == [.violation("no answer to AUTHCHALLENGE")])
    }

    @Test func missingHashIsNoProof() {
        var replay = TorControlReplay.asked(hmac: { _, _ in [] })
        replay.receive("250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash) SERVERNONCE=\(TorControlReplay.hash)")
        #expect(replay.closed == [.noHash])
    }

    @Test(
        arguments: [
            (.success([UInt8](repeating: 7, count: 31)), "has 31 bytes instead of 32"),
            (.success([UInt8](repeating: 7, count: 33)), "has more than 32 bytes instead of 32"),
            (.success([]), "has 0 bytes instead of 32"),
            (.failure(.notPermitted), "on Debian debian-tor"),
            (.failure(.missing), "/run/tor/cookie does not exist here"),
            (
                .failure(.other("Input/output error")),
                "cannot read Tor's cookie file /run/tor/cookie: Input/output error"
            ),
        ] as [(Result<[UInt8], TorCookieFailure>, String)])
    func badCookies(cookie: Result<[UInt8], TorCookieFailure>, words: String) {
        let replay = TorControlReplay.asked(cookie: cookie)
        #expect(replay.closed.count == 1 && replay.client.state.detail.contains(words))
        #expect(replay.client.state.detail.contains("/run/tor/cookie"))
        #expect(replay.sent == ["> PROTOCOLINFO 1"])
    }

    @Test(
        arguments: [
            ("METHODS=COOKIE COOKIEFILE=\"/c\"", .cookieOnly), ("METHODS=HASHEDPASSWORD", .passwordOnly),
            ("METHODS=COOKIE,HASHEDPASSWORD COOKIEFILE=\"/c\"", .cookieOnly), ("METHODS=NEW", .noMethod("NEW")),
            ("METHODS=", .noMethod("")), ("X", .noMethod("")),
            ("METHODS=SAFECOOKIE", .violation("a cookie file without an absolute path")),
            ("METHODS=SAFECOOKIE COOKIEFILE=\"run/c\"", .violation("a cookie file without an absolute path")),
            ("METHODS=SAFECOOKIE COOKIEFILE=\"/a\\0b\"", .violation("a cookie file without an absolute path")),
            ("METHODS=SAFECOOKIE COOKIEFILE=\"/a\\377\"", .violation("a cookie file without an absolute path")),
        ] as [(String, TorControlFailure)])
    func methodsRefused(auth: String, failure: TorControlFailure) {
        let replay = TorControlReplay.asked(["250-PROTOCOLINFO 1", "250-AUTH \(auth)", "250 OK"])
        #expect(replay.closed == [failure] && replay.paths.isEmpty && replay.sent.count == 1)
    }

    @Test func proofIsPreferredToNothing() {
        let replay = TorControlReplay.asked([
            "250-PROTOCOLINFO 1", "250-AUTH METHODS=NULL,SAFECOOKIE COOKIEFILE=\"/c\"", "250 OK",
        ])
        #expect(replay.paths == ["/c"])
    }

    /// Tor escapes its path as C does; the lines may come in any order, and unknown ones are skipped.
    @Test func cookiePathIsUnescaped() {
        let replay = TorControlReplay.asked([
            "250-PROTOCOLINFO 1", "250-NEW x=y", "250-VERSION Tor=\"9\"",
            #"250-AUTH METHODS=SAFECOOKIE COOKIEFILE="/a \"b\\\303\244" COOKIEFILE="/second" NEW"#, "250 OK",
        ])
        #expect(replay.paths == ["/a \"b\\\u{e4}"])
    }

    /// Unsafe characters of a path that the peer names do not reach a terminal.
    @Test func pathIsShownWithoutControlCharacters() {
        let replay = TorControlReplay.asked(
            ["250-PROTOCOLINFO 1", #"250-AUTH METHODS=SAFECOOKIE COOKIEFILE="/a\033[2J""#, "250 OK"],
            cookie: .failure(.missing))
        #expect(replay.client.state.detail.contains("/a?[2J does not exist"))
    }

    @Test(arguments: [
        "515 Authentication failed: Wrong length on authentication cookie.", "514 Authentication required.",
    ])
    func refusedAuthentication(line: String) {
        var replay = TorControlReplay.asked()
        replay.receive(
            "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash) SERVERNONCE=\(TorControlReplay.hash)", line)
        #expect(replay.closed == [.refused(String(line.dropFirst(4)))])
    }

    @Test func refusedCommands() {
        var replay = TorControlReplay.asked()
        replay.receive(
            "250 AUTHCHALLENGE SERVERHASH=\(TorControlReplay.hash) SERVERNONCE=\(TorControlReplay.hash)", "250 OK")
        replay.receive("552 Unrecognized event \"NETWORK_LIVENESS\"")
        #expect(replay.closed == [.unsupported("Unrecognized event \"NETWORK_LIVENESS\"")])
    }

    @Test(arguments: ["250 OK", "510 Unrecognized command \"PROTOCOLINFO\"", "250-PROTOCOLINFO 1\r\n250 OK"])
    func noProtocolInfo(lines: String) {
        let replay = TorControlReplay.asked(lines.split(separator: "\r\n").map(String.init))
        guard case .violation? = replay.closed.first else {
            Issue.record("\(replay.closed)")
            return
        }
    }

    @Test func answerToNothing() {
        var replay = TorControlReplay.ready()
        replay.receive("250 OK")
        #expect(replay.closed == [.violation("an answer to nothing")])
    }

    @Test func closedByTor() {
        var late = TorControlReplay.ready()
        late.close()
        #expect(late.closed == [.closed] && late.client.state.readiness == .failing)
        var early = TorControlReplay.asked()
        early.close()
        early.close()
        #expect(early.closed == [.closedEarly])
    }

    @Test func nothingHappensAfterTheEnd() {
        var replay = TorControlReplay.ready()
        replay.close()
        let (sent, states) = (replay.sent.count, replay.states.count)
        replay.answerPoll()
        replay.tick(seconds: 100)
        #expect(replay.sent.count == sent && replay.states.count == states)
    }

    // MARK: - Events

    @Test(arguments: [
        "650 STREAM 12 NEW 0 abc.onion:18080 SOURCE_ADDR=127.0.0.1:4000 PURPOSE=USER", "650 HS_DESC UPLOADED a b c",
        "650 STATUS_CLIENT NOTICE", "650 STATUS_GENERAL", "650 ", "650 NETWORK_LIVENESS", "650 NETWORK_LIVENESS SOME",
        "650-CONF_CHANGED\r\n650-SocksPort=9050\r\n650 OK", "650+NS\r\nr x\r\n..\r\n.\r\n650 OK",
        "650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=101 TAG=x SUMMARY=\"y\"",
        "650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=-1", "650 STATUS_CLIENT NOTICE NEW_ONE A=b",
        "650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=x", "650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=99999999999999999999",
        "650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=\"",
    ])
    func unknownEventsAreSkipped(event: String) {
        var replay = TorControlReplay.ready()
        let state = replay.client.state
        replay.receive(event)
        #expect(replay.client.state == state && replay.closed.isEmpty)
    }

    @Test(arguments: [
        ("SKEW=-2460", "clock is 41 minutes behind"), ("SKEW=+2460", "clock is 41 minutes ahead"),
        ("MIN_SKEW=-7200", "clock is 2 hours behind"), ("SKEW=59", "clock is 59 seconds ahead"),
        ("SKEW=-9223372036854775808", "days behind"), ("SKEW=-31536000", "clock is 365 days behind"),
    ])
    func clockSkew(argument: String, words: String) {
        var replay = TorControlReplay.ready()
        replay.receive("650 STATUS_GENERAL WARN CLOCK_SKEW \(argument) SOURCE=OR:127.0.0.1:9001")
        #expect(replay.client.state.detail.contains(words) && replay.client.state.readiness == .ready)
        // Without a circuit it is the reason that is given.
        replay.receive("650 STATUS_CLIENT NOTICE CIRCUIT_NOT_ESTABLISHED REASON=EXTERNAL_ADDRESS")
        #expect(replay.client.state.detail.hasPrefix("no circuit: clock is"))
    }

    @Test(arguments: [
        ("STATUS_CLIENT NOTICE CIRCUIT_NOT_ESTABLISHED REASON=DIR_ALL_UNREACHABLE", "no directory server"),
        ("STATUS_CLIENT NOTICE NOT_ENOUGH_DIR_INFO", "Tor knows too few relays"),
        ("STATUS_GENERAL WARN CLOCK_JUMPED TIME=300 IDLE=1", "Tor stood still for 5 minutes"),
        ("STATUS_GENERAL WARN CLOCK_JUMPED TIME=-1", "the clock jumped 1 second back"),
    ])
    func circuitLossHasAReason(event: String, words: String) {
        var replay = TorControlReplay.ready()
        replay.receive("650 \(event)", "650 STATUS_CLIENT NOTICE CIRCUIT_NOT_ESTABLISHED")
        #expect(replay.client.state.readiness == .failing && replay.client.state.detail.contains(words))
        replay.receive("650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED")
        #expect(replay.client.state.detail == "bootstrapped 100 %")
    }

    /// A skew that is only known from a warning of who knows when ends with the warning.
    @Test func secondHandSkewEndsWithItsWarning() {
        var replay = TorControlReplay.ready()
        replay.receive(
            "650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=40 TAG=x SUMMARY=\"y\" WARNING=\"Clock skew -2460 in z\" "
                + "REASON=CLOCK_SKEW COUNT=1 RECOMMENDATION=warn")
        #expect(replay.client.state.clockSkew == -2460)
        replay.receive("650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=x SUMMARY=\"Asking\"")
        #expect(replay.client.state.clockSkew == nil && replay.client.state.detail == "bootstrapped 45 %: asking")
    }

    /// Tor does not escape what it quotes in a warning: the rest of the line is lost, not the progress.
    @Test func brokenQuotesKeepWhatCameBefore() {
        var replay = TorControlReplay.ready()
        replay.receive(
            "650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=40 TAG=x SUMMARY=\"Loading\" WARNING=\"a \"b\" c\" REASON=MISC")
        #expect(replay.client.state.bootstrap?.progress == 40 && replay.client.state.readiness == .starting)
    }

    @Test(arguments: [
        ("NOROUTE", "is this machine online?"), ("TIMEOUT", "use bridges"), ("PT_MISSING", "ClientTransportPlugin"),
        ("IDENTITY", "Bridge lines"), ("MISC", "Tor's own words"),
    ])
    func warningsHaveAMend(reason: String, words: String) {
        var replay = TorControlReplay.ready()
        replay.receive(
            "650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY=\"Connecting\" WARNING=\"Tor's own words\" "
                + "REASON=\(reason) COUNT=10 RECOMMENDATION=warn HOSTADDR=\"192.0.2.1:443\"")
        #expect(replay.client.state.readiness == .failing && replay.client.state.detail.contains(words))
        #expect(!replay.client.state.detail.contains("192.0.2.1"))
    }
}
