/// Several changes of nf_tables in one datagram, of which the kernel makes all or none.
///
/// ```
/// begin │ add table │ delete table │ add table │ chains │ counters │ sets │ rules │ end
///        └ there or not, it ─────┘
///          is gone after this
/// ```
public struct NftBatch: Hashable, Sendable {
    /// Whose the table is once it is there.
    public enum Ownership: Hashable, Sendable {
        /// Anybody's who may change the ruleset.
        case nobodys
        /// The sending socket's. While that is open no other can change the table, nor remove it with a whole ruleset; when
        /// it is closed the table stays (NFT_TABLE_F_OWNER, Linux 5.12; NFT_TABLE_F_PERSIST, Linux 6.9).
        case owned

        /// The table's flags.
        var flags: UInt32 {
            switch self {
            case .nobodys: 0
            case .owned: NftReader.ownerFlag | NftReader.persistFlag
            }
        }
    }

    /// What to send, as one datagram.
    public private(set) var bytes: [UInt8] = []
    /// The sequence number of its first message; the others follow.
    public let first: UInt32
    /// What each message between begin and end does, for a sentence: "add the chain output".
    public private(set) var steps: [String] = []

    private init(first: UInt32) {
        self.first = first
        mark(NftMessage.batchBegin)
    }

    /// Puts a table in the place of the one that has its name, if there is one.
    ///
    /// - Parameter first: the sequence number of the first message, above 0; there are `steps.count + 2` messages.
    public static func replacing(_ table: NftTable, ownership: Ownership, first: UInt32) -> NftBatch {
        var batch = NftBatch(first: first)
        batch.removeTable(table.name)
        batch.add(.newTable, "make the table \(table.name)") { body in
            body.append(attribute: 1, text: table.name)
            body.append(attribute: 2, bigEndian: ownership.flags)
        }
        for chain in table.chains { batch.add(chain, to: table.name) }
        for counter in table.counters { batch.add(counter: counter, to: table.name) }
        for (index, set) in table.sets.enumerated() {
            batch.add(set, number: UInt32(truncatingIfNeeded: index + 1), to: table.name)
        }
        for chain in table.chains {
            for (index, rule) in chain.plainRules.enumerated() {
                batch.add(NftRule(rule), "add rule \(index + 1) to the chain \(chain.name)", to: chain.name, table.name)
            }
        }
        batch.mark(NftMessage.batchEnd)
        return batch
    }

    /// Removes a table, which need not be there.
    public static func removing(_ table: String, first: UInt32) -> NftBatch {
        var batch = NftBatch(first: first)
        batch.removeTable(table)
        batch.mark(NftMessage.batchEnd)
        return batch
    }

    /// Takes a persistent table whose owner is gone for the sending socket's own; its contents stay.
    public static func adopting(_ table: String, first: UInt32) -> NftBatch {
        var batch = NftBatch(first: first)
        batch.add(.newTable, "take over the table \(table)") { body in
            body.append(attribute: 1, text: table)
            body.append(attribute: 2, bigEndian: Ownership.owned.flags)
        }
        batch.mark(NftMessage.batchEnd)
        return batch
    }

    private var sequence: UInt32 { first &+ UInt32(truncatingIfNeeded: steps.count) }

    private mutating func mark(_ type: UInt16) {
        // The family is nobody's here, and the number is the subsystem's.
        var body: [UInt8] = [0, 0]
        body.append(bigEndian: UInt64(NftMessage.subsystem), count: 2)
        let number = type == NftMessage.batchBegin ? first : sequence &+ 1
        bytes += NetlinkRequest(type: type, flags: [], sequence: number, body: body).bytes
    }

    private mutating func add(
        _ verb: NftMessage.Verb, _ step: String, flags: NetlinkMessage.Flags = [.create, .acknowledge],
        _ attributes: (inout [UInt8]) -> Void
    ) {
        steps.append(step)
        bytes += NftMessage.request(verb, flags: flags, sequence: sequence, attributes).bytes
    }

    /// Nothing else removes a table that may or may not be there.
    private mutating func removeTable(_ name: String) {
        add(.newTable, "look at the table \(name)") { $0.append(attribute: 1, text: name) }
        add(.deleteTable, "remove the table \(name)", flags: .acknowledge) { $0.append(attribute: 1, text: name) }
    }

    private mutating func add(_ chain: NftTable.Chain, to table: String) {
        add(.newChain, "add the chain \(chain.name)") { body in
            body.append(attribute: 1, text: table)
            body.append(attribute: 3, text: chain.name)
            guard let hook = chain.hook?.contents else { return }
            body.append(attribute: 4) { place in
                place.append(attribute: 1, bigEndian: hook.number)
                place.append(attribute: 2, bigEndian: UInt32(bitPattern: hook.priority))
            }
            body.append(attribute: 5, bigEndian: hook.policy)
            body.append(attribute: 7, text: hook.type)
        }
    }

    private mutating func add(counter: String, to table: String) {
        add(.newObject, "add the counter \(counter)") { body in
            body.append(attribute: 1, text: table)
            body.append(attribute: 2, text: counter)
            body.append(attribute: 3, bigEndian: NftExpression.counter)
            body.append(attribute: 4) { _ in }
        }
    }

    private mutating func add(_ set: NftTable.Set, number: UInt32, to table: String) {
        add(.newSet, "add the set \(set.name)") { body in
            body.append(attribute: 1, text: table)
            body.append(attribute: 2, text: set.name)
            body.append(attribute: 3, bigEndian: NftTable.Set.dynamic)
            body.append(attribute: 4, bigEndian: set.key.type)
            body.append(attribute: 5, bigEndian: set.key.length)
            body.append(attribute: 9) { $0.append(attribute: 1, bigEndian: set.size) }
            // The kernel wants a number for it within the batch, though its name is enough.
            body.append(attribute: 10, bigEndian: number)
            // Each element begins with a counter like this.
            body.append(attribute: 17) { $0.append(attribute: 1, text: "counter") }
        }
    }

    private mutating func add(_ rule: NftRule, _ step: String, to chain: String, _ table: String) {
        add(.newRule, step, flags: [.create, .append, .acknowledge]) { body in
            body.append(attribute: 1, text: table)
            body.append(attribute: 2, text: chain)
            body.append(attribute: 4) { list in for expression in rule.expressions { expression.append(to: &list) } }
        }
    }
}
