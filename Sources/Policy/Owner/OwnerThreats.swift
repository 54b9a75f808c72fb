public import Protocols

/// Who used a listener though it is not for him: remembered by listener and user until ten minutes after
/// the last time, and told as events, of each at most one in five seconds.
public struct OwnerThreats: Sendable {
    /// How long it is shown after the last time.
    public static let memory: Duration = .seconds(600)
    /// Between two events of the same user at the same listener.
    public static let eventPause: Duration = .seconds(5)
    /// As many are remembered: whoever may take many user numbers must not fill the status.
    public static let limit = 16

    /// What there is to tell now.
    public struct Telling: Hashable, Sendable {
        /// What happened, in one sentence with the mend.
        public let sentence: String
        /// How often, since it was last told.
        public let count: UInt64
    }

    private enum Who: Hashable {
        case user(UInt32)
        case gone
        case unanswered
        /// One for whom there is no room.
        case further
    }

    private struct Key: Hashable {
        let listener: String
        let who: Who
    }

    private struct Entry {
        /// Made anew with each note: whom a listener is for may have changed meanwhile.
        var sentence: String
        let name: String?
        var last: Instant
        var told: Instant
        var untold: UInt64
    }

    private var entries: [Key: Entry] = [:]

    /// Nobody yet.
    public init() {}

    /// Somebody used a listener that is not for him.
    ///
    /// - Parameters:
    ///   - users: whom it is for.
    ///   - nameOf: the name of a user; asked once for each who is new.
    /// - Returns: what to tell now; nil where it was told just before, and for whom it is for.
    public mutating func note(
        _ caller: NodeUser.Caller, listener: String, users: ListenerUsers, now: Instant, nameOf: (UInt32) -> String?
    ) -> Telling? {
        var key: Key
        switch caller {
        case .node: return nil
        case .other(let user): key = Key(listener: listener, who: .user(user))
        case .unproven(.closed), .unproven(.missing): key = Key(listener: listener, who: .gone)
        case .unproven(.unanswered): key = Key(listener: listener, who: .unanswered)
        }
        if entries[key] == nil, entries.count >= Self.limit {
            entries = entries.filter { isFresh($0.value, now) }
            if entries.count >= Self.limit { key = Key(listener: "", who: .further) }
        }
        guard var entry = entries[key], isFresh(entry, now) else {
            let name: String? = if case .user(let user) = key.who { nameOf(user) } else { nil }
            let sentence = Self.sentence(key, caller, users, name)
            entries[key] = Entry(sentence: sentence, name: name, last: now, told: now, untold: 0)
            return Telling(sentence: sentence, count: 1)
        }
        entry.sentence = Self.sentence(key, caller, users, entry.name)
        entry.last = now
        entry.untold += 1
        defer { entries[key] = entry }
        guard now - entry.told >= Self.eventPause else { return nil }
        let count = entry.untold
        entry.told = now
        entry.untold = 0
        return Telling(sentence: entry.sentence, count: count)
    }

    /// The sentences for the status, in the same order each time.
    public func sentences(now: Instant) -> [String] {
        entries.values.filter { isFresh($0, now) }.map(\.sentence).sorted()
    }

    private func isFresh(_ entry: Entry, _ now: Instant) -> Bool {
        now - entry.last < Self.memory
    }

    private static func sentence(
        _ key: Key, _ caller: NodeUser.Caller, _ users: ListenerUsers, _ name: String?
    ) -> String {
        switch (key.who, caller) {
        case (.user(let user), _):
            if let confined = users.others.first(where: { $0.id == user }) {
                return
                    "\(key.listener) was used by user \(confined.name) (id \(user)), for whom it is not: \(users.mend), "
                    + "or name it in `listeners` of that user in [[kill-switch.confine]]"
            }
            let who = name.map { "user \($0.printable(limit: 32)) (id \(user))" } ?? "the user with id \(user)"
            return "\(key.listener) was used by \(who), whom no guard holds: \(users.mend)"
        case (.gone, _):
            return "\(key.listener) was used by a program that had gone before its user could be looked up, and was "
                + "refused: nothing is to be done unless it comes again and again"
        case (.unanswered, .unproven(.unanswered(let why))):
            return "who uses \(key.listener) cannot be looked up, so nobody there is taken for the node: \(why) "
                + "(a service unit must allow AF_NETLINK in RestrictAddressFamilies=)"
        case (.unanswered, _), (.further, _):
            return "the node's listeners were used by more than \(limit) others, whom no guard holds: see what runs on "
                + "this machine; \(users.mend)"
        }
    }
}
