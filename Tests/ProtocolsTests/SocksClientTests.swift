import Protocols
import Testing

/// The upstream machine against a proxy that keeps the rules, and against proxies that do not.
@Suite struct SocksClientTests {
    static let onion = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion"
    static let success: [UInt8] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0]

    static func credentials() -> Credentials? {
        Credentials(username: Array("name".utf8), password: Array("pass".utf8))
    }
    static let authentication: [UInt8] = [1, 4] + Array("name".utf8) + [4] + Array("pass".utf8)

    static let destinations: [(Destination, [UInt8])] = [
        (
            Destination(host: Host(.v4(IPv4Address(95, 217, 25, 101))), port: 18080),
            [5, 1, 0, 1, 95, 217, 25, 101, 0x46, 0xa0]
        ),
        (
            Destination(host: Host(.v6(IPv6Address(high: 0x2001_0db8 << 32, low: 7))), port: 1),
            [5, 1, 0, 4, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1]
        ),
        (
            Destination(host: .onion(onion), port: 18083),
            [5, 1, 0, 3, 62] + Array(onion.utf8) + [0x46, 0xa3]
        ),
        (Destination(host: .i2p("abc.i2p"), port: 1), [5, 1, 0, 3, 7] + Array("abc.i2p".utf8) + [0, 1]),
        (Destination(host: .name("a.bc"), port: 65535), [5, 1, 0, 3, 4] + Array("a.bc".utf8) + [0xff, 0xff]),
    ]
    static let destination = Destination(host: .name("a.bc"), port: 65535)

    /// Each well-formed success: the bound address as IPv4, IPv6, an empty name, the longest name.
    static let successes: [[UInt8]] = [
        success, [5, 0, 0, 4] + Array(repeating: 9, count: 18), [5, 0, 0, 3, 0, 0, 0],
        [5, 0, 0, 3, 255] + Array(repeating: 5, count: 257),
    ]

    /// Gives the client `reply`, cut into `pieces`; all of it must be consumed.
    private func give(_ client: inout SocksClient, _ pieces: [[UInt8]]) -> (sent: [UInt8], SocksClient.Outcome) {
        var sent: [UInt8] = []
        var outcome = SocksClient.Outcome.more
        for piece in pieces {
            let step = client.receive(piece.span, output: &sent)
            outcome = step.outcome
            if case .failed = outcome { break }
            #expect(step.consumed == piece.count)
        }
        return (sent, outcome)
    }

    @Test(arguments: destinations)
    func withoutCredentials(destination: Destination, request: [UInt8]) {
        for reply in Self.successes {
            for pieces in reply.cutAnywhere {
                var client = SocksClient(destination: destination, credentials: nil)
                var greeting: [UInt8] = []
                client.start(&greeting)
                #expect(greeting == [5, 1, 0])
                #expect(give(&client, [[5], [0]]) == (request, .more))
                let end = give(&client, pieces)
                #expect(end == ([], .ready))
            }
        }
    }

    @Test(arguments: destinations)
    func withCredentials(destination: Destination, request: [UInt8]) {
        var client = SocksClient(destination: destination, credentials: Self.credentials())
        var greeting: [UInt8] = []
        client.start(&greeting)
        client.start(&greeting)
        #expect(greeting == [5, 1, 2], "one greeting, and nothing but user name and password")
        #expect(give(&client, [[5, 2]]) == (Self.authentication, .more))
        #expect(give(&client, [[1], [0]]) == (request, .more))
        #expect(give(&client, [Self.success]) == ([], .ready))
    }

    @Test func theStreamIsLeftAlone() {
        for reply in Self.successes {
            var client = Self.asked()
            var sent: [UInt8] = []
            let stream: [UInt8] = [5, 0, 0, 1] + Array(repeating: 7, count: 600)
            let step = client.receive((reply + stream).span, output: &sent)
            #expect(step.consumed == reply.count && step.outcome == .ready && sent.isEmpty)
            let after = client.receive(stream.span, output: &sent)
            #expect(after.consumed == 0 && after.outcome == .ready && sent.isEmpty)
        }
    }

    /// A client whose request is out.
    private static func asked() -> SocksClient {
        var client = SocksClient(destination: destination, credentials: nil)
        var sent: [UInt8] = []
        client.start(&sent)
        _ = client.receive(([5, 0] as [UInt8]).span, output: &sent)
        return client
    }

    @Test func probes() {
        var client = SocksClient(probeWith: nil)
        var sent: [UInt8] = []
        client.start(&sent)
        #expect(give(&client, [[5], [0]]) == ([], .ready))
        client = SocksClient(probeWith: Self.credentials())
        client.start(&sent)
        #expect(give(&client, [[5, 2]]) == (Self.authentication, .more))
        #expect(give(&client, [[1, 0]]) == ([], .ready))
    }

    @Test(
        arguments: [
            ([0x48], .notSocks5(firstByte: 0x48)), ([0, 0x5b], .notSocks5(firstByte: 0)),
            ([5, 0xff], .noAcceptableMethod(withCredentials: true)),
            // A proxy that chooses "none" would drop the isolation.
            ([5, 0], .noAcceptableMethod(withCredentials: true)), ([5, 1], .noAcceptableMethod(withCredentials: true)),
            ([5, 2, 1], .answeredUnasked), ([5, 2, 1, 0], .answeredUnasked),
        ] as [([UInt8], SocksClientFailure)])
    func badMethod(reply: [UInt8], failure: SocksClientFailure) {
        var client = SocksClient(destination: Self.destination, credentials: Self.credentials())
        var sent: [UInt8] = []
        client.start(&sent)
        #expect(give(&client, [reply]) == ([], .failed(failure)))
        #expect(give(&client, [[5, 2]]) == ([], .failed(failure)), "it stays failed")
        #expect(failure.isAboutProxy && failure.refusal == .generalFailure)
    }

    @Test(arguments: [2, 0xff] as [UInt8])
    func aProxyThatWantsCredentialsWeDoNotHave(method: UInt8) {
        var client = SocksClient(destination: Self.destination, credentials: nil)
        var sent: [UInt8] = []
        client.start(&sent)
        #expect(give(&client, [[5, method]]) == ([], .failed(.noAcceptableMethod(withCredentials: false))))
    }

    @Test(
        arguments: [
            ([1, 1], .credentialsRefused), ([1, 0xff], .credentialsRefused), ([0], .malformedReply),
            // What Tor 0.4.9.11 says to a malformed "<torS0X>" user name.
            ([5, 1, 0, 1, 0, 0, 0, 0, 0, 0], .credentialsRefused), ([5, 0], .malformedReply),
            ([1, 0, 5], .answeredUnasked),
        ] as [([UInt8], SocksClientFailure)])
    func badAuthentication(reply: [UInt8], failure: SocksClientFailure) {
        var client = SocksClient(destination: Self.destination, credentials: Self.credentials())
        var sent: [UInt8] = []
        client.start(&sent)
        _ = give(&client, [[5, 2]])
        #expect(give(&client, [reply]) == ([], .failed(failure)))
    }

    @Test(
        arguments: [
            ([4], .malformedReply), ([5, 0, 0, 2], .malformedReply), ([5, 1], .refused(code: 1)),
            ([5, 0xf0, 0, 1, 0, 0, 0, 0, 0, 0], .refused(code: 0xf0)),
        ] as [([UInt8], SocksClientFailure)])
    func badReply(reply: [UInt8], failure: SocksClientFailure) {
        for pieces in reply.cutAnywhere {
            var client = Self.asked()
            #expect(give(&client, pieces) == ([], .failed(failure)))
        }
        var client = Self.asked()
        #expect(give(&client, [Array(reply.prefix(reply.count > 2 ? 1 : 0))]).1 == .more)
    }

    @Test func everyTruncatedReplyWaits() {
        for reply in Self.successes {
            for count in reply.indices {
                var client = Self.asked()
                #expect(give(&client, [Array(reply[..<count])]) == ([], .more))
            }
        }
    }

    @Test func aProxyThatSpeaksFirstIsNone() {
        var client = SocksClient(destination: Self.destination, credentials: nil)
        #expect(give(&client, [[]]) == ([], .more))
        #expect(give(&client, [[5, 0]]) == ([], .failed(.answeredUnasked)))
    }

    @Test func aNameThatCannotBeSaidIsNotSaid() {
        for count in [0, 256] {
            let host = Host.name(String(repeating: "a", count: count))
            var client = SocksClient(destination: Destination(host: host, port: 1), credentials: nil)
            var sent: [UInt8] = []
            client.start(&sent)
            #expect(give(&client, [[5, 0]]) == ([], .failed(.unspeakableDestination)))
        }
    }

    @Test(
        arguments: [
            (1, .generalFailure), (2, .notAllowed), (3, .networkUnreachable), (4, .hostUnreachable),
            (5, .connectionRefused), (6, .expired), (7, .commandNotSupported), (8, .addressTypeNotSupported),
            (9, .generalFailure), (0xf0, .hostUnreachable), (0xf1, .hostUnreachable), (0xf2, .hostUnreachable),
            (0xf3, .hostUnreachable), (0xf4, .notAllowed), (0xf5, .notAllowed), (0xf6, .hostUnreachable),
            (0xf7, .expired), (0xff, .generalFailure),
        ] as [(UInt8, SocksRefusal)])
    func whatTheClientIsTold(code: UInt8, refusal: SocksRefusal) {
        let failure = SocksClientFailure.refused(code: code)
        #expect(failure.refusal == refusal && !failure.isAboutProxy)
    }

    @Test func everyCodeHasItsOwnSentence() {
        let known: [UInt8] = Array(1...8) + Array(0xf0...0xf7)
        #expect(Set(known.map { SocksClientFailure.refused(code: $0).sentence }).count == known.count)
        #expect(SocksClientFailure.refused(code: 200).sentence.contains("200"))
    }
}
