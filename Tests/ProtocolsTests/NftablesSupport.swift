@testable import Protocols

/// A kernel's answers, made of what is sent to it: the messages of a batch are those of its dumps, but for what the
/// kernel adds.
enum NftablesAnswers {
    /// One message as its type, its family and its attributes.
    struct Message {
        var type: UInt16
        var attributes: [UInt8]
    }

    /// The messages between begin and end, without the two that remove what was there before.
    static func messages(of table: NftTable, _ ownership: NftBatch.Ownership = .owned) -> [Message] {
        let batch = NftBatch.replacing(table, ownership: ownership, first: 1)
        var found: [Message] = []
        var messages = NetlinkMessages()
        while let message = try? messages.next(in: batch.bytes.span) {
            let body = message.body.lowerBound + 4..<message.body.upperBound
            found.append(Message(type: message.type, attributes: Array(batch.bytes[body])))
        }
        return Array(found.dropFirst(3).dropLast())
    }

    /// A datagram of parts of a dump, with its end where it is the last.
    static func datagram(
        _ messages: [Message], sequence: UInt32 = 5, flags: NetlinkMessage.Flags = .multi, isLast: Bool = true
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for message in messages {
            bytes +=
                NetlinkRequest(
                    type: message.type, flags: flags, sequence: sequence, body: [1, 0, 0, 7] + message.attributes
                ).bytes
        }
        let end = NetlinkRequest(type: 3, flags: .multi, sequence: sequence, body: [0, 0, 0, 0])
        return isLast ? bytes + end.bytes : bytes
    }

    /// What a reader makes of these messages; nil where it does not read them to their end.
    static func contents(_ messages: [Message], table: String = "xmr_routed") -> NftReader? {
        var reader = NftReader(table: table)
        for question in NftReader.Question.contents {
            let types: [NftReader.Question: NftMessage.Verb] = [
                .table: .newTable, .chains: .newChain, .rules: .newRule, .sets: .newSet, .objects: .newObject,
                .flowTables: .newFlowTable,
            ]
            let part = messages.filter { $0.type == types[question]?.type }
            guard reader.take(datagram(part).span, for: question, sequence: 5) == .done else { return nil }
        }
        return reader
    }
}
