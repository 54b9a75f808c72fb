import Protocols
import Testing

/// The ingress machine: what real clients send, at whatever place TCP cuts it, and what nobody should send.
@Suite struct SocksServerTests {
    static let onion = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion"
    static let longName = Array((String(repeating: "a", count: 63) + ".").utf8)  // four of them, less a byte: 255

    static let noMethodReply: [UInt8] = [5, 0]
    static let refused4: [UInt8] = [0, 0x5b, 0, 0, 0, 0, 0, 0]
    static func refused5(_ code: UInt8) -> [UInt8] { [5, code, 0, 1, 0, 0, 0, 0, 0, 0] }
    static func named(_ name: String, port: [UInt8] = [0x46, 0xa0]) -> [UInt8] {
        [5, 1, 0, 3, UInt8(name.utf8.count)] + Array(name.utf8) + port
    }
    static func named4a(_ name: String) -> [UInt8] {
        [4, 1, 0x46, 0xa3, 0, 0, 0, 1, 0] + Array(name.utf8) + [0]
    }

    struct Good: Sendable {
        var bytes: [UInt8]
        var version: SocksVersion
        var destination: String
        var replies: [UInt8] = []
    }

    static let good: [Good] = [
        // monerod 0.18.0.0, taken from the wire: an IPv4 peer, an onion peer.
        Good(bytes: .init(wire: "040146a05fd9196500"), version: .v4, destination: "95.217.25.101:18080"),
        Good(
            bytes: .init(
                wire: "040146a30000000100767777367962616c34626437737a6d676e6379727575637067666b7161687a6464"
                    + "6933376b7463656f336168376e676d636f706e707979642e6f6e696f6e00"),
            version: .v4a, destination: onion + ":18083"),
        Good(
            bytes: [4, 1, 0, 80, 1, 2, 3, 4] + Array(repeating: 0x75, count: 255) + [0], version: .v4,
            destination: "1.2.3.4:80"),
        Good(bytes: [4, 1, 0, 80, 0, 0, 0, 0, 0], version: .v4, destination: "0.0.0.0:80"),
        Good(bytes: [4, 1, 0, 80, 0, 0, 1, 0, 0], version: .v4, destination: "0.0.1.0:80"),
        Good(
            bytes: [4, 1, 0, 80, 0, 0, 0, 255, 0x6d, 0] + Array("Node.Example".utf8) + [0], version: .v4a,
            destination: "node.example:80"),
        Good(bytes: named4a("192.0.2.1"), version: .v4a, destination: "192.0.2.1:18083"),
        // monerod since 0.18.5.0, without and with user name and password.
        Good(
            bytes: [5, 1, 0, 5, 1, 0, 1, 95, 217, 25, 101, 0x46, 0xa0], version: .v5,
            destination: "95.217.25.101:18080", replies: noMethodReply),
        Good(
            bytes: [5, 2, 0, 2] + named(onion), version: .v5, destination: onion + ":18080", replies: noMethodReply),
        Good(
            bytes: [5, 1, 2, 1, 3] + Array("p2p".utf8) + [1, 0x78] + named("node.example"), version: .v5,
            destination: "node.example:18080", replies: [5, 2, 1, 0]),
        Good(
            bytes: [5, 1, 2, 1, 0, 0] + named("node.example"), version: .v5, destination: "node.example:18080",
            replies: [5, 2, 1, 0]),
        Good(
            bytes: [5, 1, 2, 1, 255] + Array(repeating: 1, count: 255) + [255] + Array(repeating: 2, count: 255)
                + named("abc.i2p", port: [0, 1]), version: .v5, destination: "abc.i2p:1", replies: [5, 2, 1, 0]),
        Good(
            bytes: [5, 255] + Array(repeating: 0x80, count: 254) + [0, 5, 1, 0, 4, 0x20, 0x01, 0x0d, 0xb8]
                + Array(repeating: 0, count: 11) + [7, 0xff, 0xff], version: .v5, destination: "[2001:db8::7]:65535",
            replies: noMethodReply),
        Good(
            bytes: [5, 1, 0, 5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1, 0, 80], version: .v5,
            destination: "10.0.0.1:80", replies: noMethodReply),
    ]

