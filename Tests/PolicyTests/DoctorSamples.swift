import Policy

/// What the guard may have said to doctor.
enum DoctorSamples {
    static let now = UTCTime(unixSeconds: 1_800_000_000)

    static func heartbeat(
        problem: String? = nil, age: Int64 = 0, mode: GuardHeartbeat.Mode = .owned, repairs: UInt64 = 0,
        canaryAge: Int64? = 30, stopped: [StoppedPackets] = []
    ) -> GuardHeartbeat {
        let canary = canaryAge.map {
            GuardHeartbeat.Canary(at: UTCTime(unixSeconds: now.unixSeconds - $0), isProven: true, detail: "all")
        }
        return GuardHeartbeat(
            problem: problem, digest: "", checkedAt: UTCTime(unixSeconds: now.unixSeconds - age), mode: mode,
            router: nil,
            repairs: repairs, users: [GuardHeartbeat.User(name: "monero", id: 107, canary: canary, stopped: stopped)])
    }

    static func evidence(
        _ word: GuardEvidence.Word, canary: GuardEvidence.Canary? = .ran(.proven, "proven: all"),
        mode: KillSwitchConfiguration.GuardMode = .required, wanted: [String] = ["monero"]
    ) -> GuardEvidence {
        GuardEvidence(word, canaries: canary.map { ["monero": $0] } ?? [:], mode: mode, wanted: wanted, now: now)
    }

    static let proven = evidence(.heartbeat(heartbeat()))
    static let canaryFailed = evidence(.heartbeat(heartbeat()), canary: .ran(.notProven, "not proven: udp4 PASSED"))
    static let stale = evidence(.heartbeat(heartbeat(age: 6)))
    static let broken = evidence(.heartbeat(heartbeat(problem: "a rule is missing")))
    static let absent = evidence(.absent("no guard answers"))
    static let denied = evidence(.denied("this user may not ask"))
}
