/// A table of the family inet, whole: what `nft list table inet NAME` shows. A value; nothing of it depends on what the
/// kernel holds.
public struct NftTable: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its named counters, in their order.
    public var counters: [String]
    /// Its dynamic sets, in their order.
    public var sets: [Set]
    /// Its chains, in their order: a rule goes to chains by name, wherever they stand.
    public var chains: [Chain]

    /// A table of these.
    public init(name: String, counters: [String] = [], sets: [Set] = [], chains: [Chain] = []) {
        self.name = name
        self.counters = counters
        self.sets = sets
        self.chains = chains
    }

    /// A set that packets fill (`flags dynamic`), each element with a counter.
    public struct Set: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// What it is keyed by.
        public var key: NftStatement.Key
        /// How many elements it takes.
        public var size: UInt32

        /// A set of these.
        public init(name: String, key: NftStatement.Key, size: UInt32) {
            self.name = name
            self.key = key
            self.size = size
        }
    }

    /// A chain.
    public struct Chain: Hashable, Sendable {
        /// Where packets enter a base chain.
        public enum Hook: Hashable, Sendable {
            /// `type filter hook output priority filter; policy accept;`
            case filterOutput
            /// `type filter hook input priority filter; policy accept;`
            case filterInput
            /// `type filter hook postrouting priority filter; policy accept;`
            case filterPostrouting
            /// `type nat hook output priority -100; policy accept;`
            case natOutput
        }

        /// Its name.
        public var name: String
        /// Where packets enter it; nil for one that is only gone to.
        public var hook: Hook?
        /// Its rules, each a row of statements.
        public var rules: [[NftStatement]]

        /// A chain of these.
        public init(name: String, hook: Hook? = nil, rules: [[NftStatement]] = []) {
            self.name = name
            self.hook = hook
            self.rules = rules
        }
    }
}
