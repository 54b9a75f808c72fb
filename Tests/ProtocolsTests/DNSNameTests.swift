import Protocols
import Testing

struct DNSNameTests {
    @Test func readsAndWritesText() throws {
        #expect(DNSName("node.example")?.wire == [4] + Array("node".utf8) + [7] + Array("example".utf8) + [0])
        #expect(DNSName("node.example.") == DNSName("node.example"))
        #expect(DNSName("Node.EXAMPLE") == DNSName("node.example"))
        #expect(DNSName("Node.EXAMPLE")?.hashValue == DNSName("node.example")?.hashValue)
        #expect(DNSName("node.example") != DNSName("nodes.example"))
        #expect(try #require(DNSName("Node.example.")).description == "Node.example")
        #expect(DNSName.root.description == ".")
    }

    @Test(arguments: ["", ".", "..", "a..b", ".a", "a b", "ü.example", String(repeating: "a", count: 64) + ".b"])
    func refuses(_ text: String) {
        #expect(DNSName(text) == nil)
    }

    @Test func aNameHas255BytesAtMost() {
        let labels = Array(repeating: String(repeating: "a", count: 62), count: 4)
        #expect(DNSName((labels + ["1"]).joined(separator: "."))?.wire.count == 255)
        #expect(DNSName((labels + ["12"]).joined(separator: ".")) == nil)
    }

    @Test func unprintableBytesAreEscaped() throws {
        var writer = DNSWriter(nodeQuestion, answers: 1)
        writer.record([3, 0x2e, 0x07, 0xff, 0], 16, [])
        let message = try DNSMessage(writer.bytes)
        #expect(message.answers.first?.name.description == "\\046\\007\\255")
    }

    /// The name of the first answer, which stands behind the header, the 18 bytes of the question and `before`.
    private func answerName(_ name: [UInt8]) -> Result<DNSName?, DNSFailure> {
        var writer = DNSWriter(nodeQuestion, answers: 1)
        writer.record(name, 16, [])
        return Result { () throws(DNSFailure) in try DNSMessage(writer.bytes).answers.first?.name }
    }

    @Test func pointersAreFollowed() {
        #expect(answerName(DNSWriter.pointer(12)) == .success(DNSName("node.example")))
        #expect(answerName(DNSWriter.pointer(17)) == .success(DNSName("example")))
        #expect(answerName([1, 0x61] + DNSWriter.pointer(17)) == .success(DNSName("a.example")))
        #expect(answerName(DNSWriter.pointer(25)) == .success(.root))
    }

    @Test func pointersThatDoNotGoBackAreRefused() {
        // The answer's name is at 30.
        for target: UInt16 in [30, 31, 32, 40, 0x3fff] {
            guard case .failure(.malformed) = answerName(DNSWriter.pointer(target)) else {
                Issue.record("a pointer to \(target) was followed")
                continue
            }
        }
        guard case .failure(.malformed) = answerName([1, 0x61] + DNSWriter.pointer(30)) else {
            Issue.record("a name that contains itself was read")
            return
        }
    }

    @Test func labelsOfOtherKindsAreRefused() {
        for kind: UInt8 in [0x40, 0x41, 0x7f, 0x80, 0xbf] {
            #expect(answerName([kind, 0x61, 0]) == .failure(.malformed("an unknown kind of label")))
        }
    }

    @Test func aNameThatPointersMakeTooLongIsRefused() {
        let long = [UInt8](repeating: 0x61, count: 63)
        var writer = DNSWriter(nodeQuestion, answers: 2)
        let start = UInt16(writer.bytes.count)
        writer.record([63] + long + [63] + long + [63] + long + [0], 16, [])
        writer.record([63] + long + DNSWriter.pointer(start), 16, [])
        #expect(throws: DNSFailure.malformed("a name over 255 bytes")) { try DNSMessage(writer.bytes) }
    }
}
