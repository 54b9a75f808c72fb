public import Protocols

/// Whether the guard is proven, by what it says on its socket: a machine. The driver connects, and moves its bytes.
///
/// ```
/// off ─required─▶ down ─connect─▶ connected ─a heartbeat that holds─▶ proven ─silence, its end, another word─▶ unproven
///                  ▲  └─ not there: again after `pause`                         and back by the next one that holds
///                  └──── ended
/// ```
/// Proven is: the ruleset that the guard has just read back from the kernel is the one that follows from this router's
/// own configuration, and no canary got past it. Nothing else is, and nothing for longer than `silence`.
public struct GuardProofMachine: Sendable {
    /// Times.
    public enum Limits {
        /// The guard speaks each second. All must be cut within two seconds of its end, whatever that is.
        public static let silence: Duration = .milliseconds(1900)
        /// A word that is older when it is heard proves nothing: it waited in a queue.
        public static let oldest: Int64 = 3
        /// Between two tries to reach it.
        public static let pause: Duration = .milliseconds(500)
        /// For its answer to a verb.
        public static let answer: Duration = .seconds(3)
        /// For a canary, in seconds: it runs each minute.
        public static let canaryAge: Int64 = 180
        /// The bytes of a line. The ledger of a user has a few hundred rows at most.
        public static let line = 1 << 20
    }

    /// What the configuration in force asks for.
    public struct Expectation: Sendable {
        /// Whether the guard must be proven.
        public var isRequired: Bool
        /// Whom it must hold.
        public var guarded: GuardedUsers
        /// The digest of the ruleset that must be in the kernel, where that has a chain for this user as the router's.
        /// nil where it cannot be computed.
        public var digest: @Sendable (UInt32?) -> String?

        /// This.
        public init(
            isRequired: Bool, guarded: GuardedUsers, digest: @escaping @Sendable (UInt32?) -> String?
        ) {
            self.isRequired = isRequired
            self.guarded = guarded
            self.digest = digest
        }
    }

    /// What the driver is to do.
    public enum Effect: Hashable, Sendable {
        /// Connect; the outcome is told by `connected` or `unreachable`.
        case connect
        /// Close the connection. `ended` is not called for it.
        case disconnect
        /// Send these bytes on it.
        case send([UInt8])
        /// What came of the sockets that were to be destroyed.
        case destroyed(GuardDestruction)
    }

    enum Link: Hashable {
        case off
        /// Being connected to.
        case opening
        /// Not there; when it is tried again.
        case down(until: Instant)
        /// There, and heard, or not, since then.
        case up(since: Instant)
    }

    let path: String
    var expectation: Expectation
    var link = Link.off
    /// Why it is not there; nil before the first try.
    var downReason: String?
    /// Its last word; nil where there is none, or none that counts any more.
    public internal(set) var heartbeat: GuardHeartbeat?
    /// The last word that there was, for what it counted: that stays true.
    public internal(set) var lastHeartbeat: GuardHeartbeat?
    var isSilent = false
    private var heard = Instant(milliseconds: 0)
    private var lines = JSONLineReader(limit: Limits.line)
    /// Until when answers to `destroy` may come, in their order.
    private var destructions: [Instant] = []
    /// Somebody is to be held who was not before: what he has open is destroyed as soon as he is.
    private var owesDestruction = false
    /// By the router's user that the guard was told of; computed once.
    private var digests: [UInt32?: String?] = [:]

    /// Nothing is known.
    ///
    /// - Parameter path: the guard's socket, as sentences name it.
    public init(path: String, _ expectation: Expectation) {
        self.path = path
        self.expectation = expectation
    }

    /// When `tick` must be called at the latest.
    public var deadline: Instant? {
        var times: [Instant] = destructions
        switch link {
        case .off, .opening: break
        case .down(let until): times.append(until)
        case .up(let since): if !isSilent { times.append(max(since, heard) + Limits.silence) }
        }
        return times.min()
    }

    /// Begins.
    public mutating func start() -> [Effect] {
        guard expectation.isRequired, link == .off else { return [] }
        link = .opening
        return [.connect]
    }

    /// Another configuration is in force, or the users have other numbers.
    public mutating func configured(_ new: Expectation) -> [Effect] {
        let before = Set(expectation.guarded.users)
        if expectation.isRequired, !before.isSuperset(of: new.guarded.users) { owesDestruction = true }
        expectation = new
        digests = [:]
        if let heartbeat { digests[heartbeat.router] = new.digest(heartbeat.router) }
        guard new.isRequired else { return stop() }
        return start()
    }

    /// Ends.
    public mutating func stop() -> [Effect] {
        let wasLinked = link != .off
        link = .off
        forget()
        return (wasLinked ? [.disconnect] : []) + abandonDestructions("the router ends")
    }

