import Policy
import Testing

/// How the whole stands: never better than what was proven.
@Suite struct StatusVerdictTests {
    static let locks: [StatusFacts.Lock] = [.unlocked, .byOperator, .unreadable("the file is cut off")]
    static let guards: [StatusFacts.GuardProof] = [
        .off, .enforcing(StatusSamples.time), .unproven("no guard answers at its socket"),
    ]
    static let egresses: [[EgressStatus]] =
        [[]] + Readiness.allCases.map { [StatusSamples.egress("tor", $0, "detail of tor")] }
        + Readiness.allCases.flatMap { tor in
            Readiness.allCases.map { work in
                [
                    StatusSamples.egress("tor", tor, "detail of tor"),
                    StatusSamples.egress("proxy.work", work, "detail of work"),
                ]
            }
        }
    static let routes: [Set<String>] = [[], ["tor"], ["tor", "proxy.work"], ["vpn.unknown"]]

    static let everything: [StatusFacts] = locks.flatMap { lock in
        guards.flatMap { guardProof in
            egresses.flatMap { egress in
                routes.flatMap { routed in
                    [[], ["tor.p2p is not published"]].map {
                        StatusFacts(
                            lock: lock, guardProof: guardProof, egress: egress, routed: routed, shortcomings: $0)
                    }
                }
            }
        }
    }

    @Test func neverBetterThanProven() {
        #expect(Self.everything.count == 3 * 3 * 21 * 4 * 2)
        for facts in Self.everything {
            let verdict = StatusVerdict.of(facts)
            let routedReady = facts.egress.contains { facts.routed.contains($0.name) && $0.state == .ready }
            let isUnproven = if case .unproven = facts.guardProof { true } else { false }
            let isBlocked = facts.lock != .unlocked || isUnproven || !routedReady
            let lacks =
                facts.egress.contains { $0.state != .ready } || !facts.shortcomings.isEmpty
                || !facts.routed.isSubset(of: Set(facts.egress.map(\.name)))
            let expected: ProtectionState =
                if isBlocked { .blocked } else if facts.guardProof == .off { .unguarded } else if lacks {
                    .degraded
                } else {
                    .protected
                }
            #expect(verdict.state == expected, "\(facts)")
            #expect(!verdict.reason.isEmpty && !verdict.reason.contains("\n") && !verdict.reason.hasSuffix("."))
        }
    }

    @Test func eachCauseIsNamed() {
        for facts in Self.everything {
            let verdict = StatusVerdict.of(facts)
            let reason = verdict.reason
            func expect(_ holds: Bool, _ words: String) {
                #expect(reason.contains(words) == holds, "\(words) in: \(reason)")
            }
            expect(facts.lock == .byOperator, "locked by the operator")
            expect(facts.lock != .byOperator && facts.lock != .unlocked, "the file is cut off")
            expect(facts.guardProof == .off, "nothing holds anyone to this router")
            if case .unproven(let why) = facts.guardProof { expect(true, "required and not proven: \(why)") }
            expect(facts.routed.isEmpty, "every route is block")
            if verdict.state != .blocked {
                for egress in facts.egress where egress.state != .ready {
                    expect(true, "\(egress.name): \(egress.detail)")
                }
                expect(!facts.shortcomings.isEmpty, "tor.p2p is not published")
            }
        }
    }

    /// The text of each kind of verdict, as a person reads it.
    @Test(arguments: [
        (
            StatusFacts(
                lock: .unlocked, guardProof: .enforcing(StatusSamples.time),
                egress: [StatusSamples.tor, StatusSamples.egress("i2p", .ready)], routed: ["tor"]),
            ProtectionState.protected, "the guard is enforcing and every egress is ready: tor, i2p"
        ),
        (
            StatusFacts(
                lock: .unlocked, guardProof: .enforcing(StatusSamples.time),
                egress: [StatusSamples.tor, StatusSamples.work], routed: ["tor"]),
            .degraded, "not ready: proxy.work: the proxy refused our credentials; the rest is protected"
        ),
        (
            StatusFacts(
                lock: .unlocked, guardProof: .off, egress: [StatusSamples.tor, StatusSamples.work], routed: ["tor"]),
            .unguarded,
            "the guard is off: the router fails closed, but nothing holds anyone to this router; "
                + "not ready: proxy.work: the proxy refused our credentials"
        ),
        (
            StatusFacts(
                lock: .unlocked, guardProof: .enforcing(StatusSamples.time), egress: [StatusSamples.starting],
                routed: ["tor"]),
            .blocked, "no egress is ready: tor: bootstrapped 45 %: loading relay descriptors"
        ),
        (
            StatusFacts(
                lock: .unreadable("it holds 3 bytes"), guardProof: .unproven("this version has no guard yet"),
                egress: [StatusSamples.egress("tor", .down)], routed: ["tor", "i2p"]),
            .blocked,
            "locked, as the lock's state cannot be read: it holds 3 bytes; "
                + "the guard is required and not proven: this version has no guard yet; "
                + "no egress is ready: tor: down, i2p: nothing is known of it"
        ),
        (
            StatusFacts(lock: .byOperator, guardProof: .off, egress: [StatusSamples.tor], routed: ["tor"]),
            .blocked,
            "locked by the operator; "
                + "and the guard is off: the router fails closed, but nothing holds anyone to this router"
        ),
    ])
    func reasons(facts: StatusFacts, state: ProtectionState, reason: String) {
        #expect(StatusVerdict.of(facts).state == state)
        #expect(StatusVerdict.of(facts).reason == reason)
    }

    @Test func aReadyEgressThatNoRouteUsesLetsNothingPass() {
        let facts = StatusFacts(
            lock: .unlocked, guardProof: .enforcing(StatusSamples.time),
            egress: [StatusSamples.starting, StatusSamples.egress("proxy.work", .ready)], routed: ["tor"])
        #expect(StatusVerdict.of(facts).state == .blocked)
    }

    @Test func aReasonIsOneLineWhateverADetailHolds() {
        let hostile = StatusSamples.egress("tor", .down, "a\n\u{1b}[2Jb\u{202e}c\r\n")
        let facts = StatusFacts(lock: .unlocked, guardProof: .off, egress: [hostile], routed: ["tor"])
        #expect(StatusVerdict.of(facts).reason.hasPrefix("no egress is ready: tor: a [2Jb c; and the guard is off"))
    }

    @Test func exitCodes() {
        #expect(ProtectionState.allCases.map(\.exitCode).sorted() == [0, 1, 2, 3])
        #expect(ProtectionState.protected.exitCode == 0)
        #expect(ProtectionState.degraded.exitCode == 1)
        #expect(ProtectionState.blocked.exitCode == 2)
        #expect(ProtectionState.unguarded.exitCode == 3)
        #expect(ProtectionState.noDaemonExitCode == 4)
    }
}
