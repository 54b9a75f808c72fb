import Protocols

/// Writes DNS messages as a resolver does, for tests.
struct DNSWriter {
    var bytes: [UInt8]

    /// The header and question of an answer to `question`.
    init(
        _ question: DNSQuestion, id: UInt16 = 0x1234, flags: UInt16 = 0x8180, answers: UInt16 = 0,
        authorities: UInt16 = 0, additional: UInt16 = 0, questions: UInt16 = 1
    ) {
        bytes = [id, flags, questions, answers, authorities, additional].flatMap(Self.two)
        for _ in 0..<questions { bytes += question.name.wire + Self.two(question.type.rawValue) + [0, 1] }
    }

    static func two(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
    static func name(_ text: String) -> [UInt8] { DNSName(text)?.wire ?? [] }
    /// The name at this offset; 12 is the question's.
    static func pointer(_ offset: UInt16) -> [UInt8] { two(0xc000 | offset) }

    mutating func record(
        _ name: [UInt8], _ type: UInt16, lifetime: UInt32 = 300, class recordClass: UInt16 = 1, _ data: [UInt8]
    ) {
        bytes += name + Self.two(type) + Self.two(recordClass)
        bytes += Self.two(UInt16(lifetime >> 16)) + Self.two(UInt16(lifetime & 0xffff))
        bytes += Self.two(UInt16(data.count)) + data
    }

    mutating func a(_ name: [UInt8], _ last: UInt8, lifetime: UInt32 = 300) {
        record(name, 1, lifetime: lifetime, [203, 0, 113, last])
    }
}

/// The question that most tests ask.
let nodeQuestion = DNSQuestion(DNSName("node.example") ?? .root, .a)

/// What a message says to a question asked with id 0x1234.
func judged(_ bytes: [UInt8], _ question: DNSQuestion = nodeQuestion) -> Result<DNSAnswer, DNSFailure> {
    Result { () throws(DNSFailure) in try DNSAnswer(DNSMessage(bytes), to: question, id: 0x1234) }
}

extension Result<DNSAnswer, DNSFailure> {
    var addresses: [String]? { (try? get())?.addresses.map(\.description) }
    var failure: DNSFailure? { if case .failure(let failure) = self { failure } else { nil } }
}
