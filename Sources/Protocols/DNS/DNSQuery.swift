/// A client's message that asks one question, and the answers to it that need no resolver.
///
/// Of EDNS (RFC 6891 section 6.1.2) this is read, and said in our own answers:
///
/// ```
///  +---------+--------+-----------+-------------------------------------+--------+
///  | name: . | type   | class     | lifetime: code 1, version 1, flags 2| length |
///  | 1: 0    | 2: 41  | 2: size of| 4: the flag DO is 0x8000            | 2      |
///  |         |        | a datagram|                                     |        |
///  +---------+--------+-----------+-------------------------------------+--------+
/// ```
public struct DNSQuery: Hashable, Sendable {
    /// An error that an answer of ours says (RCODE).
    public enum Code: UInt16, Sendable {
        /// SERVFAIL: nobody could be asked.
        case serverFailure = 2
        /// REFUSED: nobody is asked.
        case refused = 5
    }

    /// What every client takes (RFC 1035 section 4.2.1).
    static let leastDatagram = 512
    /// As long a datagram as IPv4 has.
    static let longestDatagram = 65507
    /// How much of a question we take: what we say in our own answers, as most resolvers do.
    private static let ownDatagram: UInt16 = 1232
    private static let wantsSignatures: UInt32 = 0x8000

    /// The client's number for it.
    public let id: UInt16
    /// What is asked.
    public let question: DNSQuestion
    /// The longest datagram that the client takes.
    public let datagramLimit: Int

    private let flags: DNSHeader.Flags
    /// What it says by EDNS; nil where it says nothing.
    private let extensionFlags: UInt32?

    /// Reads a client's message.
    ///
    /// - Throws: `DNSFailure` for what is no query of one question in class IN.
    public init(_ bytes: [UInt8]) throws(DNSFailure) {
        let message = try DNSMessage(bytes)
        guard !message.header.flags.contains(.answer) else { throw .notOurs("an answer") }
        guard message.header.flags.operation == 0 else { throw .notOurs("no query") }
        guard message.questions.count == 1, let first = message.questions.first, message.answers.isEmpty else {
            throw .notOurs("not one question")
        }
        id = message.header.id
        flags = message.header.flags
        question = first
        let extensions = message.additional.first { $0.type == .opt }
        extensionFlags = extensions?.lifetime
        datagramLimit = min(
            max(Int(extensions?.recordClass ?? 0), Self.leastDatagram), Self.longestDatagram)
    }

    /// An answer that says only that it went wrong.
    public func answer(_ code: Code) -> [UInt8] { answer(DNSHeader.Flags(rawValue: code.rawValue)) }

    /// An answer that says only that the true one is too long for a datagram: the client asks again over TCP.
    public var cutShort: [UInt8] { answer(.truncated) }

    private func answer(_ outcome: DNSHeader.Flags) -> [UInt8] {
        var header = DNSHeader(question: id)
        header.flags = flags.intersection([.recursionDesired, .checkingDisabled])
            .union([.answer, .recursionAvailable]).union(outcome)
        guard let extensionFlags else { return header.bytes + question.bytes }
        header.additional = 1
        let kept = extensionFlags & Self.wantsSignatures
        return header.bytes + question.bytes + DNSName.root.wire + DNSRecordType.opt.rawValue.bigEndianBytes
            + Self.ownDatagram.bigEndianBytes + [0, 0] + UInt16(kept).bigEndianBytes + [0, 0]
    }
}

extension [UInt8] {
    /// A DNS message with another id; as it is where it is shorter than a header.
    public func withDNSID(_ id: UInt16) -> [UInt8] {
        count < DNSHeader.size ? self : id.bigEndianBytes + self[2...]
    }
}