    /// The connection stands.
    ///
    /// - Parameter user: who is at its other end, as the kernel says; nil where it does not.
    public mutating func connected(to user: UInt32?, now: Instant) -> [Effect] {
        guard link == .opening else { return [] }
        if let user, user != 0, let confined = expectation.guarded.users.first(where: { $0.id == user }) {
            return down(
                "what answers at \(path) runs as \(confined.name), whom the guard is to hold: end it, and "
                    + "systemctl start xmr-routed-guard", now: now, isOpen: true)
        }
        link = .up(since: now)
        lines = JSONLineReader(limit: Limits.line)
        return []
    }

    /// There is no connection.
    ///
    /// - Parameter reason: the kernel's words.
    public mutating func unreachable(_ reason: String, isForbidden: Bool, now: Instant) -> [Effect] {
        guard link != .off else { return [] }
        return down(
            isForbidden
                ? "the guard's socket \(path) may not be opened (\(reason)): make the router's user a member of the "
                    + "group xmr-routed"
                : "no guard answers at \(path) (\(reason)): systemctl start xmr-routed-guard", now: now)
    }

    /// The connection has ended.
    public mutating func ended(now: Instant) -> [Effect] {
        guard link != .off else { return [] }
        return down("the guard has ended: systemctl start xmr-routed-guard", now: now)
    }

    private mutating func down(_ reason: String, now: Instant, isOpen: Bool = false) -> [Effect] {
        link = .down(until: now + Limits.pause)
        downReason = reason
        forget()
        return (isOpen ? [.disconnect] : []) + abandonDestructions(reason)
    }

    private mutating func forget() {
        heartbeat = nil
        isSilent = false
    }

    /// Bytes came over it.
    ///
    /// - Parameter time: the wall clock's, by which the guard dates what it says.
    public mutating func received(_ bytes: Span<UInt8>, now: Instant, time: UTCTime) -> [Effect] {
        guard case .up = link else { return [] }
        var effects: [Effect] = []
        for line in lines.receive(bytes) {
            do throws(DocumentFailure) {
                effects += try take(line, now: now, time: time)
            } catch {
                return effects
                    + down(
                        "what answers at \(path) does not speak as this version's guard does (\(error.description)): "
                            + "install one version, and systemctl restart xmr-routed-guard", now: now, isOpen: true)
            }
        }
        return effects
    }

    private mutating func take(
        _ line: JSONLineReader.Line, now: Instant, time: UTCTime
    ) throws(DocumentFailure) -> [Effect] {
        let message = try GuardMessage(line)
        switch message {
        case .heartbeat(let said):
            // What it complains of is heard whenever it last read the kernel: perhaps that is what it cannot do.
            guard said.problem != nil || abs(time.unixSeconds - said.checkedAt.unixSeconds) <= Limits.oldest else {
                return []
            }
            heartbeat = said
            lastHeartbeat = said
            heard = now
            isSilent = false
            // Once for each user as whom a router may be held: nothing that the guard chooses.
            if digests[said.router] == nil { digests = [said.router: expectation.digest(said.router)] }
            guard owesDestruction, doubt == nil else { return [] }
            owesDestruction = false
            return destroy(now: now)
        case .destroyed, .refused:
            guard !destructions.isEmpty, let outcome = GuardDestruction(message) else { return [] }
            destructions.removeFirst()
            return [.destroyed(outcome)]
        }
    }

    /// The digest of the ruleset that should be in the kernel, as far as the guard's last word depends on it.
    var wantedDigest: String? { heartbeat.flatMap { digests[$0.router] ?? nil } }

    /// The confined users' sockets are to be destroyed, and their connections forgotten.
    public mutating func destroy(now: Instant) -> [Effect] {
        switch link {
        case .off: return []
        case .opening, .down: return [.destroyed(.failed(downReason ?? "the guard has not answered yet"))]
        case .up:
            destructions.append(now + Limits.answer)
            return [.send(GuardRequest.destroy.line)]
        }
    }

    private mutating func abandonDestructions(_ reason: String) -> [Effect] {
        defer { destructions = [] }
        return destructions.map { _ in .destroyed(.failed(reason)) }
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> [Effect] {
        var effects: [Effect] = []
        while let first = destructions.first, first <= now {
            destructions.removeFirst()
            effects.append(.destroyed(.failed("the guard does not answer: systemctl restart xmr-routed-guard")))
        }
        switch link {
        case .down(let until) where until <= now:
            link = .opening
            return effects + [.connect]
        case .up(let since) where max(since, heard) + Limits.silence <= now:
            isSilent = true
        case .off, .opening, .down, .up: break
        }
        return effects
    }
}
