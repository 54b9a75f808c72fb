/// The addresses that a resolver gave for a name, once its message was judged to be the answer to our question.
public struct DNSAnswer: Hashable, Sendable {
    /// How many addresses are taken from one answer.
    public static let addressLimit = 16
    /// How many names an answer may lead through (CNAME).
    public static let aliasLimit = 16
    /// However long a record says that it may be kept, it is kept no longer: a name that has moved is found again.
    public static let longestLifetime: UInt32 = 3600

    /// The addresses, each once, in the resolver's order; never empty.
    public let addresses: [IPAddress]
    /// How many seconds they may be kept: the shortest of all records that led to them. 0: not at all.
    public let lifetime: UInt32

    /// Judges a message as the answer to `question`, which was asked with this id. Only records of the answer section
    /// count, and of these only the ones that a chain of aliases from our name leads to: what else a resolver sends
    /// along is nothing that we asked.
    ///
    /// - Throws: why it gives no address.
    public init(_ message: DNSMessage, to question: DNSQuestion, id: UInt16) throws(DNSFailure) {
        try message.check(answers: question, id: id)
        var name = question.name
        var shortest = Self.longestLifetime
        for _ in 0...Self.aliasLimit {
            let own = message.answers.filter { $0.name == name && $0.recordClass == DNSQuestion.internet }
            var found: [IPAddress] = []
            for record in own where record.type == question.type {
                guard case .address(let address) = record.content else { continue }
                shortest = min(shortest, record.lifetime)
                if !found.contains(address), found.count < Self.addressLimit { found.append(address) }
            }
            if !found.isEmpty {
                addresses = found
                lifetime = shortest
                return
            }
            let aliases = own.filter { $0.type == .cname }
            guard let alias = aliases.first, case .alias(let next) = alias.content else { throw .noAddress }
            guard aliases.count == 1 else { throw .malformed("a name with two aliases") }
            shortest = min(shortest, alias.lifetime)
            name = next
        }
        throw .malformed("more than \(Self.aliasLimit) aliases, or aliases in a circle")
    }
}

extension DNSMessage {
    /// Whether it is the answer to `question`, and a good one.
    ///
    /// - Throws: `DNSFailure` where it is not, or where its code says that it went wrong.
    public func check(answers question: DNSQuestion, id: UInt16) throws(DNSFailure) {
        try check(isAbout: question, id: id)
        switch header.flags.code {
        case 0: break
        case 2: throw .serverFailure
        case 3: throw .noSuchName
        case 5: throw .refused
        case let code: throw .errorCode(code)
        }
        guard !header.flags.contains(.truncated) else { throw .truncated }
    }

    /// Whether it is the answer to `question`, whatever it says (RFC 7766 section 7; RFC 5452 section 9.1).
    ///
    /// - Throws: `DNSFailure.notOurs` where it is not.
    public func check(isAbout question: DNSQuestion, id: UInt16) throws(DNSFailure) {
        guard header.id == id else { throw .notOurs("another id") }
        guard header.flags.contains(.answer) else { throw .notOurs("a question") }
        guard header.flags.operation == 0 else { throw .notOurs("not a query's answer") }
        // Who could not read the question may leave it out; then there is only an error.
        guard questions == [question] || questions.isEmpty && header.flags.code != 0 else {
            throw .notOurs("another question")
        }
    }
}
