public import Protocols

/// Keeps the kill-switch in the kernel as the configuration wants it: what was read back is compared, what is not as it
/// should be is put there anew, and what was found is told. No state of it leads to a kernel without the table: there is
/// no effect that takes it away.
///
/// ```
///  configured ─▶ read ─▶ as it should be? ── yes ─▶ proven; owned where the kernel can
///                             │ no, or there is none
///                             ▼
///                          replace (one transaction) ─▶ destroy older flows ─▶ read
/// ```
public struct GuardMachine: Sendable {
    /// What happened.
    public enum Event: Sendable {
        /// The configuration was read, or a user's number has changed.
        case configured(GuardWish)
        /// The configuration cannot be used, for this reason.
        case refused(String)
        /// The kernel was asked for the table; nil: there is none.
        case read(GuardReading?)
        /// The kernel does not say, for this reason.
        case unreadable(String)
        /// How a write ended.
        case written(WriteEnd)
        /// How `destroyFlows` ended: nil, none is left; else why some may be.
        case destroyed(problem: String?)
        /// Somebody has changed nftables: perhaps this guard itself.
        case changed
        /// Somebody needs to know now.
        case asked
        /// A second has passed.
        case tick
    }

    /// How a write ended.
    public enum WriteEnd: Hashable, Sendable {
        /// The kernel has it.
        case done
        /// The kernel cannot keep a table for one socket beyond that socket's life (before Linux 6.9).
        case cannotOwn
        /// It has it not, for this reason.
        case failed(String)
    }

    /// What is to be done, in this order.
    public enum Effect: Hashable, Sendable {
        /// Ask the kernel for the table; `read` or `unreadable` follows.
        case read
        /// Put this table there in one transaction, whatever was there; `written` follows.
        case replace(NftTable, owned: Bool)
        /// Become the owner of the table that is there; `written` follows.
        case adopt
        /// Destroy the connections that these users have, and those of others that lead out of this machine (`outward`),
        /// and forget what connection tracking knows of them; `destroyed` follows.
        case destroyFlows([UInt32], outward: [UInt32])
        /// Tell all who listen.
        case heartbeat
        /// Tell the operator.
        case say(String)
        /// Tell the operator what should not be so.
        case warn(String)
    }

    /// What the kernel is to hold; nil until a configuration was good.
    public private(set) var wish: GuardWish?
    /// The table as it was read last; nil where there was none, or the kernel did not say.
    public private(set) var reading: GuardReading?
    /// When that was.
    public private(set) var checkedAt = UTCTime(unixSeconds: 0)
    /// How often others took the table away or changed it, and it was put back.
    public private(set) var repairs: UInt64 = 0
    /// Whether the kernel was read back and holds all that it can: what the configuration asks for or, where that is not
    /// to be had, an older table of ours.
    public private(set) var isSettled = false

    private var isOwned: Bool
    /// Why the kernel does not hold what is wished; nil where it was read and does.
    private var kernelProblem: String? = "the kernel was not asked yet"
    /// Why the wish is not all of what is asked for: a configuration that was refused at the start, or somebody who has
    /// no number any more.
    private var standing: String?
    private var older = OlderFlows()
    /// Whether the table that was there at the start, if any, is still to be reckoned with.
    private var mayInherit = true
    /// Whether the present wish was in the kernel once: a difference since then is somebody else's doing.
    private var wasHeld = false
    /// Whether any wish was: before, nobody knows by whom and for whom the table is that is there.
    private var wasEverHeld = false
    private var write = Write.none
    /// What does not help is done once a second.
    private var mayReplace = true
    private var mayAdopt = true
    private var looks = 0
    private var told: String??
    var ledgers: [UInt32: StoppedLedger] = [:]
    var canaries: [UInt32: GuardHeartbeat.Canary] = [:]

    private enum Write {
        case none
        case adopting
        case replacing
    }

    /// How many changes are looked at in one second; after that the next second's look does.
    private static let mostLooks = 100

    /// A guard that has looked at nothing yet.
    ///
    /// - Parameter isOwned: whether the table is kept for this guard alone, where the kernel can.
    public init(isOwned: Bool) {
        self.isOwned = isOwned
    }

    /// Why not all is proven; nil where it is.
    public var problem: String? { kernelProblem ?? standing ?? older.problem(of: held) ?? wish?.problem }

    private var held: Set<UInt32> { wish?.userIDs ?? [] }

    /// Takes an event, and gives what follows from it.
    public mutating func receive(_ event: Event, at now: UTCTime) -> [Effect] {
        switch event {
        case .configured(let wish): configured(wish)
        case .refused(let reason): refused(reason)
        case .read(let reading): tellChange(after: read(reading, at: now))
        case .unreadable(let reason): tellChange(after: unreadable(reason))
        case .written(let end): tellChange(after: written(end))
        case .destroyed(let problem): destroyed(problem)
        case .changed: look()
        case .asked: [.read]
        case .tick: tick()
        }
    }

    private mutating func configured(_ new: GuardWish) -> [Effect] {
        if let old = wish, new.losesAny(of: old) {
            // A name has lost its number: whom the number named goes on running, and is held on.
            standing = new.problem
            return [.read]
        }
        standing = nil
        guard new != wish else { return [.read] }
        if new.table != wish?.table { wasHeld = false }
        wish = new
        mayReplace = true
        ledgers = ledgers.filter { new.userIDs.contains($0.key) }
        canaries = canaries.filter { new.userIDs.contains($0.key) }
        for user in new.userIDs where ledgers[user] == nil { ledgers[user] = StoppedLedger(user: user) }
        return [.read]
    }

