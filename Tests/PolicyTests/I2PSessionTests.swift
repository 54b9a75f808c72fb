import Policy
import Protocols
import Testing

/// The life of an I2P session: made anew whenever it is lost, and our own keys never before they have rested.
@Suite struct I2PSessionTests {
    /// A session with its clock, driven as the driver does it.
    private struct Run {
        var session: I2PSession
        var now = Instant(milliseconds: 1_000_000)
        var effects: [I2PSession.Effect] = []
        private var ids: UInt8 = 0

        init(_ identity: I2PSession.Identity) {
            session = I2PSession(identity, tunnels: I2PTunnels(), what: "the SAM port") { bytes in
                [UInt8](repeating: bytes.first ?? 0, count: 32)
            }
        }

        /// All that is asked for until the next event, as the clock goes on to `seconds` from now.
        mutating func wait(_ seconds: Double) -> [I2PSession.Effect] {
            let end = now + .milliseconds(Int64(seconds * 1000))
            var asked: [I2PSession.Effect] = []
            while asked.isEmpty, let deadline = session.deadline, deadline <= end {
                now = max(now, deadline)
                asked = session.tick(now)
            }
            if asked.isEmpty { now = end }
            return asked
        }

        mutating func connect() -> [I2PSession.Effect] {
            ids += 1
            return session.connected(as: SAMSessionID(random: [UInt8](repeating: ids, count: 16)), now: now)
        }

        mutating func hear(_ line: String) -> [I2PSession.Effect] {
            session.received((Array(line.utf8) + [0x0a]).span, now: now)
        }

        /// From the dial to a session that stands.
        mutating func stand(_ seed: UInt8 = 1) -> [I2PSession.Effect] {
            _ = connect()
            _ = hear("HELLO REPLY RESULT=OK VERSION=3.1")
            return hear("SESSION STATUS RESULT=OK DESTINATION=\(Self.keys(seed))")
        }

        mutating func found(_ name: String, _ seed: UInt8 = 1) -> [I2PSession.Effect] {
            hear("NAMING REPLY RESULT=OK NAME=\(name) VALUE=\(Self.destination(seed))")
        }

        static func keys(_ seed: UInt8) -> String { String(decoding: I2PBase64.encode(bytes(seed)), as: UTF8.self) }
        static func destination(_ seed: UInt8) -> String {
            String(decoding: I2PBase64.encode(bytes(seed).prefix(391)), as: UTF8.self)
        }
        private static func bytes(_ seed: UInt8) -> [UInt8] {
            [UInt8](repeating: seed, count: 384) + [5, 0, 4, 0, 7, 0, 4] + [UInt8](repeating: seed, count: 64)
        }
    }

    private func words(_ effects: [I2PSession.Effect]) -> [String] {
        effects.map { effect in
            switch effect {
            case .dial: "dial"
            case .hangUp: "hang up"
            case .readKeys: "read"
            case .keep: "keep"
            case .prove: "prove"
            case .send(let bytes): String(decoding: bytes.prefix { $0 != 0x3d && $0 != 0x0a }, as: UTF8.self)
            }
        }
    }

