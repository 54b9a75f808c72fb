/// A whole DNS message (RFC 1035 section 4.1), read to its last byte or not at all.
///
/// ```
///  +--------+-----------+---------+-------------+------------+
///  | header | questions | answers | authorities | additional |
///  +--------+-----------+---------+-------------+------------+
/// ```
public struct DNSMessage: Hashable, Sendable {
    /// How many questions and records a message may have in all. Real answers have a few dozen.
    public static let recordLimit = 512

    /// Its header.
    public var header: DNSHeader
    /// What was asked: in an answer, our question once more.
    public var questions: [DNSQuestion] = []
    /// What answers it.
    public var answers: [DNSRecord] = []
    /// Who knows more.
    public var authorities: [DNSRecord] = []
    /// What may help.
    public var additional: [DNSRecord] = []

    /// Reads a message without the length that goes before it on TCP.
    ///
    /// - Throws: `DNSFailure.malformed`, or `notOurs` for a question in another class.
    public init(_ bytes: [UInt8]) throws(DNSFailure) {
        var cursor = DNSCursor(bytes)
        header = try DNSHeader(&cursor)
        let counts = [header.questions, header.answers, header.authorities, header.additional]
        guard counts.reduce(0, { $0 + Int($1) }) <= Self.recordLimit else { throw .malformed("over 512 records") }
        for _ in 0..<header.questions { questions.append(try DNSQuestion(&cursor)) }
        for _ in 0..<header.answers { answers.append(try DNSRecord(&cursor)) }
        for _ in 0..<header.authorities { authorities.append(try DNSRecord(&cursor)) }
        for _ in 0..<header.additional { additional.append(try DNSRecord(&cursor)) }
        guard cursor.isAtEnd else { throw .malformed("bytes behind its last record") }
    }
}