    private mutating func refused(_ reason: String) -> [Effect] {
        guard wish == nil else { return [.warn("refused, the old ruleset stays in force: \(reason)")] }
        standing = reason
        return [.read]
    }

    private mutating func tick() -> [Effect] {
        mayReplace = true
        mayAdopt = true
        looks = 0
        return payDebt() + [.read, .heartbeat]
    }

    /// Only where rules hold them does it not begin anew.
    private func payDebt() -> [Effect] {
        guard isSettled, let debt = older.owed(to: held) else { return [] }
        return [debt]
    }

    private mutating func look() -> [Effect] {
        looks += 1
        return looks <= Self.mostLooks ? [.read] : []
    }

    // What the kernel holds.

    private mutating func unreadable(_ reason: String) -> [Effect] {
        reading = nil
        isSettled = false
        kernelProblem = reason
        return []
    }

    private mutating func read(_ found: GuardReading?, at now: UTCTime) -> [Effect] {
        count(found)
        reading = found
        checkedAt = now
        isSettled = false
        guard let wish else {
            // There is nothing to put there, and what is there is not taken away.
            kernelProblem = found == nil ? "nobody is held: the kernel has no table of the guard" : nil
            isSettled = found != nil
            return adopt()
        }
        let isInherited = mayInherit && found.map { $0.keeper != .another } ?? true
        if isInherited {
            mayInherit = false
            older.owe(outward: found?.counts.users ?? [])
        }
        guard let found else { return replace(by: wish) }
        // Without a digest whoever is to be held is held all the same; only the router cannot be shown it.
        if wish.digest.isEmpty ? found.difference == nil : found.digest == wish.digest {
            // Only a table made anew can be ours alone.
            if isOwned, mayReplace, found.keeper == .anybody {
                wasHeld = false
                return replace(by: wish)
            }
            wasHeld = true
            wasEverHeld = true
        } else if !wasEverHeld, wish.losesAny(of: found.counts.users) {
            kernelProblem = nil
            isSettled = true
            return takeOver(isInherited)
        } else {
            return replace(by: wish)
        }
        isSettled = true
        kernelProblem = found.keeper == .another ? Self.kept : wish.digest.isEmpty ? Self.undigested : nil
        return takeOver(isInherited)
    }

    /// The table is as it should be.
    private mutating func takeOver(_ isInherited: Bool) -> [Effect] {
        let debt = isInherited ? payDebt() : []
        return debt.isEmpty ? adopt() : debt + [.read]
    }

    private static let undigested = "this machine's cryptographic library has no SHA-256, so nothing can be proven"
    private static let kept =
        "another program keeps the guard's table for itself, so that this guard could not change it: end the other guard"

    private mutating func count(_ found: GuardReading?) {
        let isAnother = found?.handle != reading?.handle
        for user in ledgers.keys {
            if isAnother { ledgers[user]?.tableIsGone() }
            if let found { ledgers[user]?.observe(found.counts) }
        }
    }

    private mutating func adopt() -> [Effect] {
        guard isOwned, mayAdopt, reading?.keeper == .orphan else { return [] }
        mayAdopt = false
        write = .adopting
        return [.adopt]
    }

    private mutating func replace(by wish: GuardWish) -> [Effect] {
        guard wasHeld || mayReplace else {
            kernelProblem =
                "the kernel does not hold the ruleset that it was given: the table \(reading?.difference ?? "is not there")"
            return []
        }
        var effects: [Effect] = []
        // Where somebody else took rules away, connections may have been opened since by whom they held.
        older.owe(all: wasHeld ? wish.userIDs : wish.userIDs.subtracting(reading?.counts.users ?? []))
        write = .replacing
        if wasHeld {
            repairs += 1
            let what = reading == nil ? "is gone" : reading?.difference ?? "is another"
            effects.append(
                .warn("somebody has changed the guard's table, which \(what): it is put back (repair \(repairs))"))
        }
        wasHeld = false
        mayReplace = false
        return effects + [.replace(wish.table, owned: isOwned)]
    }

    private mutating func written(_ end: WriteEnd) -> [Effect] {
        let ended = write
        write = .none
        switch (end, ended) {
        case (.done, .replacing): return (older.owed(to: held).map { [$0] } ?? []) + [.read]
        case (.done, _): return [.read]
        case (.failed(let reason), _):
            kernelProblem = reason
            isSettled = false
            return []
        case (.cannotOwn, _):
            isOwned = false
            let warn = Effect.warn(
                "this kernel cannot keep a table for its owner (Linux 6.9 and newer can): it is watched, and put back when "
                    + "somebody changes it")
            guard case .replacing = ended, let wish else { return [warn] }
            write = ended
            return [warn, .replace(wish.table, owned: false)]
        }
    }

    /// What could not be destroyed is tried again each second.
    private mutating func destroyed(_ problem: String?) -> [Effect] {
        older.tried(of: held, problem: problem)
        return []
    }

    /// Says at once that something is, or is not any more, proven; once it is known, not while a question is open.
    private mutating func tellChange(after effects: [Effect]) -> [Effect] {
        let isOpen = effects.contains { effect in
            switch effect {
            case .read, .replace, .adopt, .destroyFlows: true
            case .heartbeat, .say, .warn: false
            }
        }
        guard !isOpen, told != .some(problem) else { return effects }
        told = .some(problem)
        let holds = (wish?.users ?? []).map { "\($0.name) (user \($0.id))" }.joined(separator: ", ")
        let sentence = problem.map { Effect.warn("NOT PROVEN: \($0)") } ?? .say("proven: the kernel holds \(holds)")
        return effects + [sentence, .heartbeat]
    }
}
