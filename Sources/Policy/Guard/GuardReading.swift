public import Protocols

/// What a look into the kernel brought: the guard's table as it is there now.
public struct GuardReading: Hashable, Sendable {
    /// Who may change the table.
    public enum Keeper: Hashable, Sendable {
        /// This guard, and nobody else.
        case us
        /// Whoever has the right to change nftables at all: its keeper has ended, and the next one may adopt it.
        case orphan
        /// Whoever has the right to change nftables at all: it never had a keeper, and cannot be given one.
        case anybody
        /// Another program: this guard cannot change it.
        case another
    }

    /// SHA-256 of its canonical form, in 64 hexadecimal digits.
    public var digest: String
    /// What tells this table from another of its name: one that was made anew has another number.
    public var handle: UInt64
    /// Who may change it.
    public var keeper: Keeper
    /// What makes it another than it should be, as the rest of a sentence that begins with "the table"; nil where it is the
    /// same, or nobody knows what it should be.
    public var difference: String?
    /// What it has counted.
    public var counts: GuardCounts

    /// A table of these.
    public init(
        digest: String, handle: UInt64, keeper: Keeper, counts: GuardCounts, difference: String? = nil
    ) {
        self.difference = difference
        self.digest = digest
        self.handle = handle
        self.keeper = keeper
        self.counts = counts
    }
}

/// What the counters of a table say, in packets, by name.
public struct GuardCounts: Hashable, Sendable {
    /// What an element of a dynamic set is of.
    public struct Element: Hashable, Sendable {
        /// The protocol over IP, by its number.
        public var transport: UInt8
        /// The destination's port, where the set has it.
        public var port: UInt16?
        /// The destination, where the set has it.
        public var destination: IPAddress?

        /// An element of these.
        public init(transport: UInt8, port: UInt16? = nil, destination: IPAddress? = nil) {
            self.transport = transport
            self.port = port
            self.destination = destination
        }
    }

    /// Named counters.
    public var counters: [String: UInt64]
    /// The elements of dynamic sets.
    public var sets: [String: [Element: UInt64]]

    /// These counts.
    public init(counters: [String: UInt64] = [:], sets: [String: [Element: UInt64]] = [:]) {
        self.counters = counters
        self.sets = sets
    }

    /// The users whom the table holds, told by their counters: "rest_107".
    public var users: Set<UInt32> {
        Set(counters.keys.compactMap { $0.hasPrefix("rest_") ? UInt32($0.dropFirst(5)) : nil })
    }
}
