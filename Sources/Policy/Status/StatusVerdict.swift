/// How the whole stands and why, decided from what was proven and from nothing else.
public struct StatusVerdict: Hashable, Sendable {
    /// How the whole stands.
    public let state: ProtectionState
    /// Why, in one sentence that names each cause.
    public let reason: String

    /// The verdict on these facts: the first of blocked, unguarded, degraded and protected that holds.
    public static func of(_ facts: StatusFacts) -> StatusVerdict {
        let blocking = facts.blockingCauses
        if !blocking.isEmpty { return StatusVerdict(state: .blocked, reason: sentence(blocking)) }
        let lacking = facts.lackingCauses
        switch facts.guardProof {
        case .off:
            return StatusVerdict(state: .unguarded, reason: sentence([StatusFacts.guardIsOff] + lacking))
        case .enforcing where lacking.isEmpty:
            let names = facts.egress.map(\.name).joined(separator: ", ")
            return StatusVerdict(
                state: .protected, reason: sentence(["the guard is enforcing and every egress is ready: \(names)"]))
        case .enforcing:
            return StatusVerdict(state: .degraded, reason: sentence(lacking + ["the rest is protected"]))
        case .unproven:
            // Already a blocking cause above; stated so that no proof is ever taken for granted.
            return StatusVerdict(state: .blocked, reason: sentence(lacking))
        }
    }

    private static func sentence(_ causes: [String]) -> String {
        causes.joined(separator: "; ").oneLine
    }
}

/// What was proven, as far as the verdict depends on it.
public struct StatusFacts: Hashable, Sendable {
    /// The operator's lock.
    public enum Lock: Hashable, Sendable {
        /// Traffic may pass.
        case unlocked
        /// The operator locked it.
        case byOperator
        /// The lock's state cannot be read, and so it is locked; why, in words.
        case unreadable(String)
    }

    /// What is known of the guard.
    public enum GuardProof: Hashable, Sendable {
        /// Switched off in the configuration.
        case off
        /// Required, and proven at this time.
        case enforcing(UTCTime)
        /// Required, and not proven; why, in words.
        case unproven(String)
    }

    /// The operator's lock.
    public var lock: Lock
    /// What is known of the guard.
    public var guardProof: GuardProof
    /// Every configured egress.
    public var egress: [EgressStatus]
    /// The names of those that some route leads to; empty where every route is "block".
    public var routed: Set<String>
    /// The names of those that are of no use: no route leads to them, not through another egress either.
    public var idle: Set<String>
    /// What else is configured and not proven, each in one sentence: a listener that does not accept, a service
    /// that is not published.
    public var shortcomings: [String]

    /// These facts.
    public init(
        lock: Lock, guardProof: GuardProof, egress: [EgressStatus], routed: Set<String>, idle: Set<String> = [],
        shortcomings: [String] = []
    ) {
        self.lock = lock
        self.guardProof = guardProof
        self.egress = egress
        self.routed = routed
        self.idle = idle
        self.shortcomings = shortcomings
    }

    /// The kill-switch part of the document that these facts make.
    ///
    /// - Parameters:
    ///   - stopped: what the guard stopped.
    ///   - heartbeat: the guard's last word.
    public func killSwitch(
        stopped: [StoppedPackets] = [], heartbeat: GuardHeartbeat? = nil
    ) -> KillSwitchStatus {
        var guardStatus =
            switch guardProof {
            case .off: GuardStatus(state: .off)
            case .enforcing(let time): GuardStatus(state: .enforcing, provenAt: time)
            case .unproven: GuardStatus(state: .unproven)
            }
        guardStatus.repairs = heartbeat?.repairs
        for user in heartbeat?.users ?? [] { guardStatus.canaries[user.name] = user.canary?.at }
        return KillSwitchStatus(locked: lock != .unlocked, guardStatus: guardStatus, stopped: stopped)
    }
}

extension StatusFacts {
    /// Every screen says this where it holds.
    static let guardIsOff = "the guard is off: the router fails closed, but nothing holds anyone to this router"

    /// Each reason why nothing passes the router; none if something does.
    fileprivate var blockingCauses: [String] {
        var causes: [String] = []
        switch lock {
        case .unlocked: break
        case .byOperator: causes.append("locked by the operator")
        case .unreadable(let why): causes.append("locked, as the lock's state cannot be read: \(why)")
        }
        if case .unproven(let why) = guardProof { causes.append("the guard is required and not proven: \(why)") }
        if routed.isEmpty {
            causes.append("every route is block")
        } else if !egress.contains(where: { routed.contains($0.name) && $0.state == .ready }) {
            let details = egress.filter { routed.contains($0.name) }.map(\.nameAndDetail) + unreported
            causes.append("no egress is ready: " + details.joined(separator: ", "))
        }
        if !causes.isEmpty, guardProof == .off { causes.append("and \(Self.guardIsOff)") }
        return causes
    }

    /// Each thing that is configured and not proven.
    fileprivate var lackingCauses: [String] {
        egress.filter { $0.state != .ready && !idle.contains($0.name) }.map { "not ready: \($0.nameAndDetail)" }
            + unreported.map { "not ready: \($0)" } + shortcomings
    }

    /// Routes to an egress of which nothing is known: as good as down.
    private var unreported: [String] {
        routed.subtracting(egress.map(\.name)).sorted().map { "\($0): nothing is known of it" }
    }
}

extension EgressStatus {
    /// "tor: bootstrapped 45 %: loading relay descriptors"
    fileprivate var nameAndDetail: String {
        "\(name): \(detail.isEmpty ? state.rawValue : detail.oneLine)"
    }
}