    private func keys(_ seed: UInt8 = 1) throws -> I2PKeys { try #require(I2PKeys(base64: Array(Run.keys(seed).utf8))) }

    @Test func anOutboundSessionIsReadyOnceItStands() {
        var run = Run(.outbound)
        #expect(words(run.session.start(run.now)) == ["dial"])
        #expect(words(run.connect()) == ["HELLO VERSION MIN"])
        #expect(words(run.hear("HELLO REPLY RESULT=OK VERSION=3.1")) == ["SESSION CREATE STYLE"])
        #expect(run.session.readiness.state == .starting)
        #expect(run.session.id == nil, "no stream can be asked for before")
        _ = run.hear("SESSION STATUS RESULT=OK DESTINATION=\(Run.keys(1))")
        #expect(run.session.readiness.isReady)
        #expect(run.session.id != nil)
        #expect(run.session.address == nil, "it is nobody's")
    }

    @Test func aSessionIsMadeAnewAfterARestartOfTheI2PRouter() {
        var run = Run(.outbound)
        _ = run.session.start(run.now)
        _ = run.stand()
        let first = run.session.id
        #expect(words(run.session.closed(run.now)) == ["hang up"])
        #expect(run.session.readiness.state == .down)
        #expect(run.session.id == nil)
        #expect(words(run.wait(1)) == ["dial"])
        _ = run.session.cannotConnect("Connection refused", now: run.now)
        #expect(words(run.wait(1)) == ["dial"], "again and again")
        _ = run.stand(2)
        #expect(run.session.readiness.isReady)
        #expect(run.session.id != first, "another name, that no old reply can be about")
    }

    @Test func pausesGrowToFiveSecondsAndNoFurther() {
        var run = Run(.outbound)
        _ = run.session.start(run.now)
        var pauses: [Duration] = []
        for _ in 0..<8 {
            _ = run.session.cannotConnect("no", now: run.now)
            let before = run.now
            #expect(words(run.wait(60)) == ["dial"])
            pauses.append(run.now - before)
        }
        #expect(pauses.first == .milliseconds(250))
        #expect(pauses.last == .seconds(5))
    }

    @Test func aBridgeThatIsSilentWhileItsConnectionStandsIsFoundOut() {
        var run = Run(.outbound)
        _ = run.session.start(run.now)
        _ = run.stand()
        #expect(words(run.wait(10)) == ["NAMING LOOKUP NAME"])
        #expect(words(run.found("ME")) == [])
        #expect(run.session.readiness.isReady)
        #expect(words(run.wait(10)) == ["NAMING LOOKUP NAME"])
        #expect(words(run.wait(5)) == ["hang up"])
        #expect(run.session.readiness.state == .failing)
        #expect(run.session.readiness.detail == "the SAM port does not answer")
    }

    @Test func aSessionThatHasBecomeAnothersIsNotUsed() {
        var run = Run(.outbound)
        _ = run.session.start(run.now)
        _ = run.stand()
        _ = run.wait(10)
        #expect(words(run.found("ME", 2)) == ["hang up"])
        #expect(!run.session.readiness.isReady)
    }

    @Test func tunnelsMayTakeTheirTimeAndAPersonIsTold() {
        var run = Run(.outbound)
        _ = run.session.start(run.now)
        _ = run.connect()
        _ = run.hear("HELLO REPLY RESULT=OK VERSION=3.1")
        #expect(run.wait(89) == [])
        #expect(run.session.readiness.state == .starting)
        #expect(run.wait(2) == [])
        #expect(run.session.readiness.state == .failing)
        #expect(run.session.readiness.detail.contains("is it connected"))
        #expect(words(run.wait(300)) == ["hang up"])
    }

    // MARK: Our service

    @Test func newKeysAreKeptFirstAndTheServiceIsPublishedOnceTheNetworkHasIt() throws {
        var run = Run(.service)
        #expect(words(run.session.start(run.now)) == ["read"])
        #expect(words(run.session.keysRead(nil, now: run.now)) == ["dial"])
        _ = run.connect()
        #expect(words(run.hear("HELLO REPLY RESULT=OK VERSION=3.1")) == ["DEST GENERATE SIGNATURE_TYPE"])
        #expect(words(run.hear("DEST REPLY PUB=\(Run.destination(1)) PRIV=\(Run.keys(1))")) == ["keep"])
        #expect(run.session.address == nil, "no address that may be another tomorrow")
        #expect(words(run.session.keysAreKept(try keys(), now: run.now)) == ["SESSION CREATE STYLE"])
        let address = try #require(run.session.address)
        #expect(address.hasSuffix(".b32.i2p") && address.utf8.count == 60)
        let asked = run.hear("SESSION STATUS RESULT=OK DESTINATION=\(Run.keys(1))")
        #expect(asked == [])
        #expect(words(run.wait(11)) == ["NAMING LOOKUP NAME"], "the network hears of it first")
        _ = run.found("ME")
        #expect(!run.session.readiness.isReady, "a session alone proves nothing")
        #expect(run.wait(1) == [])
        #expect(run.wait(1) == [.prove(address)])
        #expect(run.session.id != nil, "but peers who find it are welcome")
        run.session.proved(run.now)
        #expect(run.session.readiness.isReady)
        #expect(run.wait(7) == [])
        #expect(words(run.wait(1)) == ["NAMING LOOKUP NAME"])
        _ = run.found("ME")
        #expect(run.wait(6) == [])
        #expect(run.wait(1) == [.prove(address)], "a second proof, 15 s after the first")
    }

    @Test func keysThatCannotBeKeptMakeNoService() {
        var run = Run(.service)
        _ = run.session.start(run.now)
        _ = run.session.keysRead(nil, now: run.now)
        _ = run.connect()
        _ = run.hear("HELLO REPLY RESULT=OK VERSION=3.1")
        _ = run.hear("DEST REPLY PUB=\(Run.destination(1)) PRIV=\(Run.keys(1))")
        #expect(words(run.session.noKeys("the disk is full", now: run.now)) == ["hang up"])
        #expect(run.session.readiness == EgressReadiness(.failing, "the disk is full"))
        #expect(words(run.wait(1)) == ["read"], "the file is looked for again")
    }

    @Test func aDamagedKeyFileIsNeverReplacedByNewKeys() {
        var run = Run(.service)
        #expect(words(run.session.start(run.now)) == ["read"])
        #expect(words(run.session.noKeys("damaged", now: run.now)) == ["hang up"])
        for _ in 0..<20 {
            #expect(words(run.wait(10)) == ["read"])
            _ = run.session.noKeys("damaged", now: run.now)
        }
        #expect(run.session.readiness.detail == "damaged")
    }

    @Test func ourKeysRestTenSecondsBetweenTwoSessions() throws {
        var run = Run(.service)
        _ = run.session.start(run.now)
        // A router before this one may have had a session with them a moment ago.
        #expect(run.session.keysRead(try keys(), now: run.now) == [])
        var began = run.now
        #expect(words(run.wait(60)) == ["dial"])
        #expect(run.now - began == .seconds(10))
        _ = run.stand()
        began = run.now
        #expect(words(run.session.closed(run.now)) == ["hang up"])
        #expect(words(run.wait(60)) == ["dial"])
        #expect(run.now - began == .seconds(10))
        // While there is no bridge nothing can have them: no further rest.
        began = run.now
        _ = run.session.cannotConnect("Connection refused", now: run.now)
        #expect(words(run.wait(60)) == ["dial"])
        #expect(run.now - began <= .seconds(5))
        // The bridge still has them, or another program does.
        _ = run.connect()
        _ = run.hear("HELLO REPLY RESULT=OK VERSION=3.1")
        began = run.now
        #expect(words(run.hear("SESSION STATUS RESULT=DUPLICATED_DEST")) == ["hang up"])
        #expect(words(run.wait(60)) == ["dial"])
        #expect(run.now - began == .seconds(10))
        #expect(run.session.address != nil, "the address is the same all the time")
    }

    @Test func theyRestOverALockToo() throws {
        var run = Run(.service)
        _ = run.session.start(run.now)
        _ = run.session.keysRead(try keys(), now: run.now)
        _ = run.wait(60)
        _ = run.stand()
        let began = run.now
        #expect(words(run.session.stop(run.now)) == ["hang up"])
        #expect(!run.session.readiness.isReady)
        #expect(run.wait(2) == [])
        #expect(run.session.start(run.now) == [])
        #expect(words(run.wait(60)) == ["dial"])
        #expect(run.now - began == .seconds(10))
    }

    @Test func aDestinationThatWasTakenAwayWithoutAWordIsMadeAnew() throws {
        var run = Run(.service)
        _ = run.session.start(run.now)
        _ = run.session.keysRead(try keys(), now: run.now)
        _ = run.wait(60)
        _ = run.stand()
        _ = run.wait(11)
        _ = run.found("ME")
        #expect(words(run.wait(2)) == ["prove"])
        run.session.proved(run.now)
        #expect(run.session.readiness.isReady)
        // From here on nobody reaches it any more.
        var asked: [String] = []
        var misses = 0
        for _ in 0..<300 where !asked.contains("hang up") {
            for word in words(run.wait(60)) {
                asked.append(word)
                if word == "NAMING LOOKUP NAME" { asked += words(run.found("ME")) }
                guard word == "prove" else { continue }
                misses += 1
                asked += words(run.session.notProved(run.now))
                #expect(run.session.readiness.isReady == (misses < 2), "one miss means nothing")
            }
        }
        #expect(asked.contains("hang up"))
        #expect(words(run.wait(10)) == ["dial"])
    }

    @Test func aProofThatCouldNotBeSentSaysNothingOfTheService() throws {
        var run = Run(.service)
        _ = run.session.start(run.now)
        _ = run.session.keysRead(try keys(), now: run.now)
        _ = run.wait(60)
        _ = run.stand()
        _ = run.wait(11)
        _ = run.found("ME")
        #expect(words(run.wait(2)) == ["prove"])
        for _ in 0..<1000 {
            run.session.proofPostponed(run.now)
            let said = words(run.wait(1))
            if said.contains("NAMING LOOKUP NAME") { _ = run.found("ME") }
            #expect(said.contains("hang up") == false)
            #expect(run.session.readiness.state == .starting)
        }
    }

    @Test func aProofThatNobodyAnswersIsAMiss() throws {
        var run = Run(.service)
        _ = run.session.start(run.now)
        _ = run.session.keysRead(try keys(), now: run.now)
        _ = run.wait(60)
        _ = run.stand()
        let began = run.now
        var asked: [String] = []
        while run.now - began < .seconds(72) {
            #expect(run.session.readiness.state == .starting)
            asked += words(run.wait(10))
            if asked.last == "NAMING LOOKUP NAME" { _ = run.found("ME") }
        }
        #expect(run.session.readiness.state == .failing)
        #expect(asked.count { $0 == "prove" } == 2, "and it goes on")
    }

    @Test func nothingIsAskedForAfterTheEnd() {
        var run = Run(.outbound)
        _ = run.session.start(run.now)
        _ = run.stand()
        #expect(words(run.session.stop(run.now)) == ["hang up"])
        #expect(run.session.deadline == nil)
        #expect(run.session.closed(run.now) == [])
        #expect(run.found("ME") == [])
        #expect(run.session.stop(run.now) == [])
    }

    @Test func whatABridgeRefusesIsSaidAsAReason() {
        #expect(Refusal(SAMFailure.refused(.cannotReachPeer)) == .unreachable)
        #expect(Refusal(SAMFailure.refused(.keyNotFound)) == .nameNotFound)
        #expect(Refusal(SAMFailure.refused(.timeout)) == .timeout)
        #expect(Refusal(SAMFailure.refused(.invalidID)) == .egressNotReady)
        #expect(Refusal(SAMFailure.refused(.error)) == .proxyFailed)
        #expect(Refusal(SocksClientFailure.sam(.refused(.invalidKey))) == .unreachable)
    }
}
