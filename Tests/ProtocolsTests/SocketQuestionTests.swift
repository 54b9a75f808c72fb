import Protocols
import Testing

/// The question for a socket's owner, and answers that a Linux 6.18 on a little-endian machine gave.
@Suite(.enabled(if: isLittleEndian, "the answers are of a little-endian machine"))
struct SocketQuestionTests {
    private static func tcp(_ address: String, _ port: UInt16) throws -> Endpoint {
        .tcp(try #require(IPAddress(address)), port: port)
    }

    private static let listener: UInt16 = 0x8df9

    private func answer(_ hex: String, own: Endpoint, far: Endpoint, sequence: UInt32 = 1) throws -> SocketOwner? {
        let question = try #require(SocketQuestion(own: own, far: far))
        return question.answer(in: bytes(hex).span, sequence: sequence)
    }

    private func answerIPv4(_ hex: String, port: UInt16 = 0xd112, sequence: UInt32 = 1) throws -> SocketOwner? {
        try answer(
            hex, own: Self.tcp("127.0.0.1", port), far: Self.tcp("127.0.0.1", Self.listener), sequence: sequence)
    }

    private static let established =
        "7c00000014000000010000001e28000002010000d1128df97f0000010000000000000000000000007f000001000000000000000000000000"
        + "00000000410000000000000000000000000000000000000005100000409601000500080000000000"
        + "08000f00000000000c00150001000000000000000600160052000000"

    private static let timeWait =
        "6000000014000000010000001e28000002060300d1128df97f0000010000000000000000000000007f000001000000000000000000000000"
        + "0000000041000000000000002cea00000000000000000000000000000000000008000f0000000000"

    @Test func aQuestionIsAsTheKernelWantsIt() throws {
        let question = try #require(
            SocketQuestion(own: Self.tcp("127.0.0.1", 1), far: Self.tcp("127.0.0.1", Self.listener)))
        #expect(
            question.request(sequence: 0x01020304).bytes
                == bytes(
                    "48000000140001000403020100000000" + "02060000ffffffff" + "00018df9"
                        + "7f000001000000000000000000000000" + "7f000001000000000000000000000000"
                        + "01000000ffffffffffffffff"))
        let six = try #require(SocketQuestion(own: Self.tcp("::1", 1), far: Self.tcp("2001:db8::2", 2)))
        #expect(
            six.request(sequence: 1).bytes[16...]
                == bytes(
                    "0a060000ffffffff" + "00010002" + "00000000000000000000000000000001"
                        + "20010db8000000000000000000000002" + "01000000ffffffffffffffff")[...])
    }

    @Test func onlyConnectionsOfOneFamilyCanBeAskedAbout() throws {
        #expect(try SocketQuestion(own: Self.tcp("127.0.0.1", 1), far: Self.tcp("::1", 1)) == nil)
        #expect(try SocketQuestion(own: .unix("/run/x"), far: Self.tcp("::1", 1)) == nil)
        #expect(try SocketQuestion(own: Self.tcp("::1", 1), far: .unix("/run/x")) == nil)
    }

    @Test func theOwnerOfAConnectionIsRead() throws {
        #expect(try answerIPv4(Self.established) == .user(4101))
        let six =
            "7400000014000000010000001e2800000a010000e49cee0100000000000000000000000000000001000000000000000000000000000000"
            + "01000000004500000000000000000000000000000000000000051000005296010005000800000000000c001500010000000000000006"
            + "00160012000000"
        #expect(try answer(six, own: Self.tcp("::1", 0xe49c), far: Self.tcp("::1", 0xee01)) == .user(4101))
    }

    /// An IPv6 socket that dialled ::ffff:127.0.0.1.
    @Test func aMappedSocketIsTheIPv4Connection() throws {
        let mapped =
            "7400000014000000010000001e2800000a010000d13c8df900000000000000000000ffff7f00000100000000000000000000ffff7f0000"
            + "0100000000440000000000000000000000000000000000000005100000"
            + "4e96010005000800000000000c00150001000000000000000600160012000000"
        #expect(try answerIPv4(mapped, port: 0xd13c) == .user(4101))
        #expect(try answerIPv4(mapped, port: 0xd13d) == .unknown(.closed), "another connection's")
    }

    @Test func whatIsLeftOfAClosedSocketIsNobodys() throws {
        #expect(try answerIPv4(Self.timeWait) == .unknown(.closed))
        // The same socket with a user and an inode; its state alone says that no process has it.
        var odd = bytes(Self.timeWait)
        odd[16 + 64] = 7
        odd[16 + 68] = 7
        let question = try #require(
            SocketQuestion(own: Self.tcp("127.0.0.1", 0xd112), far: Self.tcp("127.0.0.1", Self.listener)))
        #expect(question.answer(in: odd.span, sequence: 1) == .unknown(.closed))
        // An orphan: a state like any other and a user, but no inode.
        var orphan = bytes(Self.established)
        for index in 68..<72 { orphan[16 + index] = 0 }
        #expect(question.answer(in: orphan.span, sequence: 1) == .unknown(.closed))
    }

    @Test func everyStateInWhichNoProcessCanHaveItIsNobodys() throws {
        let question = try #require(
            SocketQuestion(own: Self.tcp("127.0.0.1", 0xd112), far: Self.tcp("127.0.0.1", Self.listener)))
        for state in UInt8.min...UInt8.max {
            var answer = bytes(Self.established)
            answer[17] = state
            let named: Set<UInt8> = [1, 4, 5, 8]
            #expect(
                question.answer(in: answer.span, sequence: 1)
                    == (named.contains(state) ? .user(4101) : .unknown(.closed)))
        }
    }

    @Test func anErrorIsNoAnswer() throws {
        let missing = "240000000200000001000000" + "1e280000" + "feffffff" + "4800000014000100" + "0100000000000000"
        #expect(try answerIPv4(missing) == .unknown(.missing))
        let forbidden = "140000000200000001000000" + "1e280000" + "ffffffff"
        guard case .unknown(.unanswered(let why)) = try answerIPv4(forbidden) else {
            Issue.record("EPERM was taken for an answer")
            return
        }
        #expect(why.contains("1"))
        // An acknowledgement is none either.
        let fine = "140000000200000001000000" + "1e280000" + "00000000"
        guard case .unknown(.unanswered) = try answerIPv4(fine) else {
            Issue.record("an empty answer was taken for one")
            return
        }
    }

    @Test func anAnswerToAnotherQuestionIsPassedOver() throws {
        #expect(try answerIPv4(Self.established, sequence: 2) == nil)
        // A late one and the right one in one datagram.
        let late = Self.timeWait.replacingSequence("02000000")
        #expect(try answerIPv4(late + Self.established) == .user(4101))
        #expect(try answerIPv4(late) == nil)
    }

    @Test func whereverAnAnswerEndsItNamesNobody() throws {
        let question = try #require(
            SocketQuestion(own: Self.tcp("127.0.0.1", 0xd112), far: Self.tcp("127.0.0.1", Self.listener)))
        let whole = bytes(Self.established)
        for end in 0..<whole.count {
            #expect(question.answer(in: Array(whole[..<end]).span, sequence: 1) == nil)
        }
        // A message whose length is right, and whose body is short.
        for size in 16..<88 {
            var short = Array(whole[..<size])
            short[0] = UInt8(size)
            #expect(question.answer(in: short.span, sequence: 1) == nil)
        }
    }
}

let isLittleEndian = UInt16(1).littleEndian == 1

private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
}

extension String {
    /// The same message with another sequence number, the four bytes at 8.
    fileprivate func replacingSequence(_ hex: String) -> String {
        String(prefix(16)) + hex + String(dropFirst(24))
    }
}
