import Policy
import Protocols
import Testing

/// The node's questions for names on their way to the resolver and back.
@Suite struct QuestionForwardingTests {
    private var machine = QuestionForwarding()
    private var random = SeededGenerator(seed: 1)
    private var now = Instant(milliseconds: 0)
    private static let client = Endpoint.tcp(.v4(IPv4Address(10, 66, 0, 2)), port: 40000)
    private static let other = Endpoint.tcp(.v4(IPv4Address(10, 66, 0, 2)), port: 40001)

    /// A question for TXT records of checkpoints.example with this id; with EDNS where a size is given.
    private static func question(_ id: UInt16, size: UInt16? = nil) -> [UInt8] {
        var bytes = DNSQuestion(DNSName("checkpoints.example") ?? .root, DNSRecordType(rawValue: 16)).query(id: id)
        guard let size else { return bytes }
        bytes[11] = 1
        return bytes + [0, 0, 41, UInt8(size >> 8), UInt8(size & 0xff), 0, 0, 0x80, 0, 0, 0]
    }

    /// The resolver's answer to what it was sent: one TXT record of so many bytes.
    private static func answer(_ asked: [UInt8], text: Int = 10) -> [UInt8] {
        let end = 12 + 21 + 4
        let data = [UInt8](repeating: 7, count: text)
        return asked[..<2] + [0x81, 0xa0, 0, 1, 0, 1, 0, 0, 0, 0] + asked[12..<end]
            + [0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, UInt8(text >> 8), UInt8(text & 0xff)] + data
    }

    private mutating func ask(
        _ bytes: [UInt8], by client: Endpoint = client
    ) throws -> [QuestionForwarding.Effect] {
        let query = try DNSQuery(bytes)
        return machine.asked(query, bytes, by: client, now: now, random: &random)
    }

    private mutating func receive(_ messages: [UInt8]...) -> [QuestionForwarding.Effect] {
        let bytes = messages.flatMap { DNSFraming.framed($0) ?? [] }
        return machine.received(bytes.span, now: now)
    }

    private mutating func tick(after duration: Duration) -> [QuestionForwarding.Effect] {
        now = now + duration
        return machine.tick(now)
    }

    /// What an effect sends to the resolver, without the length.
    private static func sent(_ effect: QuestionForwarding.Effect?) -> [UInt8] {
        if case .send(let bytes) = effect { Array(bytes.dropFirst(2)) } else { [] }
    }

    private static func code(_ effect: QuestionForwarding.Effect?) -> UInt8? {
        if case .answer(let bytes, _) = effect { bytes[3] & 15 } else { nil }
    }

    @Test mutating func anAnswerComesBackAsItWasGiven() throws {
        let question = Self.question(0x1234, size: 4096)
        let effects = try ask(question)
        #expect(effects.count == 2 && effects.first == .connect)
        let asked = Self.sent(effects.last)
        #expect(asked[2...] == question[2...], "but for the id it is the client's question, with its EDNS")
        #expect(asked[..<2] != question[..<2], "an id of ours, which nobody guesses")
        let answer = Self.answer(asked, text: 300)
        #expect(receive(answer) == [.answer([0x12, 0x34] + answer[2...], to: Self.client)])
        #expect(machine.count == 0)
        let second = try ask(Self.question(2))
        #expect(second.count == 1, "on the same connection")
    }

    @Test mutating func twoClientsWithOneIDEachGetTheirOwn() throws {
        let first = Self.sent(try ask(Self.question(7)).last)
        let second = Self.sent(try ask(Self.question(7), by: Self.other).last)
        #expect(first[..<2] != second[..<2])
        let effects = receive(Self.answer(second, text: 1), Self.answer(first, text: 2))
        guard effects.count == 2, case .answer(_, Self.other) = effects[0], case .answer(_, Self.client) = effects[1]
        else {
            Issue.record("\(effects)")
            return
        }
        #expect(try ask(Self.question(8)).count == 1)
        #expect(try ask(Self.question(8)) == [], "it asks again before it is answered")
    }

