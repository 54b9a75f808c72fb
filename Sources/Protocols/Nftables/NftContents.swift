/// What a table of the family inet is, in a form that does not depend on who says so: made of a table that is to be
/// loaded, it equals what is read back from the kernel exactly where the kernel holds that table, no more and no less.
///
/// It leaves out what the kernel adds (handles, use counts), what packets change (counters, elements of dynamic sets),
/// and what has no effect (comments, the order of chains). It keeps whatever it does not understand.
public struct NftContents: Hashable, Sendable {
    /// A chain, without its rules.
    struct Chain: Hashable, Sendable {
        /// Where packets enter it.
        struct Hook: Hashable, Sendable {
            var type: String
            /// NF_INET_…
            var number: UInt32
            var priority: Int32
            /// NF_DROP or NF_ACCEPT.
            var policy: UInt32
        }

        var hook: Hook?
        /// What else the kernel says of it, as attributes.
        var foreign: [UInt8] = []
    }

    /// A set, without its elements.
    struct Set: Hashable, Sendable {
        var flags: UInt32
        var keyType: UInt32
        var keyLength: UInt32
        var size: UInt32
        /// Whether each element has a counter.
        var isCounting: Bool
        var foreign: [UInt8] = []
    }

    /// A named object.
    struct Object: Hashable, Sendable {
        var type: UInt32
        var foreign: [UInt8] = []
    }

    /// The table's flags but those of ownership: whether it is switched off (NFT_TABLE_F_DORMANT).
    var flags: UInt32 = 0
    var chains: [String: Chain] = [:]
    /// The rules of each chain that has any, in their order.
    var rules: [String: [NftRule]] = [:]
    var sets: [String: Set] = [:]
    var objects: [String: Object] = [:]
    /// What is of none of these kinds, or has a name that is taken.
    var foreign: [[UInt8]] = []

    /// An empty table.
    init() {}

    /// The same for the same contents, and for no others: what a digest is made of. In the byte order of this machine.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(attribute: 1, bigEndian: flags)
        for (name, chain) in chains.sorted(by: { $0.key < $1.key }) {
            bytes.append(attribute: 2) { record in
                record.append(attribute: 1, text: name)
                record.append(attribute: 2, chain.foreign)
                guard let hook = chain.hook else { return }
                record.append(attribute: 3, text: hook.type)
                record.append(attribute: 4, bigEndian: hook.number)
                record.append(attribute: 5, bigEndian: UInt32(bitPattern: hook.priority))
                record.append(attribute: 6, bigEndian: hook.policy)
            }
        }
        for (name, rules) in rules.sorted(by: { $0.key < $1.key }) {
            bytes.append(attribute: 3, text: name)
            for rule in rules {
                bytes.append(attribute: 4) { list in for expression in rule.expressions { expression.append(to: &list) }
                }
            }
        }
        for (name, set) in sets.sorted(by: { $0.key < $1.key }) {
            bytes.append(attribute: 5) { record in
                record.append(attribute: 1, text: name)
                record.append(attribute: 2, set.foreign)
                for (index, number) in [set.flags, set.keyType, set.keyLength, set.size].enumerated() {
                    record.append(attribute: 3 + UInt16(truncatingIfNeeded: index), bigEndian: number)
                }
                record.append(attribute: 7, [set.isCounting ? 1 : 0])
            }
        }
        for (name, object) in objects.sorted(by: { $0.key < $1.key }) {
            bytes.append(attribute: 6) { record in
                record.append(attribute: 1, text: name)
                record.append(attribute: 2, object.foreign)
                record.append(attribute: 3, bigEndian: object.type)
            }
        }
        for record in foreign { bytes.append(attribute: 7, record) }
        return bytes
    }

    /// What makes these contents, read from the kernel, others than those that should be there: the first thing found, as
    /// the rest of a sentence that begins with "the table"; nil where they are the same.
    public func difference(from expected: NftContents) -> String? {
        guard self != expected else { return nil }
        if flags != expected.flags { return flags & 1 != 0 ? "is switched off (dormant)" : "has other flags" }
        if let name = Self.differing(chains, expected.chains) {
            if chains[name] == nil { return "lacks the chain \(name)" }
            if expected.chains[name] == nil { return "has a chain more, \(name)" }
            return "has its chain \(name) at another hook, or with another policy"
        }
        if let name = Self.differing(rules, expected.rules) {
            let here = rules[name] ?? []
            let there = expected.rules[name] ?? []
            if here.count != there.count {
                return "has \(here.count) rules in the chain \(name), not \(there.count)"
            }
            let index = zip(here, there).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
            return "has another rule \(index + 1) in the chain \(name)"
        }
        if let name = Self.differing(sets, expected.sets) {
            if sets[name] == nil { return "lacks the set \(name)" }
            return expected.sets[name] == nil ? "has a set more, \(name)" : "has another kind of set \(name)"
        }
        if let name = Self.differing(objects, expected.objects) {
            if objects[name] == nil { return "lacks the counter \(name)" }
            return expected.objects[name] == nil ? "has an object more, \(name)" : "has another kind of object \(name)"
        }
        return "has something in it that nothing here knows"
    }

    /// The first name under which they are not the same.
    private static func differing<Value: Equatable>(_ one: [String: Value], _ other: [String: Value]) -> String? {
        one.keys.filter { other[$0] != one[$0] }.min() ?? other.keys.filter { one[$0] == nil }.min()
    }
}
