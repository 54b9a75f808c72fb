import NftablesSample
import Testing

@testable import Protocols

/// How an answer goes on and ends, and what was counted.
@Suite(.enabled(if: isLittleEndian, "the bytes are of a little-endian machine"))
struct NftablesReaderTests {
    private typealias Answers = NftablesAnswers

    private func take(_ bytes: [UInt8], _ question: NftReader.Question = .rules) -> NftReader.Progress {
        var reader = NftReader(table: "xmr_routed")
        return reader.take(bytes.span, for: question, sequence: 5)
    }

    @Test func anAnswerEndsWhereTheKernelSaysSo() {
        let messages = Answers.messages(of: NftablesSample.table())
        #expect(take(Answers.datagram(messages, isLast: false)) == .more)
        #expect(take(Answers.datagram(messages)) == .done)
        #expect(take(Answers.datagram([])) == .done)
        #expect(take(Answers.datagram(messages, sequence: 4)) == .more, "an answer to another question")
        #expect(take(Answers.datagram(messages, flags: [.multi, .interrupted])) == .interrupted)
        #expect(take(Answers.datagram(Array(messages.prefix(1)), flags: [], isLast: false), .table) == .done)
        let refusal = NetlinkRequest(type: 2, flags: [], sequence: 5, body: [0xfe, 0xff, 0xff, 0xff])
        #expect(take(refusal.bytes) == .refused(2))
        let overrun = NetlinkRequest(type: 4, flags: [], sequence: 5, body: [])
        #expect(take(overrun.bytes) == .interrupted)
    }

    @Test func everyCutIsSeen() {
        let bytes = Answers.datagram(Answers.messages(of: NftablesSample.table()))
        var reader = NftReader(table: "xmr_routed")
        for length in stride(from: 1, to: bytes.count, by: 89) {
            #expect(reader.take(Array(bytes.prefix(length)).span, for: .rules, sequence: 5) != .done)
        }
        #expect(reader.take(bytes.span, for: .rules, sequence: 5) == .done)
    }

    @Test func theGenerationIsRead() {
        var reader = NftReader(table: "xmr_routed")
        var body: [UInt8] = []
        body.append(attribute: 1, bigEndian: 77)
        let bytes = Answers.datagram([.init(type: 0xa0f, attributes: body)], flags: [], isLast: false)
        #expect(reader.take(bytes.span, for: .generation, sequence: 5) == .done)
        #expect(reader.generation == 77)
    }

    @Test func countersAreRead() throws {
        var object: [UInt8] = []
        object.append(attribute: 1, text: "xmr_routed")
        object.append(attribute: 2, text: "rest_107")
        object.append(attribute: 3, bigEndian: 1)
        object.append(attribute: 4) { data in
            data.append(attribute: 1, [0, 0, 0, 0, 0, 0, 1, 2])
            data.append(attribute: 2, [0, 0, 0, 0, 0, 0, 0, 3])
        }
        var reader = NftReader(table: "xmr_routed")
        let bytes = Answers.datagram([.init(type: NftMessage.Verb.newObject.type, attributes: object)])
        #expect(reader.take(bytes.span, for: .objects, sequence: 5) == .done)
        #expect(reader.counters == ["rest_107": NftCount(packets: 3, bytes: 0x102)])
        #expect(reader.contents.objects == ["rest_107": .init(type: 1)])
    }

    /// As Linux 6.18 sends them.
    @Test func elementsAreRead() throws {
        func element(_ key: [UInt8], of kind: NftStatement.Key) throws -> NftElement? {
            var body: [UInt8] = []
            body.append(attribute: 1, text: "xmr_routed")
            body.append(attribute: 2, text: "set")
            body.append(attribute: 3) { list in
                list.append(attribute: 1) { element in
                    element.append(attribute: 1) { $0.append(attribute: 1, key) }
                    element.append(attribute: 7) { expression in
                        expression.append(attribute: 1, text: "counter")
                        expression.append(attribute: 2) { data in
                            data.append(attribute: 1, [0, 0, 0, 0, 0, 0, 0, 0x57])
                            data.append(attribute: 2, [0, 0, 0, 0, 0, 0, 0, 3])
                        }
                    }
                }
            }
            let question = NftReader.Question.elements(set: "set", kind)
            var reader = NftReader(table: "xmr_routed")
            let bytes = Answers.datagram([.init(type: NftMessage.Verb.newElement.type, attributes: body)])
            #expect(reader.take(bytes.span, for: question, sequence: 5) == .done)
            return reader.elements.first
        }
        let count = NftCount(packets: 3, bytes: 0x57)
        #expect(try element([1], of: .transport) == NftElement(transport: 1, count: count))
        #expect(
            try element([6, 0, 0, 0, 0, 99, 0, 0], of: .transportAndPort)
                == NftElement(transport: 6, port: 99, count: count))
        #expect(
            try element([127, 0, 0, 1, 17, 0, 0, 0, 0x14, 0xe9, 0, 0], of: .destinationIPv4)
                == NftElement(
                    transport: 17, port: 5353, destination: .v4(IPv4Address(127, 0, 0, 1)), count: count))
        let six = [UInt8](repeating: 0, count: 15) + [1, 17, 0, 0, 0, 0, 53, 0, 0]
        #expect(
            try element(six, of: .destinationIPv6)
                == NftElement(
                    transport: 17, port: 53, destination: .v6(IPv6Address(high: 0, low: 1)), count: count))
        for length in [0, 2, 7, 12, 23, 25] {
            #expect(try element([UInt8](repeating: 1, count: length), of: .transportAndPort) == nil)
        }
    }

    @Test func aBatchIsDoneOnlyWhenEveryStepIs() {
        let batch = NftBatch.replacing(NftablesSample.table(), ownership: .owned, first: 10)
        func answer(_ sequence: UInt32, _ code: UInt8 = 0) -> [UInt8] {
            let code: [UInt8] = code == 0 ? [0, 0, 0, 0] : [0 &- code, 255, 255, 255]
            return NetlinkRequest(type: 2, flags: [], sequence: sequence, body: code).bytes
        }
        let steps = (1...UInt32(batch.steps.count)).map { 10 + $0 }
        func outcome(_ datagrams: [[UInt8]]) -> NftAnswers.Outcome {
            var answers = NftAnswers(to: batch)
            for datagram in datagrams { answers.take(datagram.span) }
            return answers.outcome
        }
        #expect(outcome([]) == .unanswered)
        #expect(outcome(steps.map { answer($0) }) == .done)
        #expect(outcome([steps.flatMap { answer($0) }]) == .done)
        #expect(outcome(steps.dropLast().map { answer($0) }) == .unanswered)
        #expect(outcome(steps.dropLast().map { answer($0) } + [answer(steps[0])]) == .unanswered)
        #expect(outcome(steps.map { answer($0 == 13 ? 13 : $0, $0 == 13 ? 95 : 0) }) == .refused(step: 2, 95))
        #expect(outcome([answer(10, 1)]) == .refused(step: nil, 1))
        #expect(outcome([answer(9, 1), answer(5000, 1)]) == .unanswered, "answers to something else")
    }
}
