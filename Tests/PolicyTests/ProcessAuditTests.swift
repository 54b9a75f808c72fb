import Policy
import Testing

/// A process is held where the guard is proven to hold its user, in the guard's network namespace, and it has nothing to
/// get past it.
@Suite struct ProcessAuditTests {
    private static let ours = ProcessAudit.Ours(
        networkNamespace: "net:[1]", userNamespace: "user:[1]", nameOf: [107: "monero", 0: "root"], nodeUser: "monero")

    private func process(_ change: (inout ProcessFacts) -> Void = { _ in }) -> ProcessFacts {
        var facts = ProcessFacts(id: 42, program: .monerod)
        facts.read(
            status: Array("Name:\tmonerod\nUid:\t107\t107\t107\t107\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n".utf8))
        facts.networkNamespace = "net:[1]"
        facts.userNamespace = "user:[1]"
        change(&facts)
        return facts
    }

    private func judge(_ facts: ProcessFacts, _ evidence: GuardEvidence = DoctorSamples.proven) -> ProcessAudit.Answer {
        ProcessAudit.judge(facts, subject: "monerod", ours: Self.ours, guard: evidence)
    }

    @Test func heldIsSaidWithWhom() {
        let answer = judge(process())
        #expect(answer.isHeld)
        #expect(
            answer.findings == [
                Finding(.ok, "monerod", "it runs as monero (id 107), whom the guard is proven to hold")
            ])
        #expect(judge(process { $0.hasNoNewPrivileges = false }).findings.map(\.severity) == [.ok, .note])
    }

    @Test func whoeverTheGuardDoesNotHold() {
        for (status, reveals) in [
            ("Uid:\t0\t0\t0\t0", "it runs as root, whom no guard holds"),
            ("Uid:\t108\t108\t108\t108", "it runs as id 108, whom no guard holds"),
            ("Uid:\t107\t107\t108\t107", "it has more than one user: monero (id 107), id 108"),
            ("Uid:\t107\t0\t107\t107", "it runs as root, whom no guard holds"),
            ("Uid:\t107", "it has more than one user: monero (id 107)"),
        ] {
            let answer = judge(process { $0.read(status: Array((status + "\n").utf8)) })
            #expect(!answer.isHeld)
            #expect(answer.findings.map(\.severity) == [.leak])
            #expect(answer.findings.first?.reveals == reveals)
            #expect(answer.findings.first?.mend == "User=monero in its unit")
        }
        #expect(judge(process { $0.users = [] }).findings.map(\.severity) == [.warning])
    }

    @Test func anotherNetworkNamespace() {
        let answer = judge(
            process {
                $0.networkNamespace = "net:[2]"
                $0.read(cgroup: Array("0::/system.slice/docker-abc.scope\n".utf8))
            })
        #expect(!answer.isHeld)
        #expect(answer.findings.map(\.severity) == [.leak])
        #expect(
            answer.findings.first?.reveals
                == "it runs in another network namespace (a container of docker), where the guard has no table")
        let unseen = judge(process { $0.networkNamespace = nil })
        #expect(!unseen.isHeld && unseen.findings.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        (1, "CAP_DAC_OVERRIDE"), (7, "CAP_SETUID"), (12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW"), (21, "CAP_SYS_ADMIN"),
    ])
    func capabilities(_ bit: UInt64, _ name: String) {
        let line = "CapPrm:\t" + String(1 << bit, radix: 16) + "\n"
        let answer = judge(process { $0.read(status: Array(line.utf8)) })
        #expect(!answer.isHeld)
        #expect(answer.findings.map(\.severity) == [.leak])
        #expect(answer.findings.first?.reveals.hasSuffix(name) == true)
        // Of a user namespace of its own: over nothing of the machine's.
        let inside = judge(
            process {
                $0.read(status: Array(line.utf8))
                $0.userNamespace = "user:[2]"
            })
        #expect(inside.isHeld)
    }

    /// CAP_NET_BIND_SERVICE lets it listen below 1024 and no more.
    @Test func harmlessCapabilities() {
        #expect(judge(process { $0.capabilities = 1 << 10 }).isHeld)
    }

    @Test func aGuardThatIsNotProvenHoldsNobody() {
        for evidence in [DoctorSamples.canaryFailed, DoctorSamples.stale, DoctorSamples.broken, DoctorSamples.absent] {
            #expect(!judge(process(), evidence).isHeld)
            #expect(judge(process(), evidence).findings.map(\.severity) == [.leak])
        }
        let denied = judge(process(), DoctorSamples.denied)
        #expect(!denied.isHeld && denied.findings.map(\.severity) == [.warning])
    }

    /// A wallet that is not held is worth a warning: whether it goes past anything is for its options to say.
    @Test func walletsAreWarnings() {
        var facts = process()
        facts.program = .walletRPC
        facts.users = [1000, 1000, 1000, 1000]
        #expect(judge(facts).findings.map(\.severity) == [.warning])
        #expect(judge(facts).findings.first?.mend?.contains("[[kill-switch.confine]]") == true, "it is no node's user")
    }

    @Test func programsAreKnownByFileNameOrTheirOwnWord() {
        func program(_ file: String?, _ name: String?, _ word: String?) -> ProcessFacts.Program? {
            ProcessFacts.program(executable: file, name: name, argument: word)
        }
        #expect(program("/usr/bin/monerod", "x", "y") == .monerod)
        #expect(program("/opt/monerod (deleted)", nil, nil) == .monerod)
        #expect(program(nil, "monerod", nil) == .monerod)
        #expect(program("/usr/bin/ld.so", "ld.so", "./monerod") == .monerod)
        #expect(program(nil, "monero-wallet-r", nil) == .walletRPC)
        #expect(program(nil, "monero-wallet-c", nil) == .walletCLI)
        #expect(program("/usr/bin/monerod-exporter", "monerod-exporte", "monerod.py") == nil)
        #expect(program(nil, nil, nil) == nil)
        #expect(program("", "", "") == nil)
    }

    @Test func aStatusOfNonsenseIsNone() {
        var facts = ProcessFacts(id: 1, program: .monerod)
        facts.read(status: [0xff, 0x3a, 0x0a] + Array("Uid:\tx -1 4294967296\nCapEff:\tzz\nState:\nName".utf8))
        #expect(facts == ProcessFacts(id: 1, program: .monerod))
        facts.read(status: Array("State:\tZ (zombie)\n".utf8))
        #expect(facts.hasEnded)
    }
}
