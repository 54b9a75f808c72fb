extension NftTable {
    /// What the kernel will hold once it has taken this table.
    public var contents: NftContents {
        var contents = NftContents()
        for chain in chains {
            contents.chains[chain.name] = NftContents.Chain(hook: chain.hook?.contents)
            let rules = chain.plainRules
            if !rules.isEmpty { contents.rules[chain.name] = rules.map { NftRule($0) } }
        }
        for set in sets {
            contents.sets[set.name] = NftContents.Set(
                flags: Set.dynamic, keyType: set.key.type, keyLength: set.key.length, size: set.size, isCounting: true)
        }
        for counter in counters { contents.objects[counter] = NftContents.Object(type: NftExpression.counter) }
        return contents
    }
}

extension NftTable.Chain {
    /// Its rules as the kernel has them: see `NftRule.alternatives`.
    var plainRules: [[NftStatement]] { rules.flatMap { NftRule.alternatives($0) } }
}

extension NftTable.Set {
    /// NFT_SET_EVAL: packets may add to it.
    static let dynamic: UInt32 = 0x20
}

extension NftTable.Chain.Hook {
    /// Its type, its place among the hooks (NF_INET_…), when it has its turn there, and what becomes of a packet that
    /// it says nothing of: NF_ACCEPT.
    var contents: NftContents.Chain.Hook {
        switch self {
        case .filterInput: .init(type: "filter", number: 1, priority: 0, policy: 1)
        case .filterOutput: .init(type: "filter", number: 3, priority: 0, policy: 1)
        case .filterPostrouting: .init(type: "filter", number: 4, priority: 0, policy: 1)
        case .natOutput: .init(type: "nat", number: 3, priority: -100, policy: 1)
        }
    }
}

extension NftStatement.Key {
    /// The parts of the key by nft's own numbers for them, six bits each: 7 ipv4_addr, 8 ipv6_addr, 12 inet_proto, 13
    /// inet_service. The kernel keeps this for nft to list the set by.
    var type: UInt32 {
        let parts: [UInt32] =
            switch self {
            case .transport: [12]
            case .transportAndPort: [12, 13]
            case .destinationIPv4: [7, 12, 13]
            case .destinationIPv6: [8, 12, 13]
            }
        return parts.reduce(0) { $0 << 6 | $1 }
    }

    /// Its bytes, each part filled up to four.
    var length: UInt32 {
        switch self {
        case .transport: 1
        case .transportAndPort: 8
        case .destinationIPv4: 12
        case .destinationIPv6: 24
        }
    }
}
