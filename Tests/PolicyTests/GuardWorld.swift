import Policy
import Protocols

/// A kernel that holds at most one table, and a guard that keeps it there.
struct GuardWorld {
    struct Table: Hashable {
        var digest: String
        var handle: UInt64
        var keeper: GuardReading.Keeper
        var counts: GuardCounts
    }

    var machine: GuardMachine
    var table: Table?
    /// What a write comes to; nil: it is done.
    var writeFails: GuardMachine.WriteEnd?
    var canOwn = true
    var readFails: String?
    var destroyFails: String?
    /// What the kernel makes of a table that it is given.
    var spoils = false
    var digest: (NftTable) -> String = GuardWorld.digest
    var said: [String] = []
    var done: [GuardMachine.Effect] = []
    var heartbeats: [GuardHeartbeat] = []
    private var handles: UInt64 = 0
    private(set) var now: Int64 = 1000

    init(isOwned: Bool = true, table: Table? = nil) {
        machine = GuardMachine(isOwned: isOwned)
        self.table = table
    }

    /// Lets it happen, and all that follows.
    mutating func happen(_ event: GuardMachine.Event) {
        var events = [event]
        var steps = 0
        while !events.isEmpty, steps < 1000 {
            steps += 1
            let effects = machine.receive(events.removeFirst(), at: UTCTime(unixSeconds: now))
            // As the driver does it: an effect's own consequences come before the next effect.
            for effect in effects.reversed() { pending.append(effect) }
            while events.isEmpty, let effect = pending.popLast() {
                if let event = perform(effect) { events.append(event) }
            }
        }
    }
    private var pending: [GuardMachine.Effect] = []

    mutating func tick() {
        now += 1
        happen(.tick)
    }

    private mutating func perform(_ effect: GuardMachine.Effect) -> GuardMachine.Event? {
        done.append(effect)
        switch effect {
        case .read:
            if let readFails { return .unreadable(readFails) }
            return .read(
                table.map {
                    GuardReading(digest: $0.digest, handle: $0.handle, keeper: $0.keeper, counts: $0.counts)
                })
        case .replace(let new, let owned):
            if owned, !canOwn { return .written(.cannotOwn) }
            if let writeFails { return .written(writeFails) }
            handles += 1
            let counters = Dictionary(new.counters.map { ($0, UInt64(0)) }) { first, _ in first }
            table = Table(
                digest: spoils ? "spoilt" : digest(new), handle: handles, keeper: owned ? .us : .anybody,
                counts: GuardCounts(counters: counters))
            return .written(.done)
        case .adopt:
            if !canOwn { return .written(.cannotOwn) }
            if let writeFails { return .written(writeFails) }
            table?.keeper = .us
            return .written(.done)
        case .destroyFlows: return .destroyed(problem: destroyFails)
        case .heartbeat:
            heartbeats.append(machine.heartbeat)
            return nil
        case .say(let sentence), .warn(let sentence):
            said.append(sentence)
            return nil
        }
    }

    static func digest(_ table: NftTable) -> String { "digest of \(table.hashValue)" }

    /// How often an effect was asked for.
    func count(_ match: (GuardMachine.Effect) -> Bool) -> Int { done.filter(match).count }
    var replacements: Int { count { if case .replace = $0 { true } else { false } } }
    var destroyed: [[UInt32]] {
        done.compactMap { if case .destroyFlows(let users, _) = $0, !users.isEmpty { users } else { nil } }
    }
    /// The same, of those of whom only what leads out of this machine is destroyed.
    var destroyedOutward: [[UInt32]] {
        done.compactMap { if case .destroyFlows(_, let outward) = $0, !outward.isEmpty { outward } else { nil } }
    }
}

/// What a configuration with these ports comes to, where these names have these numbers.
func wish(
    ports: [UInt16] = [], users: [String: UInt32] = ["monero": 107], confine: [String] = [], router: UInt32? = 995,
    digest: (NftTable) -> String = GuardWorld.digest
) -> GuardWish {
    var configuration = Configuration.builtIn
    configuration.egresses = [EgressConfiguration(name: "tor", kind: .tor(TorConfiguration(.managed(torrc: []))))]
    configuration.node.localPorts = ports
    configuration.killSwitch.confine = confine.map { ConfinedUserConfiguration(user: $0, listeners: ["node.proxy"]) }
    let guarded = GuardedUsers(configuration, idOf: { users[$0] }, router: router)
    return GuardWish(configuration, guarded, digest: digest)
}

/// The table of a wish as a kernel has it.
func table(of wish: GuardWish, keeper: GuardReading.Keeper, handle: UInt64 = 900) -> GuardWorld.Table {
    GuardWorld.Table(
        digest: wish.digest, handle: handle, keeper: keeper,
        counts: GuardCounts(
            counters: Dictionary(wish.table.counters.map { ($0, UInt64(0)) }) { first, _ in first }))
}