    @Test mutating func whatIsTooLongForADatagramIsCutShort() throws {
        for (size, limit) in [(nil, 512), (UInt16(1232), 1232), (100, 512)] as [(UInt16?, Int)] {
            let question = Self.question(9, size: size)
            let header = 12 + 21 + 4 + 12
            let asked = Self.sent(try ask(question).last)
            let whole = receive(Self.answer(asked, text: limit - header))
            guard case .answer(let fits, _) = whole.first else {
                Issue.record("\(whole)")
                return
            }
            #expect(fits.count == limit && fits[2] & 2 == 0)
            let again = Self.sent(try ask(question).last)
            let cut = receive(Self.answer(again, text: limit - header + 1))
            guard case .answer(let short, _) = cut.first else {
                Issue.record("\(cut)")
                return
            }
            #expect(short[2] & 2 == 2, "TC")
            let message = try DNSMessage(short)
            #expect(message.header.id == 9 && message.answers.isEmpty)
            #expect(message.questions == [try DNSQuery(question).question])
            #expect(message.additional.count == (size == nil ? 0 : 1), "EDNS is answered by EDNS")
        }
    }

    /// Each is another question's answer, or none: the connection is not trusted with it any more.
    @Test(arguments: [0, 1, 2, 3])
    mutating func aWrongAnswerIsNotPassedOn(_ kind: Int) throws {
        let asked = Self.sent(try ask(Self.question(5)).last)
        var wrong = Self.answer(asked)
        switch kind {
        case 0: wrong[13] ^= 1  // another name
        case 1: wrong[2] &= 0x7f  // a question
        case 2: wrong.removeLast()  // cut off
        default: wrong[34] = 1  // another type
        }
        let effects = receive(wrong)
        try #require(effects.count == 3)
        #expect(effects[0] == .close && effects[1] == .connect)
        #expect(Self.sent(effects[2]) == asked, "it is asked once more elsewhere")
        let second = receive(wrong)
        #expect(second.first == .close && Self.code(second.last) == 2, "and then SERVFAIL")
    }

    @Test mutating func theResolversErrorsAreAnswersToo() throws {
        let asked = Self.sent(try ask(Self.question(5)).last)
        let missing = Array(asked[..<2]) + [0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0] + asked[12...]
        #expect(receive(missing) == [.answer([0, 5] + missing[2...], to: Self.client)])
    }

    @Test mutating func aConnectionThatEndsIsTriedOnceMore() throws {
        let asked = Self.sent(try ask(Self.question(5)).last)
        let effects = machine.closed(now: now)
        #expect(effects.first == .connect && Self.sent(effects.last) == asked)
        let last = machine.closed(now: now)
        #expect(last.count == 1 && Self.code(last.first) == 2)
        #expect(try ask(Self.question(6)).first == .connect)
    }

    @Test mutating func noAnswerInTimeIsServerFailureOnAnotherConnectionNext() throws {
        _ = try ask(Self.question(5))
        #expect(machine.deadline == now + .seconds(10))
        #expect(tick(after: .milliseconds(9999)) == [])
        let late = Self.sent(try ask(Self.question(6)).last)
        let effects = tick(after: .milliseconds(1))
        try #require(effects.count == 4)
        #expect(Self.code(effects[0]) == 2 && effects[1] == .close && effects[2] == .connect)
        #expect(Self.sent(effects[3]) == late)
        #expect(receive(Self.answer(late)).count == 1)
    }

    /// An answer that comes after its time is nobody's, and no reason to doubt the resolver.
    @Test mutating func aLateAnswerIsPassedOver() throws {
        let slow = Self.sent(try ask(Self.question(5)).last)
        now = now + .seconds(9)
        let quick = Self.sent(try ask(Self.question(6)).last)
        #expect(receive(Self.answer(quick)).count == 1)
        #expect(tick(after: .seconds(1)).count == 1)
        #expect(receive(Self.answer(slow)) == [])
    }

    @Test mutating func anIdleConnectionIsClosed() throws {
        _ = receive(Self.answer(Self.sent(try ask(Self.question(5)).last)))
        #expect(machine.deadline == now + .seconds(10))
        #expect(tick(after: .seconds(10)) == [.close])
        #expect(machine.deadline == nil)
    }

    @Test mutating func aCutAnswersRefusedAndAsksNothing() throws {
        _ = try ask(Self.question(5))
        let effects = machine.cut()
        try #require(effects.count == 2)
        #expect(Self.code(effects[0]) == 5 && effects[1] == .close)
        #expect(machine.cut() == [] && machine.deadline == nil)
    }

    @Test mutating func questionsAreBounded() throws {
        for id in 0..<UInt16(QuestionForwarding.Limits.pending) { _ = try ask(Self.question(id)) }
        let effects = try ask(Self.question(999))
        #expect(effects.count == 1 && Self.code(effects.first) == 2)
        #expect(machine.count == QuestionForwarding.Limits.pending)
    }
}
