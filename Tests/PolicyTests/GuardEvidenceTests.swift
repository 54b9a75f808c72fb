import Policy
import Testing

/// Only a table that was just read back and a canary that just failed by it are proof.
@Suite struct GuardEvidenceTests {
    private func severities(_ evidence: GuardEvidence) -> [String] {
        evidence.findings.map { "\($0.severity.rawValue): \($0.reveals)" }
    }

    @Test func proven() {
        let all = severities(DoctorSamples.proven)
        #expect(all.count == 2 && all.allSatisfy { $0.hasPrefix("ok: ") }, "\(all)")
        #expect(DoctorSamples.proven.isHeld(107) && !DoctorSamples.proven.isHeld(108))
        #expect(DoctorSamples.proven.heldIDs == [107: "monero"])
    }

    @Test func whatIsNotProvenIsALeakAndHoldsNobody() {
        for (evidence, words) in [
            (DoctorSamples.canaryFailed, "leak: canary as monero: not proven: udp4 PASSED"),
            (DoctorSamples.stale, "leak: it has not looked at the kernel since"),
            (DoctorSamples.broken, "leak: the kernel does not hold what it should: a rule is missing"),
            (DoctorSamples.absent, "leak: nothing shows that anybody is held: no guard answers"),
        ] {
            #expect(!evidence.isHeld(107))
            #expect(severities(evidence).contains { $0.hasPrefix(words) }, "\(severities(evidence))")
        }
    }

    @Test func aUserOfTheConfigurationWhomTheGuardDoesNotHold() {
        let evidence = DoctorSamples.evidence(.heartbeat(DoctorSamples.heartbeat()), wanted: ["monero", "wallet"])
        #expect(severities(evidence).contains("leak: it does not hold wallet, whom the configuration names"))
    }

    /// Without root no canary is run: the guard's own last one counts for three minutes.
    @Test func withoutRoot() {
        let why = GuardEvidence.Canary.notRun("only root can run a canary as monero")
        for (age, isHeld, severity) in [(Int64(30), true, "note"), (180, true, "note"), (181, false, "warning")] {
            let evidence = DoctorSamples.evidence(
                .heartbeat(DoctorSamples.heartbeat(canaryAge: age)), canary: why)
            #expect(evidence.isHeld(107) == isHeld)
            #expect(evidence.findings.last?.severity.rawValue == severity)
        }
        let never = DoctorSamples.evidence(.heartbeat(DoctorSamples.heartbeat(canaryAge: nil)), canary: why)
        #expect(!never.isHeld(107))
        #expect(severities(never).last?.hasPrefix("warning: that monero is held is not proven") == true)
        #expect(severities(DoctorSamples.denied) == ["warning: not proven: this user may not ask"])
        #expect(DoctorSamples.denied.isDenied && !DoctorSamples.denied.isHeld(107))
    }

    @Test func aGuardThatIsOffIsSaid() {
        let off = DoctorSamples.evidence(.absent("no guard answers"), mode: .off, wanted: [])
        #expect(severities(off).first?.hasPrefix("warning: it is switched off") == true)
        #expect(!off.isHeld(107))
    }

    @Test func repairsAndOldKernelsAndWhatWasStopped() {
        let stopped = (1...7).map { StoppedPackets(protocol: "udp", port: $0, packets: UInt64($0)) }
        let all = severities(
            DoctorSamples.evidence(
                .heartbeat(DoctorSamples.heartbeat(mode: .watched, repairs: 2, stopped: stopped))))
        #expect(all.contains { $0.hasPrefix("note: this kernel cannot keep others") })
        #expect(all.contains("warning: others changed its table, and it put it back: 2 times"))
        #expect(
            all.contains(
                "note: it stopped packets of monero: 7 of udp to port 7, 6 of udp to port 6, 5 of udp to port 5, 4 of udp to port 4, 3 of udp to port 3, and others"
            ))
    }

    @Test func subordinateNumbers() {
        func found(_ file: String) -> [String] {
            SubordinateIDs.findings(Array(file.utf8), guard: DoctorSamples.proven).map(\.reveals)
        }
        #expect(found("monero:100000:65536\n").count == 1)
        #expect(found("107:100000:65536\nmonero:1:1\n").count == 1, "said once")
        #expect(found("user:100000:65536\nmonero:100000:0\nmonero:x:y\nmonero\n:::\n").isEmpty)
    }
}
