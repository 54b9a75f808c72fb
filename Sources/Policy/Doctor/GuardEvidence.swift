internal import Protocols

/// What is known of the guard: its own word, and what canaries proved a moment ago.
public struct GuardEvidence: Hashable, Sendable {
    /// The guard's word.
    public enum Word: Hashable, Sendable {
        /// Its last heartbeat.
        case heartbeat(GuardHeartbeat)
        /// None came: why, in a sentence.
        case absent(String)
        /// It may not be asked: why, in a sentence. Nothing is known then, neither good nor bad.
        case denied(String)
    }

    /// A canary that doctor ran, or why it did not.
    public enum Canary: Hashable, Sendable {
        /// It ran, and ended so.
        case ran(CanaryReport.Ending, String)
        /// It was not run: why.
        case notRun(String)
    }

    /// How old a canary of the guard's own timer may be.
    static let freshness: Int64 = 180
    /// How old a heartbeat's look at the kernel may be.
    static let heartbeatFreshness: Int64 = 5

    let word: Word
    let canaries: [String: Canary]
    let mode: KillSwitchConfiguration.GuardMode
    /// Whom it should hold, by the configuration.
    let wanted: [String]
    let now: UTCTime

    /// What is known now.
    ///
    /// - Parameter canaries: by the user's name.
    public init(
        _ word: Word, canaries: [String: Canary], mode: KillSwitchConfiguration.GuardMode, wanted: [String],
        now: UTCTime
    ) {
        self.word = word
        self.canaries = canaries
        self.mode = mode
        self.wanted = wanted
        self.now = now
    }

    private var heartbeat: GuardHeartbeat? {
        if case .heartbeat(let heartbeat) = word { heartbeat } else { nil }
    }

    /// Whether nothing can be known, since this user may not ask.
    public var isDenied: Bool {
        if case .denied = word { true } else { false }
    }

    private var isStale: Bool {
        heartbeat.map { now.unixSeconds - $0.checkedAt.unixSeconds > Self.heartbeatFreshness } ?? true
    }

    /// Whether the guard is to hold this user.
    public func knows(_ id: UInt32) -> Bool {
        heartbeat?.users.contains { $0.id == id } ?? false
    }

    /// Whether the guard is proven to hold this user: by the table that it read back, and by a canary.
    public func isHeld(_ id: UInt32) -> Bool {
        guard let heartbeat, heartbeat.isProven, !isStale, let user = heartbeat.users.first(where: { $0.id == id })
        else { return false }
        if case .ran(let ending, _) = canaries[user.name] { return ending == .proven }
        return isFreshlyProven(user)
    }

    /// The numbers of all whom the guard is to hold.
    public var heldIDs: [UInt32: String] {
        Dictionary(heartbeat?.users.map { ($0.id, $0.name) } ?? [], uniquingKeysWith: { first, _ in first })
    }

    private func isFreshlyProven(_ user: GuardHeartbeat.User) -> Bool {
        guard let canary = user.canary, canary.isProven else { return false }
        return now.unixSeconds - canary.at.unixSeconds <= Self.freshness
    }

    /// What there is to say of the guard.
    public var findings: [Finding] {
        var findings = Findings("guard", isHeld: false)
        switch word {
        case .absent(let why):
            if mode == .off {
                findings.add(
                    .warning, "it is switched off (guard = \"off\"): nothing holds anyone to this router",
                    mend: "guard = \"required\" in [kill-switch], and systemctl enable --now xmr-routed-guard")
            } else {
                findings.add(
                    .leak, "nothing shows that anybody is held: \(why)", mend: "systemctl restart xmr-routed-guard")
            }
        case .denied(let why):
            findings.add(.warning, "not proven: \(why)", mend: "sudo xmr-routed doctor")
        case .heartbeat(let heartbeat):
            table(heartbeat, &findings)
            for name in wanted where !heartbeat.users.contains(where: { $0.name == name }) {
                findings.add(
                    .leak, "it does not hold \(name.printable(limit: 32)), whom the configuration names",
                    mend: "systemctl restart xmr-routed-guard")
            }
            for user in heartbeat.users { canary(user, &findings) }
        }
        return findings.list
    }

    private func table(_ heartbeat: GuardHeartbeat, _ findings: inout Findings) {
        if let problem = heartbeat.problem {
            findings.add(
                .leak, "the kernel does not hold what it should: \(problem)", mend: "systemctl restart xmr-routed-guard"
            )
        } else if isStale {
            findings.add(
                .leak, "it has not looked at the kernel since \(heartbeat.checkedAt)",
                mend: "systemctl restart xmr-routed-guard")
        } else {
            let how =
                switch heartbeat.mode {
                case .owned: "nobody else can change it"
                case .watched: "others could change it, and it would be put back"
                }
            findings.add(.ok, "its table was read back from the kernel at \(heartbeat.checkedAt); \(how)")
        }
        if heartbeat.mode == .watched {
            findings.add(
                .note,
                "this kernel cannot keep others from flushing the table (6.9 and newer can); it is repaired within a second"
            )
        }
        if heartbeat.repairs > 0 {
            findings.add(
                .warning,
                "others changed its table, and it put it back: \(HumanUnits.count(heartbeat.repairs, "time"))",
                mend: "find what runs `nft flush ruleset`: a firewall's service that reloads")
        }
    }

    private func canary(_ user: GuardHeartbeat.User, _ findings: inout Findings) {
        let name = user.name.printable(limit: 32)
        switch canaries[user.name] ?? .notRun("no canary was run") {
        case .ran(.proven, let sentence): findings.add(.ok, "canary as \(name): \(sentence)")
        case .ran(_, let sentence):
            findings.add(.leak, "canary as \(name): \(sentence)", mend: "systemctl restart xmr-routed-guard")
        case .notRun(let why) where isFreshlyProven(user):
            findings.add(
                .note,
                "\(why); that \(name) is held was proven at \(user.canary.map { "\($0.at)" } ?? "an unknown time")")
        case .notRun(let why):
            findings.add(.warning, "that \(name) is held is not proven: \(why)", mend: "sudo xmr-routed doctor")
        }
        guard !user.stopped.isEmpty else { return }
        let most = user.stopped.sorted { $0.packets > $1.packets }.prefix(5)
        let what = most.map { stopped in
            "\(stopped.packets) of \(stopped.protocol)" + (stopped.port.map { " to port \($0)" } ?? "")
        }
        let more = user.stopped.count > 5 ? ", and others" : ""
        findings.add(
            .note, "it stopped packets of \(name): \(what.joined(separator: ", "))\(more)",
            mend: "see the findings about monerod for what sends them")
    }
}
