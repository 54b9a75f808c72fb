import Policy
import Protocols
import Testing

/// What the answers of an I2P router's SAM bridge do to a node's stream.
@Suite struct NodeConnectionSAMTests {
    /// A stream that was asked for by a session, and what the bridge said to it.
    private func run(answer: String) throws -> NodeStreamRun {
        let id = try #require(SAMSessionID(random: [UInt8](repeating: 7, count: 16)))
        let run = NodeStreamRun()
        run.client(Array(Wire.request5[..<3]))
        run.client(Array(Wire.request5[3...]))
        run.route(.dialling([SocksHop(Destination(host: .i2p("peer.i2p"), port: 1), by: id)]))
        run.connected()
        run.upstream(Array("HELLO REPLY RESULT=OK VERSION=3.1\n".utf8))
        run.upstream(Array("STREAM STATUS RESULT=\(answer)\n".utf8))
        return run
    }

    @Test func aStreamThatStandsIsGrantedAndWaitsForTheFirstFrame() throws {
        let run = try run(answer: "OK")
        #expect(run.connection.wantsFirstFrame)
        #expect(
            run.toUpstream.last.map { String(decoding: $0, as: UTF8.self) }?
                .hasSuffix("DESTINATION=peer.i2p SILENT=false\n") == true)
    }

    @Test(arguments: [
        ("CANT_REACH_PEER", Refusal.unreachable), ("KEY_NOT_FOUND", .nameNotFound), ("INVALID_KEY", .unreachable),
        ("TIMEOUT", .timeout),
    ])
    func aPeerThatIsNotThereIsRefusedAtOnce(_ answer: String, _ refusal: Refusal) throws {
        #expect(try run(answer: answer).closedWith == refusal)
    }

    @Test(arguments: ["INVALID_ID", "I2P_ERROR MESSAGE=\"no\"", "PERHAPS"])
    func aSessionThatIsGoneIsWaitedForAndTellsNothingOfThePeer(_ answer: String) throws {
        let run = try run(answer: answer)
        #expect(run.last == .dropUpstream)
        #expect(run.closedWith == nil)
    }
}
