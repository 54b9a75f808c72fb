import Policy
import Testing

/// A false "protected" is as bad as a leak: what the document itself does not bear out is not repeated.
@Suite struct StatusBorneOutTests {
    @Test(arguments: StatusVerdictTests.everything.filter { $0.shortcomings.isEmpty })
    func anHonestDocumentIsTakenAtItsWord(facts: StatusFacts) {
        let document = StatusSamples.document(facts: facts)
        #expect(document.borneOut == StatusVerdict.of(facts))
    }

    /// Whatever a document says of itself, its screen, metrics and exit code say no better than its parts.
    @Test func aClaimIsNeverBetterThanItsParts() {
        for facts in StatusVerdictTests.everything {
            for claim in ProtectionState.allCases {
                var document = StatusSamples.document(facts: facts)
                document.state = claim
                let state = document.borneOut.state
                if facts.lock != .unlocked { #expect(state == .blocked) }
                if document.killSwitch.guardStatus.state != .enforcing {
                    #expect([.blocked, .unguarded].contains(state))
                }
                if facts.egress.contains(where: { $0.state != .ready }) { #expect(state != .protected) }
                let screen = StatusScreen.render(document, palette: .plain)
                #expect(screen.hasPrefix(state.rawValue.uppercased() + ":"))
                #expect(StatusMetrics.render(document).contains("xmr_routed_state{state=\"\(state.rawValue)\"} 1\n"))
            }
        }
    }

    @Test func enforcingWithoutATimeOfProofIsNotProven() {
        var document = StatusSamples.full
        document.killSwitch.guardStatus = GuardStatus(state: .enforcing)
        #expect(document.borneOut.state == .unguarded)
        #expect(document.borneOut.reason.hasPrefix("the daemon says protected, but its guard is not proven to enforce"))
        let screen = StatusScreen.render(document, palette: .plain)
        #expect(screen.contains("guard not proven") && !screen.contains("guard enforcing"))
    }
}
