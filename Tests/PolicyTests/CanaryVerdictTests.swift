import Policy
import Testing

/// A canary proves the guard only where each packet that was sent is one that the guard counted.
@Suite struct CanaryVerdictTests {
    private static let all = CanaryProbe.allCases.map { CanaryTry($0, .failed, error: "EPERM") }
    private static let once = Dictionary(uniqueKeysWithValues: CanaryProbe.allCases.map { ($0, UInt64(1)) })

    private func verdict(
        _ change: (inout [CanaryProbe: CanaryTry], inout [CanaryProbe: UInt64]) -> Void
    ) -> CanaryVerdict {
        var tries = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.probe, $0) })
        var rises = Self.once
        change(&tries, &rises)
        return CanaryVerdict(tries: CanaryProbe.allCases.compactMap { tries[$0] }, rises: rises)
    }

    @Test func allStoppedIsProven() {
        let verdict = verdict { _, _ in }
        #expect(verdict.proven)
        #expect(verdict.detail == "the guard stopped tcp4, udp4, dns4, tcp6, udp6, dns6, stub, stub6")
        #expect(verdict.tries.map(\.packets) == Array(repeating: 1, count: 8))
    }

    /// A firewall of somebody else, IPAddressDeny, a dead route: it failed, but not by the guard.
    @Test(arguments: CanaryProbe.allCases) func aFailureThatTheGuardDidNotCountIsNoProof(_ probe: CanaryProbe) {
        let verdict = verdict { _, rises in rises[probe] = 0 }
        #expect(!verdict.proven)
        #expect(
            verdict.detail == "\(probe.rawValue) failed (EPERM), but not by the guard: its counter did not rise")
    }

    @Test(arguments: CanaryProbe.allCases) func oneThatPassesIsALeak(_ probe: CanaryProbe) {
        for rise in [0, 1] as [UInt64] {
            let verdict = verdict { tries, rises in
                tries[probe] = CanaryTry(probe, .passed)
                rises[probe] = rise
            }
            #expect(!verdict.proven)
            #expect(verdict.detail == "\(probe.rawValue) PASSED the guard")
        }
    }

    @Test func moreThanWasSentIsNoProof() {
        let verdict = verdict { _, rises in rises[.udp4] = 2 }
        #expect(!verdict.proven)
        #expect(verdict.detail == "the counter of udp4 rose by 2, not by the one packet sent")
    }

    @Test func aCounterThatCannotBeReadIsNoProof() {
        #expect(!verdict { _, rises in rises[.dns6] = nil }.proven)
    }

    /// A machine without a network, and one without IPv6, have loopback: that is enough.
    @Test func withoutARouteLoopbackAloneProves() {
        let verdict = verdict { tries, rises in
            for probe in CanaryProbe.allCases where !probe.isLocal || probe.isIPv6 {
                tries[probe] = CanaryTry(probe, .noRoute, error: "ENETUNREACH")
                rises[probe] = 0
            }
        }
        #expect(verdict.proven)
        #expect(
            verdict.detail == "the guard stopped stub; without a route: tcp4, udp4, dns4, tcp6, udp6, dns6, stub6")
    }

    @Test func withoutLoopbackNothingIsProven() {
        let verdict = verdict { tries, rises in
            for probe in CanaryProbe.allCases {
                tries[probe] = CanaryTry(probe, .noRoute, error: "ENETUNREACH")
                rises[probe] = 0
            }
        }
        #expect(!verdict.proven)
        #expect(verdict.detail.contains("is the loopback interface up?"))
    }

    /// Another firewall's "no route" that came after our counter is still our counter's.
    @Test func noRouteThatWasCountedCounts() {
        #expect(verdict { tries, _ in tries[.tcp4] = CanaryTry(.tcp4, .noRoute, error: "EHOSTUNREACH") }.proven)
        #expect(
            !verdict { tries, rises in
                tries[.tcp4] = CanaryTry(.tcp4, .noRoute, error: "EHOSTUNREACH")
                rises[.tcp4] = 3
            }.proven)
    }

    @Test func aProbeThatWasNotTriedIsNoProof() {
        #expect(!verdict { tries, _ in tries[.tcp6] = nil }.proven)
        #expect(!CanaryVerdict(tries: [], rises: [:]).proven)
        #expect(!CanaryVerdict(tries: Self.all + [Self.all[0]], rises: Self.once).proven)
    }
}
