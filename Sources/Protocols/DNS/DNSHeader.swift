/// What each DNS message begins with (RFC 1035 section 4.1.1). Numbers are big endian.
///
/// ```
///    0   1   2   3   4   5   6   7   8   9  10  11  12  13  14  15
///  +---------------------------------------------------------------+
///  |                              id                               |
///  +---+---------------+---+---+---+---+-----------+---------------+
///  |QR |    OPCODE     |AA |TC |RD |RA | Z, AD, CD |     RCODE     |
///  +---+---------------+---+---+---+---+-----------+---------------+
///  |  questions  |  answers  |  authorities  |  additional records  |    16 bits each
///  +-------------+-----------+---------------+----------------------+
/// ```
public struct DNSHeader: Hashable, Sendable {
    /// The bytes of a header.
    public static let size = 12

    /// The second 16 bits.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits on the wire.
        public let rawValue: UInt16
        /// The flags of these bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// QR: an answer, not a question.
        public static let answer = Flags(rawValue: 1 << 15)
        /// TC: cut short.
        public static let truncated = Flags(rawValue: 1 << 9)
        /// RD: the resolver is to ask others.
        public static let recursionDesired = Flags(rawValue: 1 << 8)
        /// RA: it does ask others.
        public static let recursionAvailable = Flags(rawValue: 1 << 7)
        /// CD: what is forged is to be answered too (RFC 4035 section 3.2.2).
        public static let checkingDisabled = Flags(rawValue: 1 << 4)

        /// OPCODE; 0 is a query.
        public var operation: UInt8 { UInt8(rawValue >> 11 & 15) }
        /// RCODE; 0 is success.
        public var code: UInt8 { UInt8(rawValue & 15) }
    }

    /// Which question an answer is to.
    public var id: UInt16
    /// What the message is, and how it went.
    public var flags: Flags
    /// How many questions.
    public var questions: UInt16
    /// How many records answer.
    public var answers: UInt16
    /// How many records name who knows.
    public var authorities: UInt16
    /// How many further records.
    public var additional: UInt16

    /// The header of one question.
    public init(question id: UInt16) {
        self.id = id
        flags = .recursionDesired
        questions = 1
        answers = 0
        authorities = 0
        additional = 0
    }

    init(_ cursor: inout DNSCursor) throws(DNSFailure) {
        id = try cursor.number16()
        flags = Flags(rawValue: try cursor.number16())
        questions = try cursor.number16()
        answers = try cursor.number16()
        authorities = try cursor.number16()
        additional = try cursor.number16()
    }

    /// The 12 bytes.
    public var bytes: [UInt8] {
        [id, flags.rawValue, questions, answers, authorities, additional].flatMap(\.bigEndianBytes)
    }
}

extension UInt16 {
    var bigEndianBytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xff)] }
}
