import Protocols
import Testing

/// Several handshakes over one connection: each proxy is spoken to when the one before it has opened the way.
@Suite struct SocksChainTests {
    private static let proxy = Destination(host: Host(.v4(IPv4Address(192, 0, 2, 7))), port: 1080)
    private static let target = Destination(host: Host(.v4(IPv4Address(203, 0, 113, 1))), port: 18080)
    private static let isolation = Credentials(username: [0x61], password: [0x62])
    private static let ours = Credentials(username: [0x75], password: [0x70])
    private static let granted: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

    /// What is sent and what came of it, for a proxy's words in these pieces.
    private func give(
        _ chain: inout SocksChain, _ pieces: [[UInt8]]
    ) -> (sent: [[UInt8]], left: Int, outcome: SocksChain.Outcome) {
        var sent: [[UInt8]] = []
        var left = 0
        var outcome = SocksChain.Outcome.more
        for piece in pieces {
            var output: [UInt8] = []
            let (consumed, result) = chain.receive(piece.span, output: &output)
            sent.append(output)
            left = piece.count - consumed
            outcome = result
            if outcome != .more { break }
        }
        return (sent, left, outcome)
    }

    private func torThenProxy() -> SocksChain {
        SocksChain([
            SocksHop(Self.proxy, credentials: Self.isolation), SocksHop(Self.target, credentials: Self.ours),
        ])
    }

    @Test func theSecondProxyIsSpokenToThroughTheFirst() {
        var chain = torThenProxy()
        var greeting: [UInt8] = []
        #expect(chain.start(&greeting) == .more)
        #expect(greeting == [5, 1, 2])
        #expect(!chain.hasRequested)
        let (sent, left, outcome) = give(
            &chain, [[5, 2], [1, 0], Self.granted, [5, 2], [1, 0], Self.granted + [0x21, 0x22]])
        #expect(
            sent == [
                [1, 1, 0x61, 1, 0x62], [5, 1, 0, 1, 192, 0, 2, 7, 4, 56], [5, 1, 2], [1, 1, 0x75, 1, 0x70],
                [5, 1, 0, 1, 203, 0, 113, 1, 70, 160], [],
            ])
        #expect(left == 2, "what follows the last reply is the stream's")
        #expect(outcome == .ready)
    }

    @Test func aRequestIsOutOnceTheFirstProxyHasOne() {
        var chain = torThenProxy()
        var output: [UInt8] = []
        _ = chain.start(&output)
        _ = give(&chain, [[5, 2]])
        #expect(!chain.hasRequested)
        _ = give(&chain, [[1, 0]])
        #expect(chain.hasRequested)
        _ = give(&chain, [Self.granted])
        #expect(chain.hasRequested, "the second proxy's silence may be the network's")
    }

    @Test func aRefusalOnTheWayIsNotTheDestinations() {
        var chain = torThenProxy()
        var output: [UInt8] = []
        _ = chain.start(&output)
        guard case .failed(let failure) = give(&chain, [[5, 2], [1, 0], [5, 4]]).outcome else {
            Issue.record("not refused")
            return
        }
        #expect(!failure.isOfLastHop && failure.isAboutProxy && failure.refusal == .generalFailure)
        #expect(failure.sentence.hasPrefix("on the way to the proxy, "))
    }

    @Test func aRefusalOfTheLastProxyIsTheDestinations() {
        var chain = torThenProxy()
        var output: [UInt8] = []
        _ = chain.start(&output)
        let outcome = give(&chain, [[5, 2], [1, 0], Self.granted, [5, 2], [1, 0], [5, 4]]).outcome
        #expect(outcome == .failed(.init(isOfLastHop: true, reason: .refused(code: 4))))
        if case .failed(let failure) = outcome { #expect(!failure.isAboutProxy && failure.refusal == .hostUnreachable) }
    }

    /// What a proxy says before it is asked may be about anything: it is not taken for the next answer.
    @Test func wordsBetweenTwoHandshakesEndIt() {
        var chain = torThenProxy()
        var output: [UInt8] = []
        _ = chain.start(&output)
        let outcome = give(&chain, [[5, 2], [1, 0], Self.granted + [5, 2]]).outcome
        #expect(outcome == .failed(.init(isOfLastHop: false, reason: .answeredUnasked)))
    }

    @Test func cutAnywhereItIsTheSame() {
        let words: [[UInt8]] = [[5, 2], [1, 0], Self.granted, [5, 2], [1, 0], Self.granted]
        var chain = torThenProxy()
        var output: [UInt8] = []
        _ = chain.start(&output)
        let outcome = give(&chain, words.joined().map { [$0] }).outcome
        #expect(outcome == .ready)
    }

    @Test func withoutAProxyTheConnectionIsTheWay() {
        var chain = SocksChain([])
        var output: [UInt8] = []
        #expect(chain.isDirect)
        #expect(chain.start(&output) == .ready)
        #expect(output.isEmpty)
        #expect(give(&chain, [[1, 2]]).left == 2, "all of it is the stream's")
    }

    /// A probe: the last proxy takes us, and is asked for nothing.
    @Test func aProbeEndsWithTheCredentials() {
        var chain = SocksChain([SocksHop(Self.proxy, credentials: nil), SocksHop(nil, credentials: Self.ours)])
        var output: [UInt8] = []
        _ = chain.start(&output)
        let (sent, _, outcome) = give(&chain, [[5, 0], Self.granted, [5, 2], [1, 0]])
        #expect(sent.last == [])
        #expect(outcome == .ready)
    }
}