    @Test(arguments: good)
    func request(_ good: Good) throws {
        let whole = ServerRun(good.bytes)
        let request = try #require(whole.request)
        #expect(request.version == good.version)
        #expect(request.destination.description == good.destination)
        #expect(whole.replies == good.replies)
        #expect(whole.consumed == good.bytes.count)
        for pieces in good.bytes.cutAnywhere { #expect(ServerRun(pieces: pieces) == whole) }
        for count in good.bytes.indices {
            #expect(ServerRun(Array(good.bytes[..<count])).outcome == .more, "\(count) bytes are no request yet")
        }
    }

    @Test(arguments: good)
    func bytesAfterTheRequestBelongToTheStream(_ good: Good) {
        let stream = Array(repeating: UInt8(1), count: 1000)
        let run = ServerRun(good.bytes + stream)
        #expect(run.request != nil && run.consumed == good.bytes.count)
        let late = ServerRun(good.bytes.dropLast(), good.bytes.suffix(1) + stream)
        #expect(late.consumed == good.bytes.count)
        var server = run.server
        var replies: [UInt8] = []
        let after = server.receive(stream.span, replies: &replies)
        #expect(after.consumed == 0 && after.outcome == .refused(.ended) && replies.isEmpty)
    }

    @Test(arguments: good)
    func replies(_ good: Good) {
        let server = ServerRun(good.bytes).server
        if good.version == .v5 {
            // monerod aborts on a bound address given as a name.
            #expect(server.success() == [5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            for refusal in SocksRefusal.allCases { #expect(server.failure(refusal) == Self.refused5(refusal.code)) }
        } else {
            #expect(server.success() == [0, 0x5a, 0, 0, 0, 0, 0, 0])
            for refusal in SocksRefusal.allCases { #expect(server.failure(refusal) == Self.refused4) }
        }
    }

    @Test func refusalCodes() {
        #expect(SocksRefusal.allCases.map(\.code) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(SocksRefusal.allCases.allSatisfy { SocksRefusal(code: $0.code) == $0 })
        #expect(SocksRefusal(code: 0) == nil && SocksRefusal(code: 9) == nil && SocksRefusal(code: 0xf0) == nil)
    }

    /// A deadline may end the handshake anywhere; the client hears it in the words of its step.
    @Test(
        arguments: [
            ([], []), ([4], refused4), ([5], [5, 0xff]), ([5, 1, 2], [1, 1]), ([5, 1, 0], refused5(6)),
            ([5, 1, 0, 5, 1], refused5(6)), ([0x47], []),
        ] as [([UInt8], [UInt8])])
    func replyToAnUnfinishedHandshake(bytes: [UInt8], reply: [UInt8]) {
        let server = ServerRun(bytes).server
        #expect(server.failure(.expired) == reply)
        #expect(server.success().isEmpty)
    }

    struct Bad: Sendable {
        var bytes: [UInt8]
        var failure: SocksServerFailure
        var replies: [UInt8]
    }

    static let bad: [Bad] = [
        Bad(bytes: [4, 2, 0, 80, 1, 2, 3, 4, 0], failure: .commandNotSupported(2), replies: refused4),
        Bad(bytes: [4, 1, 0, 0, 1, 2, 3, 4, 0], failure: .portZero, replies: refused4),
        Bad(
            bytes: [4, 0xf0, 0, 0, 0, 0, 0, 1, 0, 0x61, 0], failure: .commandNotSupported(0xf0), replies: refused4),
        Bad(
            bytes: [4, 1, 0, 80, 1, 2, 3, 4] + Array(repeating: 0x75, count: 256), failure: .userTooLong,
            replies: refused4),
        Bad(
            bytes: [4, 1, 0, 80, 0, 0, 0, 1, 0] + Array(repeating: 0x61, count: 256), failure: .nameTooLong,
            replies: refused4),
        Bad(bytes: named4a(""), failure: .badName(.malformed), replies: refused4),
        Bad(bytes: named4a("foo.onion"), failure: .badName(.badOnion), replies: refused4),
        Bad(bytes: [5, 0], failure: .noAcceptableMethod, replies: [5, 0xff]),
        Bad(bytes: [5, 2, 1, 0x80], failure: .noAcceptableMethod, replies: [5, 0xff]),
        Bad(bytes: [5, 1, 2, 5], failure: .malformedAuthentication, replies: [5, 2, 1, 1]),
        Bad(bytes: [5, 1, 0, 4], failure: .malformedRequest, replies: noMethodReply + refused5(1)),
        Bad(bytes: [5, 1, 0, 5, 1, 1], failure: .malformedRequest, replies: noMethodReply + refused5(1)),
        Bad(
            bytes: [5, 1, 0, 5, 1, 0, 2], failure: .addressTypeNotSupported(2), replies: noMethodReply + refused5(8)),
        Bad(
            bytes: [5, 1, 0, 5, 2, 0, 1, 1, 2, 3, 4, 0, 80], failure: .commandNotSupported(2),
            replies: noMethodReply + refused5(7)),
        Bad(
            bytes: [5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0], failure: .commandNotSupported(3),
            replies: noMethodReply + refused5(7)),
        Bad(
            bytes: [5, 1, 0, 5, 0xf0, 0, 3, 1, 0x61, 0, 0], failure: .commandNotSupported(0xf0),
            replies: noMethodReply + refused5(7)),
        Bad(
            bytes: [5, 1, 0, 5, 1, 0, 1, 1, 2, 3, 4, 0, 0], failure: .portZero,
            replies: noMethodReply + refused5(1)),
        Bad(bytes: [5, 1, 0] + named(""), failure: .badName(.malformed), replies: noMethodReply + refused5(1)),
        Bad(
            bytes: [5, 1, 0] + named("a b"), failure: .badName(.forbiddenByte), replies: noMethodReply + refused5(1)),
        Bad(
            bytes: [5, 1, 0, 5, 1, 0, 3, 255] + Array((0..<4).map { _ in longName }.joined().dropLast()) + [0, 80],
            failure: .badName(.malformed), replies: noMethodReply + refused5(1)),
        Bad(
            bytes: [5, 1, 0] + named("foo.onion"), failure: .badName(.badOnion),
            replies: noMethodReply + refused5(4)),
        Bad(
            bytes: [5, 1, 0] + named("x.b32.i2p"), failure: .badName(.badI2P), replies: noMethodReply + refused5(4)),
        Bad(
            bytes: [5, 1, 0] + named("a.relay.exit"), failure: .badName(.exitNotation),
            replies: noMethodReply + refused5(2)),
        Bad(
            bytes: [5, 1, 0] + named("127.1"), failure: .badName(.ambiguousNumber),
            replies: noMethodReply + refused5(2)),
    ]

    @Test(arguments: bad)
    func refused(_ bad: Bad) {
        let whole = ServerRun(bad.bytes)
        #expect(whole.failure == bad.failure)
        #expect(whole.replies == bad.replies)
        #expect(whole.consumed == bad.bytes.count)
        #expect(whole.server.failure(.generalFailure).isEmpty, "it has been answered")
        for pieces in bad.bytes.cutAnywhere { #expect(ServerRun(pieces: pieces) == whole) }
        #expect(ServerRun(Array(bad.bytes.dropLast())).outcome == .more, "refused no earlier than it must be")
        #expect(!bad.failure.sentence.isEmpty)
    }

    /// 255 bytes of name is what SOCKS carries; 253 is what a name may have.
    @Test func longestNames() throws {
        let name =
            Array(repeating: String(repeating: "a", count: 63), count: 3).joined(separator: ".") + "."
            + String(repeating: "b", count: 61)
        #expect(ServerRun([5, 1, 0] + Self.named(name)).request?.destination.host == .name(name))
        #expect(ServerRun(Self.named4a(name)).request?.destination.host == .name(name))
        #expect(ServerRun([5, 1, 0] + Self.named(name + ".")).request?.destination.host == .name(name))
        #expect(ServerRun([5, 1, 0] + Self.named(name + "b")).failure == .badName(.malformed))
    }

    @Test(arguments: (0...255).map { UInt8($0) }.filter { $0 != 4 && $0 != 5 })
    func otherProtocolsAreRefusedAtTheirFirstByteWithoutAReply(first: UInt8) {
        let run = ServerRun([first])
        #expect(run.failure == .notSocks(firstByte: first) && run.replies.isEmpty)
        #expect(ServerRun([first] + Array("ET / HTTP/1.1\r\n\r\n".utf8)) == run)
    }

    @Test func nothingIsNothing() {
        let run = ServerRun([], [])
        #expect(run.outcome == .more && run.consumed == 0 && run.replies.isEmpty)
    }

    @Test func credentialsHaveLimits() throws {
        let long = Array(repeating: UInt8(1), count: 255)
        #expect(Credentials(username: long, password: long) != nil)
        #expect(Credentials(username: long + [1], password: long) == nil)
        #expect(Credentials(username: long, password: long + [1]) == nil)
        #expect(Credentials(username: [], password: [1]) == nil)
        #expect(Credentials(username: [1], password: []) == nil)
    }

    @Test func credentialsAreNotPrinted() throws {
        let credentials = try #require(Credentials(username: Array("marker".utf8), password: Array("secret".utf8)))
        var dumped = ""
        dump(credentials, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), dumped] {
            #expect(!text.contains("115") && !text.contains("marker") && !text.contains("secret"))
        }
    }
}
