extension GuardProofMachine {
    /// What is known of the guard now; where it is not proven, why, and the mend.
    public var proof: StatusFacts.GuardProof {
        guard expectation.isRequired else { return .off }
        if let problem = doubt { return .unproven(problem) }
        // Without a word of it there is a doubt.
        guard let heartbeat else { return .unproven("the guard has said nothing yet") }
        return .enforcing(heartbeat.checkedAt)
    }

    /// Whether it is connected to.
    public var isUp: Bool { if case .up = link { true } else { false } }

    /// Why it is not proven; "it is proven" where it is.
    public var why: String { doubt ?? "it is proven" }

    /// Why it is not proven; nil where it is.
    var doubt: String? {
        if !expectation.guarded.problems.isEmpty { return expectation.guarded.problems.joined(separator: "; ") }
        guard case .up = link else { return downReason ?? "the guard at \(path) is being asked" }
        if isSilent { return "the guard has been silent for 2 s: systemctl restart xmr-routed-guard" }
        guard let heartbeat else { return "the guard at \(path) has said nothing yet" }
        if let problem = heartbeat.problem { return "the guard says: \(problem.oneLine)" }
        guard let wantedDigest else { return "the ruleset's digest cannot be computed: libcrypto lacks SHA-256" }
        guard heartbeat.digest == wantedDigest else {
            return "the guard holds another configuration than this router has: systemctl reload xmr-routed-guard, "
                + "and systemctl reload xmr-routed"
        }
        let failed = heartbeat.users.first { $0.canary?.isProven == false }
        return failed.map {
            "the last canary of \($0.name) did not prove the guard (\(($0.canary?.detail ?? "").oneLine)): "
                + "systemctl start xmr-routed-canary@\($0.name), then see xmr-routed doctor"
        }
    }

    /// What is amiss though it is proven, each in a sentence with the mend.
    ///
    /// - Parameter time: the wall clock's.
    public func threats(at time: UTCTime) -> [String] {
        guard expectation.isRequired, let heartbeat, doubt == nil else { return [] }
        var threats: [String] = []
        for user in heartbeat.users {
            let mend = "systemctl enable --now xmr-routed-canary@\(user.name).timer"
            guard let canary = user.canary else {
                threats.append("no canary has run as \(user.name) since the guard started: \(mend)")
                continue
            }
            let age = time.unixSeconds - canary.at.unixSeconds
            if age > Limits.canaryAge {
                threats.append("the last canary of \(user.name) is over 3 minutes old: \(mend)")
            }
        }
        if let router = expectation.guarded.router, heartbeat.router != router {
            let held = heartbeat.router.map { "user \($0)" } ?? "nobody"
            threats.append(
                "the guard holds \(held) as the router's user, but this router runs as user \(router): nothing keeps "
                    + "it to what is configured; run it as the user xmr-routed, or give the guard its name")
        }
        return threats
    }

    /// What the guard stopped of the confined users together, most packets first.
    ///
    /// - Parameter destinations: whether they may be named (`log.destinations`).
    public func stopped(destinations: Bool) -> [StoppedPackets] {
        StoppedPackets.sum(of: (lastHeartbeat?.users ?? []).flatMap(\.stopped), destinations: destinations)
    }
}
