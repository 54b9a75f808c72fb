import Protocols
import Testing

struct DNSAnswerTests {
    private let node = DNSWriter.pointer(12)

    @Test func aQueryIsOneQuestionWithRecursionDesired() {
        #expect(
            nodeQuestion.query(id: 0xabcd)
                == [0xab, 0xcd, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0] + DNSWriter.name("node.example") + [0, 1, 0, 1])
        #expect(DNSQuestion(.root, .ns).query(id: 1).suffix(5) == [0, 0, 2, 0, 1])
    }

    @Test func addressesAreTakenInOrderAndOnce() throws {
        var writer = DNSWriter(nodeQuestion, answers: 3)
        writer.a(node, 1, lifetime: 60)
        writer.a(DNSWriter.name("NODE.example"), 2, lifetime: 30)
        writer.a(node, 1)
        let answer = try judged(writer.bytes).get()
        #expect(answer.addresses.map(\.description) == ["203.0.113.1", "203.0.113.2"])
        #expect(answer.lifetime == 30)
    }

    @Test func iPv6() {
        let question = DNSQuestion(nodeQuestion.name, .aaaa)
        var writer = DNSWriter(question, answers: 2)
        writer.record(node, 28, [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [7])
        writer.a(node, 1)
        #expect(judged(writer.bytes, question).addresses == ["2001:db8::7"])
    }

    @Test func aliasesAreFollowedInsideTheAnswer() throws {
        var writer = DNSWriter(nodeQuestion, answers: 3)
        writer.a(DNSWriter.name("c.example"), 3)
        writer.record(node, 5, lifetime: 20, DNSWriter.name("b.example"))
        writer.record(DNSWriter.name("b.example"), 5, lifetime: 40, DNSWriter.name("c.example"))
        let answer = try judged(writer.bytes).get()
        #expect(answer.addresses.map(\.description) == ["203.0.113.3"])
        #expect(answer.lifetime == 20)
    }

    @Test func recordsOfOtherNamesCountForNothing() {
        var writer = DNSWriter(nodeQuestion, answers: 2)
        writer.a(DNSWriter.name("other.example"), 1)
        writer.record(node, 1, class: 3, [203, 0, 113, 9])
        #expect(judged(writer.bytes).failure == .noAddress)
        var additional = DNSWriter(nodeQuestion, authorities: 1, additional: 1)
        additional.a(node, 1)
        additional.a(node, 2)
        #expect(judged(additional.bytes).failure == .noAddress)
    }

    @Test func aliasesInACircleEnd() {
        var writer = DNSWriter(nodeQuestion, answers: 2)
        writer.record(node, 5, DNSWriter.name("b.example"))
        writer.record(DNSWriter.name("b.example"), 5, node)
        guard case .malformed = judged(writer.bytes).failure else {
            Issue.record("a circle was not refused")
            return
        }
    }

    @Test func twoAliasesOfOneNameAreRefused() {
        var writer = DNSWriter(nodeQuestion, answers: 2)
        writer.record(node, 5, DNSWriter.name("b.example"))
        writer.record(node, 5, DNSWriter.name("c.example"))
        #expect(judged(writer.bytes).failure == .malformed("a name with two aliases"))
    }

    @Test(arguments: [(0, 0), (1, 1), (3599, 3599), (86_400, 3600), (0x8000_0001, 0), (0xffff_ffff, 0)])
    func lifetimes(_ told: UInt32, _ kept: UInt32) {
        var writer = DNSWriter(nodeQuestion, answers: 1)
        writer.a(node, 1, lifetime: told)
        #expect((try? judged(writer.bytes).get())?.lifetime == kept)
    }

    @Test(
        arguments: [
            (0x8182, .serverFailure), (0x8183, .noSuchName), (0x8185, .refused), (0x8181, .errorCode(1)),
            (0x818b, .errorCode(11)), (0x8380, .truncated), (0x0100, .notOurs("a question")),
            (0x9180, .notOurs("not a query's answer")),
        ] as [(UInt16, DNSFailure)])
    func flags(_ flags: UInt16, _ failure: DNSFailure) {
        var writer = DNSWriter(nodeQuestion, flags: flags, answers: 1)
        writer.a(node, 1)
        #expect(judged(writer.bytes).failure == failure)
        #expect(!failure.sentence.isEmpty)
    }

    @Test func anotherIdOrQuestionIsNotOurs() {
        #expect(judged(DNSWriter(nodeQuestion, id: 0x1235).bytes).failure == .notOurs("another id"))
        for other in [DNSQuestion(nodeQuestion.name, .aaaa), DNSQuestion(.root, .a)] {
            var writer = DNSWriter(other, answers: 1)
            writer.a(DNSWriter.name("node.example"), 1)
            #expect(judged(writer.bytes).failure == .notOurs("another question"))
        }
        #expect(judged(DNSWriter(nodeQuestion, questions: 0).bytes).failure == .notOurs("another question"))
        #expect(judged(DNSWriter(nodeQuestion, questions: 2).bytes).failure == .notOurs("another question"))
        // Who cannot read the question leaves it out of his error.
        #expect(judged(DNSWriter(nodeQuestion, flags: 0x8181, questions: 0).bytes).failure == .errorCode(1))
        let upper = DNSQuestion(DNSName("NODE.EXAMPLE") ?? .root, .a)
        var writer = DNSWriter(upper, answers: 1)
        writer.a(node, 1)
        #expect(judged(writer.bytes).addresses == ["203.0.113.1"])
    }

    @Test func recordsOfOtherKindsArePassedOver() throws {
        var writer = DNSWriter(nodeQuestion, answers: 3, additional: 1)
        writer.record(node, 46, [UInt8](repeating: 7, count: 40))
        writer.record(node, 16, [3] + Array("a=b".utf8))
        writer.a(node, 1)
        writer.record([0], 41, class: 1232, [])
        #expect(judged(writer.bytes).addresses == ["203.0.113.1"])
        let message = try DNSMessage(writer.bytes)
        #expect(message.answers[1].content == .other([3] + Array("a=b".utf8)))
    }

    @Test func everyCutAndEveryAdditionIsMalformed() {
        var writer = DNSWriter(nodeQuestion, answers: 2)
        writer.record(node, 5, DNSWriter.name("b.example"))
        writer.a(DNSWriter.name("b.example"), 1)
        #expect(judged(writer.bytes).addresses != nil)
        for length in 0..<writer.bytes.count {
            guard case .malformed = judged(Array(writer.bytes[..<length])).failure else {
                Issue.record("cut to \(length) bytes it is read")
                continue
            }
        }
        #expect(judged(writer.bytes + [0]).failure == .malformed("bytes behind its last record"))
    }

    @Test func dataOfAWrongLengthIsMalformed() {
        for (type, length) in [(1, 3), (1, 5), (28, 15), (28, 17), (5, 20)] as [(UInt16, Int)] {
            var writer = DNSWriter(nodeQuestion, answers: 1)
            writer.record(node, type, [UInt8](repeating: 0, count: length))
            guard case .malformed = judged(writer.bytes).failure else {
                Issue.record("type \(type) of \(length) bytes is read")
                continue
            }
        }
    }

    @Test func manyRecordsAreRefused() {
        #expect(judged(DNSWriter(nodeQuestion, answers: 512).bytes).failure == .malformed("over 512 records"))
    }

    @Test func framesAreCutOutOfTheStream() {
        let messages: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 9, count: 70_000 & 0xffff)]
        let stream = messages.flatMap { DNSFraming.framed($0) ?? [] }
        for size in [1, 2, 3, 7, stream.count] {
            var framing = DNSFraming()
            var found: [[UInt8]] = []
            var start = 0
            while start < stream.count {
                var piece = Array(stream[start..<min(start + size, stream.count)])
                start += piece.count
                while true {
                    let (consumed, event) = framing.receive(piece.span)
                    piece.removeFirst(consumed)
                    guard case .message(let message) = event else { break }
                    found.append(message)
                }
                #expect(piece.isEmpty)
            }
            #expect(found == messages)
        }
        #expect(DNSFraming.framed([UInt8](repeating: 0, count: 65_536)) == nil)
    }
}
