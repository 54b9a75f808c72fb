/// What a counter has counted.
public struct NftCount: Hashable, Sendable {
    /// Packets since the table was loaded.
    public var packets: UInt64
    /// Their bytes.
    public var bytes: UInt64

    /// So many.
    public init(packets: UInt64, bytes: UInt64) {
        self.packets = packets
        self.bytes = bytes
    }
}

/// What the kernel answers when it is asked for one table of the family inet: taken datagram by datagram, question by
/// question. It asks nothing itself.
public struct NftReader: Sendable {
    /// A question to the kernel.
    public enum Question: Hashable, Sendable {
        /// How often the ruleset was changed: the same before and after other questions, their answers are of one moment.
        case generation
        /// The table itself: its flags, its owner.
        case table
        /// Its chains.
        case chains
        /// The rules of all its chains.
        case rules
        /// Its sets, without their elements.
        case sets
        /// Its named counters, with what they have counted, and other objects.
        case objects
        /// Its flow tables.
        case flowTables
        /// The elements of one set, whose key is of this kind.
        case elements(set: String, NftStatement.Key)

        /// All that make the contents.
        public static let contents: [Question] = [.table, .chains, .rules, .sets, .objects, .flowTables]
    }

    /// How the answer to a question goes on.
    public enum Progress: Hashable, Sendable {
        /// More datagrams follow.
        case more
        /// That was all of it.
        case done
        /// The table was changed meanwhile: ask for all of it again.
        case interrupted
        /// The kernel refuses, with this `errno`: 2 (ENOENT), there is no such table.
        case refused(Int32)
        /// It is not what the kernel sends.
        case unreadable
    }

    /// NFT_TABLE_F_OWNER: the table is a socket's own.
    static let ownerFlag: UInt32 = 2
    /// NFT_TABLE_F_PERSIST: it outlives that socket.
    static let persistFlag: UInt32 = 4

    /// The table's name.
    public let table: String
    /// Its contents, as far as they have been told.
    public private(set) var contents = NftContents()
    /// The port id of the socket whose own the table is; nil where it is nobody's.
    public private(set) var owner: UInt32?
    /// Whether it outlives its owner.
    public private(set) var isPersistent = false
    /// The kernel's number of it; a table that is made anew has another, and its counters have begun anew.
    public private(set) var handle: UInt64 = 0
    /// What its named counters have counted.
    public private(set) var counters: [String: NftCount] = [:]
    /// What was counted in the elements of the set asked for.
    public private(set) var elements: [NftElement] = []
    /// How often the ruleset was changed.
    public private(set) var generation: UInt32?

    /// A reader that knows nothing of the table of this name.
    public init(table: String) {
        self.table = table
    }

    /// The message that asks.
    public func request(_ question: Question, sequence: UInt32) -> NetlinkRequest {
        let verb: NftMessage.Verb =
            switch question {
            case .generation: .getGeneration
            case .table: .getTable
            case .chains: .getChain
            case .rules: .getRule
            case .sets: .getSet
            case .objects: .getObject
            case .flowTables: .getFlowTable
            case .elements: .getElement
            }
        let isOne = question == .generation || question == .table
        return NftMessage.request(verb, flags: isOne ? [] : .dump, sequence: sequence) { body in
            guard question != .generation else { return }
            body.append(attribute: 1, text: table)
            if case .elements(let set, _) = question { body.append(attribute: 2, text: set) }
        }
    }

    /// Takes one datagram of the answer to a question that was asked with this sequence number. Messages of others are
    /// passed over.
    public mutating func take(_ datagram: Span<UInt8>, for question: Question, sequence: UInt32) -> Progress {
        do throws(NetlinkFailure) {
            var messages = NetlinkMessages()
            while let message = try messages.next(in: datagram) {
                guard message.sequence == sequence else { continue }
                if message.flags.contains(.interrupted) { return .interrupted }
                switch message.type {
                case NetlinkMessage.error, NetlinkMessage.done:
                    guard let code = message.errorCode(in: datagram) else { return .unreadable }
                    return code == 0 ? .done : .refused(code)
                case NetlinkMessage.overrun: return .interrupted
                default: try take(message, for: question, in: datagram)
                }
                // An answer of one message has no end of its own.
                if !message.flags.contains(.multi), message.type >= 16 { return .done }
            }
            return .more
        } catch {
            return .unreadable
        }
    }

    private mutating func take(
        _ message: NetlinkMessage, for question: Question, in datagram: Span<UInt8>
    ) throws(NetlinkFailure) {
        guard message.body.count >= NftMessage.headerSize else { throw .truncated }
        guard let verb = NftMessage.verb(message.type) else { return }
        let range = message.body.lowerBound + NftMessage.headerSize..<message.body.upperBound
        var fields = try NftFields(range, in: datagram)
        if verb == .newGeneration {
            generation = fields.number(1, in: datagram)
            return
        }
        // Old kernels dump the chains of all tables.
        guard datagram[message.body.lowerBound] == NftMessage.inet, fields.text(1, in: datagram) == table else {
            return
        }
        switch (verb, question) {
        case (.newTable, .table): takeTable(&fields, in: datagram)
        case (.newChain, .chains): try takeChain(&fields, in: datagram)
        case (.newRule, .rules): try takeRule(&fields, in: datagram)
        case (.newSet, .sets): try takeSet(&fields, in: datagram)
        case (.newObject, .objects): try takeObject(&fields, in: datagram)
        case (.newElement, .elements(_, let key)):
            guard let list = fields.take(3) else { return }
            elements += try NftElement.list(list, key: key, in: datagram)
        default: contents.foreign.append(fields.rest(in: datagram))
        }
    }

