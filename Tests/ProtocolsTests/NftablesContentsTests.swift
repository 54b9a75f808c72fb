import NftablesSample
import Testing

@testable import Protocols

/// What a table is made of, from what is sent and from what is read.
@Suite struct NftablesContentsTests {
    private let table = NftablesSample.table()

    @Test func whatIsSentReadsAsWhatWasMeant() throws {
        let messages = NftablesAnswers.messages(of: table)
        let reader = try #require(NftablesAnswers.contents(messages))
        #expect(reader.contents == table.contents)
        #expect(reader.contents.bytes == table.contents.bytes)
        #expect(reader.contents.difference(from: table.contents) == nil)
        #expect(reader.isPersistent && reader.owner == nil, "the kernel adds the owner's port")
        // Owned or not, it is the same digest.
        let unowned = try #require(NftablesAnswers.contents(NftablesAnswers.messages(of: table, .nobodys)))
        #expect(unowned.contents == table.contents && !unowned.isPersistent)
    }

    @Test func whatTheKernelAddsIsNoDifference() throws {
        var messages = NftablesAnswers.messages(of: table)
        for index in messages.indices {
            // A handle, a use count, a comment: where each kind of message has it. And an attribute of zeros, which a
            // later kernel may have.
            let types: [NftMessage.Verb: [UInt16]] = [
                .newTable: [3, 4, 6], .newChain: [2, 6, 12], .newRule: [3, 6, 7], .newSet: [13, 16, 19, 20],
                .newObject: [5, 6, 8],
            ]
            let verb = try #require(NftMessage.verb(messages[index].type))
            for type in types[verb] ?? [] { messages[index].attributes.append(attribute: type, [0, 0, 0, 9]) }
            messages[index].attributes.append(attribute: 99, [0, 0, 0, 0])
        }
        let reader = try #require(NftablesAnswers.contents(messages))
        #expect(reader.contents == table.contents)
    }

    /// Each change of a table that somebody else could make, and what is said of it.
    @Test func whatIsForeignDiffers() throws {
        func change(_ body: (inout NftTable) -> Void) -> String? {
            var other = table
            body(&other)
            #expect(other.contents.bytes != table.contents.bytes)
            return other.contents.difference(from: table.contents)
        }
        #expect(change { $0.chains.append(.init(name: "more")) } == "has a chain more, more")
        #expect(change { $0.chains.removeLast() } == "lacks the chain empty")
        #expect(change { $0.chains[6].hook = .filterInput }?.contains("its chain empty at another hook") == true)
        #expect(change { $0.chains[4].rules.append([.accept]) } == "has 3 rules in the chain refuse, not 2")
        #expect(change { $0.chains[4].rules = [] } == "has 0 rules in the chain refuse, not 2")
        #expect(change { $0.chains[4].rules[1] = [.accept] } == "has another rule 2 in the chain refuse")
        #expect(change { $0.chains[0].rules.swapAt(0, 1) } == "has another rule 1 in the chain output")
        #expect(change { $0.counters.append("more") } == "has an object more, more")
        #expect(change { $0.counters.removeLast() } == "lacks the counter rest_107")
        #expect(change { $0.sets.removeLast() } == "lacks the set stopped6_107")
        #expect(change { $0.sets.append(.init(name: "x", key: .transport, size: 1)) } == "has a set more, x")
        #expect(change { $0.sets[0].size = 9 } == "has another kind of set stopped_107")
    }

    @Test func whatNobodyHereSendsIsKept() throws {
        func change(_ verb: NftMessage.Verb, _ body: (inout [UInt8]) -> Void) throws -> String? {
            var messages = NftablesAnswers.messages(of: table)
            let index = try #require(messages.firstIndex { $0.type == verb.type })
            body(&messages[index].attributes)
            let contents = try #require(NftablesAnswers.contents(messages)).contents
            #expect(contents.bytes != table.contents.bytes)
            return contents.difference(from: table.contents)
        }
        #expect(
            try change(.newTable) { $0.append(attribute: 99, [1]) } == "has something in it that nothing here knows")
        #expect(try change(.newChain) { $0.append(attribute: 99, [1]) }?.contains("chain output") == true)
        // NFT_CHAIN_HW_OFFLOAD beside NFT_CHAIN_BASE.
        #expect(try change(.newChain) { $0.append(attribute: 10, bigEndian: 3) }?.contains("chain output") == true)
        // A flag of no length says something by being there.
        #expect(try change(.newRule) { $0.append(attribute: 99, []) } == "has another rule 1 in the chain output")
        #expect(try change(.newSet) { $0.append(attribute: 11, [0, 0, 0, 0, 0, 0, 0, 9]) }?.contains("set") == true)
        #expect(try change(.newObject) { $0.append(attribute: 99, [1]) }?.contains("object") == true)
        var messages = NftablesAnswers.messages(of: table)
        var flowTable: [UInt8] = []
        flowTable.append(attribute: 1, text: table.name)
        flowTable.append(attribute: 2, text: "fast")
        messages.append(.init(type: NftMessage.Verb.newFlowTable.type, attributes: flowTable))
        let contents = try #require(NftablesAnswers.contents(messages)).contents
        #expect(contents.difference(from: table.contents) == "has something in it that nothing here knows")
    }

    /// A table that is switched off does nothing, whatever is in it.
    @Test func aDormantTableDiffers() throws {
        var messages = NftablesAnswers.messages(of: table)
        messages[0].attributes = []
        messages[0].attributes.append(attribute: 1, text: table.name)
        messages[0].attributes.append(attribute: 2, bigEndian: 7)
        messages[0].attributes.append(attribute: 7, bigEndian: 4242)
        messages[0].attributes.append(attribute: 4, [0, 0, 0, 0, 0, 0, 0, 77])
        let reader = try #require(NftablesAnswers.contents(messages))
        #expect(reader.contents.difference(from: table.contents) == "is switched off (dormant)")
        #expect(reader.isPersistent && reader.owner == 4242 && reader.handle == 77)
    }

    @Test func whatIsOfAnotherTableOrFamilyIsPassedOver() throws {
        var messages = NftablesAnswers.messages(of: table)
        messages += NftablesAnswers.messages(of: NftablesSample.table(named: "other")).dropFirst()
        #expect(try #require(NftablesAnswers.contents(messages)).contents == table.contents)
        var reader = NftReader(table: table.name)
        let chains = messages.filter { $0.type == NftMessage.Verb.newChain.type }
        var bytes = NftablesAnswers.datagram(Array(chains.prefix(1)))
        bytes[16] = 2
        #expect(reader.take(bytes.span, for: .chains, sequence: 5) == .done)
        #expect(reader.contents == NftContents())
    }
}
