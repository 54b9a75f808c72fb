import Protocols
import Testing

/// What is taken for a client's question, and what we say to it ourselves.
@Suite struct DNSQueryTests {
    private static let plain = DNSQuestion(DNSName("Peer.Example") ?? .root, .a).query(id: 0xabcd)

    @Test func whatIsNoQuestionIsNone() {
        var answer = Self.plain
        answer[2] |= 0x80
        var status = Self.plain
        status[2] |= 0x10
        var two = Self.plain
        two[5] = 2
        var otherClass = Self.plain
        otherClass[otherClass.count - 1] = 3
        for bytes in [[], [0], answer, status, two, otherClass, Self.plain + [0], Array(Self.plain.dropLast())] {
            #expect(throws: DNSFailure.self) { try DNSQuery(bytes) }
        }
    }

    @Test func ourOwnAnswersHaveTheClientsWords() throws {
        var bytes = Self.plain
        bytes[3] |= 0x10  // CD
        for (code, value) in [(DNSQuery.Code.serverFailure, UInt8(2)), (.refused, 5)] {
            let answer = try DNSQuery(bytes).answer(code)
            #expect(answer[..<2] == [0xab, 0xcd])
            #expect(answer[2] == 0x81 && answer[3] == 0x90 | value, "QR RD, RA CD and the code")
            #expect(answer[12...] == bytes[12...], "the question as it was written")
        }
        #expect(try DNSQuery(bytes).datagramLimit == 512)
    }

    @Test func whatASenderCanDoIsRead() throws {
        var bytes = Self.plain
        bytes[11] = 1
        bytes += [0, 0, 41, 0x10, 0, 0, 0, 0x80, 0, 0, 0]
        let query = try DNSQuery(bytes)
        #expect(query.datagramLimit == 4096)
        let answer = query.answer(.refused)
        #expect(answer.suffix(11) == [0, 0, 41, 0x04, 0xd0, 0, 0, 0x80, 0, 0, 0], "1232 bytes, DO as it was asked")
        #expect(answer[11] == 1)
    }

    @Test func anIDIsPutInPlace() {
        #expect(Self.plain.withDNSID(1) == [0, 1] + Self.plain[2...])
        #expect([UInt8]([1, 2, 3]).withDNSID(9) == [1, 2, 3])
    }
}