    private mutating func takeTable(_ fields: inout NftFields, in datagram: Span<UInt8>) {
        let flags = fields.number(2, in: datagram) ?? 0
        owner = fields.number(7, in: datagram)
        isPersistent = flags & Self.persistFlag != 0
        contents.flags = flags & ~(Self.ownerFlag | Self.persistFlag)
        if let range = fields.take(4), range.count == 8 { handle = datagram.bigEndian(range) }
        // Its use count and comment.
        for type: UInt16 in [3, 6] { _ = fields.take(type) }
        let rest = fields.rest(in: datagram)
        if !rest.isEmpty { contents.foreign.append(rest) }
    }

    private mutating func takeChain(_ fields: inout NftFields, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        guard let name = fields.text(3, in: datagram), contents.chains[name] == nil else {
            return keep(fields, in: datagram)
        }
        var chain = NftContents.Chain()
        if let place = fields.take(4) {
            var inner = try NftFields(place, in: datagram)
            chain.hook = NftContents.Chain.Hook(
                type: fields.text(7, in: datagram) ?? "", number: inner.number(1, in: datagram) ?? 0,
                priority: Int32(bitPattern: inner.number(2, in: datagram) ?? 0),
                policy: fields.number(5, in: datagram) ?? 0)
            chain.foreign = inner.rest(in: datagram)
            // NFT_CHAIN_BASE: that it has a hook.
            if let flags = fields.number(10, in: datagram), flags & ~1 != 0 {
                chain.foreign.append(attribute: 10, bigEndian: flags)
            }
        }
        // Its handle, use count, number within a batch and comment.
        for type: UInt16 in [2, 6, 11, 12] { _ = fields.take(type) }
        chain.foreign += fields.rest(in: datagram)
        contents.chains[name] = chain
    }

    private mutating func takeRule(_ fields: inout NftFields, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        guard let chain = fields.text(2, in: datagram) else { return keep(fields, in: datagram) }
        var rule = NftRule(expressions: [])
        if let list = fields.take(4) {
            var attributes = NetlinkAttributes(list)
            while let element = try attributes.next(in: datagram) {
                rule.expressions.append(try NftExpression(element.value, in: datagram))
            }
        }
        // Its handle, the handle of the one before, its comment, and its number within a batch.
        for type: UInt16 in [3, 6, 7, 9] { _ = fields.take(type) }
        let rest = fields.rest(in: datagram)
        if !rest.isEmpty { rule.expressions.append(.foreign("", rest)) }
        contents.rules[chain, default: []].append(rule)
    }

    private mutating func takeSet(_ fields: inout NftFields, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        guard let name = fields.text(2, in: datagram), contents.sets[name] == nil else {
            return keep(fields, in: datagram)
        }
        var set = NftContents.Set(
            flags: fields.number(3, in: datagram) ?? 0, keyType: fields.number(4, in: datagram) ?? 0,
            keyLength: fields.number(5, in: datagram) ?? 0, size: 0, isCounting: false)
        if let description = fields.take(9) {
            var inner = try NftFields(description, in: datagram)
            set.size = inner.number(1, in: datagram) ?? 0
            set.foreign = inner.rest(in: datagram)
        }
        if let expression = fields.take(17) {
            var inner = try NftFields(expression, in: datagram)
            set.isCounting = inner.text(1, in: datagram) == "counter"
            // What a counter begins with.
            if set.isCounting { _ = inner.take(2) }
            set.foreign += inner.rest(in: datagram)
        }
        // Its number within a batch, its comment, its handle, how the kernel keeps it, and how many elements it has.
        for type: UInt16 in [10, 13, 16, 19, 20] { _ = fields.take(type) }
        set.foreign += fields.rest(in: datagram)
        contents.sets[name] = set
    }

    private mutating func takeObject(_ fields: inout NftFields, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        guard let name = fields.text(2, in: datagram), contents.objects[name] == nil else {
            return keep(fields, in: datagram)
        }
        var object = NftContents.Object(type: fields.number(3, in: datagram) ?? 0)
        if object.type == NftExpression.counter, let data = fields.take(4) {
            counters[name] = try NftCount(data, in: datagram)
        }
        // Its use count, handle and comment.
        for type: UInt16 in [5, 6, 8] { _ = fields.take(type) }
        object.foreign = fields.rest(in: datagram)
        contents.objects[name] = object
    }

    private mutating func keep(_ fields: NftFields, in datagram: Span<UInt8>) {
        contents.foreign.append(fields.rest(in: datagram))
    }
}
