public import Protocols

/// What the kernel is to hold: what the configuration and this machine's users come to.
public struct GuardWish: Hashable, Sendable {
    /// The table.
    public let table: NftTable
    /// SHA-256 of its canonical form, in 64 hexadecimal digits.
    public let digest: String
    /// Whom it holds.
    public let users: [GuardedUsers.User]
    /// The router's user, where the table has a chain for it.
    public let router: UInt32?
    /// Who cannot be held, and the mend; nil where everybody is.
    public let problem: String?
    /// What marks the connections that a user began, by the user's number.
    public let marks: [UInt32: UInt32]

    /// What follows from a configuration and the numbers of its users.
    ///
    /// - Parameter digest: SHA-256 of a table's canonical form, as above.
    public init(_ configuration: Configuration, _ guarded: GuardedUsers, digest: (NftTable) -> String) {
        let ruleset = Ruleset(configuration, guarded)
        table = ruleset.table
        self.digest = digest(ruleset.table)
        users = ruleset.users
        router = ruleset.router
        marks = ruleset.marks
        problem = guarded.problems.isEmpty ? nil : guarded.problems.joined(separator: "; ")
    }

    /// The numbers of those whom it holds.
    public var userIDs: Set<UInt32> { Set(users.map(\.id)) }

    /// Whether it knows itself that somebody is missing, and so might let go of one of these users by mistake.
    func losesAny(of held: Set<UInt32>) -> Bool {
        problem != nil && !held.isSubset(of: userIDs)
    }

    /// The same of those whom another one holds. Whoever has another number now is not lost.
    func losesAny(of other: GuardWish) -> Bool {
        problem != nil && !Set(other.users.map(\.name)).isSubset(of: users.map(\.name))
    }
}
