import Protocols
import Testing

/// The two conversations with a SAM bridge: a stream's and a session's.
@Suite struct SAMClientTests {
    private let target = Destination(host: .i2p("peer.i2p"), port: 1)

    private func give(_ chain: inout SocksChain, _ words: [UInt8]) -> (sent: String, left: Int, SocksChain.Outcome) {
        var output: [UInt8] = []
        let (consumed, outcome) = chain.receive(words.span, output: &output)
        return (text(output), words.count - consumed, outcome)
    }

    @Test func aStreamIsAskedForByNameAndWhatFollowsTheReplyIsIts() throws {
        let id = try #require(samID)
        var chain = SocksChain([SocksHop(target, by: id)])
        var greeting: [UInt8] = []
        #expect(chain.start(&greeting) == .more)
        #expect(text(greeting) == "HELLO VERSION MIN=3.1 MAX=3.3\n")
        #expect(!chain.hasAskedForDestination)
        let (asked, _, more) = give(&chain, "HELLO REPLY RESULT=OK VERSION=3.1".line)
        #expect(asked == "STREAM CONNECT ID=\(id) DESTINATION=peer.i2p SILENT=false\n")
        #expect(more == .more)
        #expect(chain.hasAskedForDestination)
        let (nothing, left, ready) = give(&chain, "STREAM STATUS RESULT=OK".line + [1, 0x21, 1])
        #expect((nothing, left, ready) == ("", 3, .ready))
    }

    @Test(arguments: [
        (SAMResult.cannotReachPeer, SocksRefusal.hostUnreachable, false), (.keyNotFound, .hostUnreachable, false),
        (.timeout, .expired, false), (.invalidID, .generalFailure, true), (.error, .generalFailure, true),
    ])
    func aRefusalIsOfThePeerOrOfTheBridge(_ result: SAMResult, _ told: SocksRefusal, _ isAboutBridge: Bool) throws {
        var chain = SocksChain([SocksHop(target, by: try #require(samID))])
        var greeting: [UInt8] = []
        _ = chain.start(&greeting)
        _ = give(&chain, "HELLO REPLY RESULT=OK VERSION=3.1".line)
        let (_, _, outcome) = give(&chain, "STREAM STATUS RESULT=\(result.rawValue) MESSAGE=\"no\"".line)
        guard case .failed(let failure) = outcome else {
            Issue.record("not refused")
            return
        }
        #expect(failure.reason == .sam(.refused(result)))
        #expect(failure.refusal == told)
        #expect(failure.isAboutProxy == isAboutBridge)
    }

    @Test func aWaitingStreamIsReadyOnceItIsAskedForSinceNothingAnswersIt() throws {
        let id = try #require(samID)
        var client = SAMStreamClient(.accept, of: id)
        var output: [UInt8] = []
        client.start(&output)
        output = []
        let step = client.receive("HELLO REPLY RESULT=OK VERSION=3.1".line.span, output: &output)
        #expect(step.outcome == .ready)
        #expect(text(output) == "STREAM ACCEPT ID=\(id) SILENT=true\n")
    }

    @Test func aBridgeThatAnswersBeforeItIsAskedIsNotTrusted() throws {
        for words in [
            "HELLO REPLY RESULT=OK VERSION=3.1\nSTREAM STATUS RESULT=OK", "STREAM STATUS RESULT=OK", "PING 1",
        ] {
            var client = SAMStreamClient(.connect(name: "a.i2p"), of: try #require(samID))
            var output: [UInt8] = []
            client.start(&output)
            #expect(client.receive(words.line.span, output: &output).outcome == .failed(.unexpected))
        }
    }

    // MARK: Sessions

    private func client(_ identity: SAMSessionClient.Identity) throws -> SAMSessionClient {
        var client = SAMSessionClient(try #require(samID), identity, quantity: 3, length: 2)
        _ = client.connected()
        return client
    }

    private func sent(_ effects: [SAMSessionClient.Effect]) -> [String] {
        effects.compactMap { if case .send(let bytes) = $0 { text(bytes) } else { nil } }
    }

    private let hello = "HELLO REPLY RESULT=OK VERSION=3.2".line

    @Test func aTransientSessionStandsWithWhatTheBridgeMade() throws {
        var client = try client(.transient)
        let asked = sent(client.received(hello.span))
        #expect(asked.count == 1 && asked[0].contains(" DESTINATION=TRANSIENT SIGNATURE_TYPE=7 "))
        #expect(client.hasAsked)
        let keys = try #require(I2PKeys(base64: samKeys()))
        #expect(
            client.received("SESSION STATUS RESULT=OK DESTINATION=\(text(samKeys()))".line.span)
                == [.stands(keys.destination)])
    }

    @Test func newKeysAreKeptBeforeASessionIsAskedFor() throws {
        var client = try client(.new)
        #expect(sent(client.received(hello.span)) == ["DEST GENERATE SIGNATURE_TYPE=7\n"])
        let keys = try #require(I2PKeys(base64: samKeys()))
        let reply = "DEST REPLY PUB=\(text(samDestination())) PRIV=\(text(samKeys()))".line
        #expect(client.received(reply.span) == [.keep(keys)])
        #expect(!client.hasAsked)
        let asked = sent(client.keysAreKept())
        #expect(asked.count == 1 && asked[0].contains(" DESTINATION=\(text(samKeys())) "))
    }

    @Test func aSessionWithAnotherDestinationThanItsKeysEnds() throws {
        let keys = try #require(I2PKeys(base64: samKeys(1)))
        var client = try client(.own(keys))
        _ = client.received(hello.span)
        let other = "SESSION STATUS RESULT=OK DESTINATION=\(text(samKeys(2)))".line
        #expect(client.received(other.span) == [.close(.otherDestination)])
        #expect(client.received(hello.span) == [], "it is said once")
    }

    @Test func oneNameIsLookedUpAtATimeAndPingIsAnswered() throws {
        var client = try client(.transient)
        _ = client.received(hello.span)
        _ = client.received("SESSION STATUS RESULT=OK DESTINATION=\(text(samKeys()))".line.span)
        #expect(sent(client.lookUp("ME")) == ["NAMING LOOKUP NAME=ME\n"])
        #expect(client.lookUp("ME") == [])
        #expect(sent(client.received("PING a b".line.span)) == ["PONG a b\n"])
        let keys = try #require(I2PKeys(base64: samKeys()))
        let reply = "NAMING REPLY RESULT=OK NAME=ME VALUE=\(text(samDestination()))".line
        #expect(client.received(reply.span) == [.found(keys.destination)])
        #expect(client.received(reply.span) == [.close(.unexpected)], "an answer that nobody asked for")
    }

    @Test func aRefusedSessionEndsWithTheBridgesReason() throws {
        var client = try client(.transient)
        _ = client.received(hello.span)
        #expect(
            client.received("SESSION STATUS RESULT=DUPLICATED_DEST".line.span)
                == [.close(.refused(.duplicatedDestination))])
        #expect(client.hasAsked, "the bridge may have had the keys all the same")
    }
}
