internal import Protocols

/// Whether the guard can hold a process at all: it holds users, in one network namespace, and nobody who can take the
/// guard away or send past it.
public enum ProcessAudit {
    /// What it is compared with.
    public struct Ours: Hashable, Sendable {
        /// The network namespace that doctor, and so the guard that it asked, is in.
        public var networkNamespace: String?
        /// The user namespace.
        public var userNamespace: String?
        /// The name of a user, where it has one.
        public var nameOf: [UInt32: String]
        /// The node's user by the configuration.
        public var nodeUser: String?

        /// These.
        public init(
            networkNamespace: String?, userNamespace: String?, nameOf: [UInt32: String], nodeUser: String?
        ) {
            self.networkNamespace = networkNamespace
            self.userNamespace = userNamespace
            self.nameOf = nameOf
            self.nodeUser = nodeUser
        }
    }

    /// The answer.
    public struct Answer: Hashable, Sendable {
        /// Whether the guard is proven to hold it.
        public var isHeld: Bool
        /// What there is to say of that.
        public var findings: [Finding]
    }

    /// The capabilities with which a process gets past the guard, by their bit (linux/capability.h).
    static let escapes: [(bit: UInt64, name: String)] = [
        (1, "CAP_DAC_OVERRIDE"), (7, "CAP_SETUID"), (12, "CAP_NET_ADMIN"), (13, "CAP_NET_RAW"), (16, "CAP_SYS_MODULE"),
        (17, "CAP_SYS_RAWIO"), (19, "CAP_SYS_PTRACE"), (21, "CAP_SYS_ADMIN"), (31, "CAP_SETFCAP"), (39, "CAP_BPF"),
    ]

    /// Judges a process.
    public static func judge(_ process: ProcessFacts, subject: String, ours: Ours, guard evidence: GuardEvidence)
        -> Answer
    {
        var findings = Findings(subject, isHeld: false)
        let severity: Finding.Severity = process.program == .monerod ? .leak : .warning
        let user = ours.nodeUser ?? "monero"
        let restart = "systemctl restart xmr-routed-guard"
        let unit =
            process.program == .monerod
            ? "User=\(user) in its unit" : "a user of its own, whom a [[kill-switch.confine]] names"
        if let why = namespaceProblem(process, ours) {
            findings.add(
                why.isProven ? severity : .warning, why.sentence,
                mend: why.isProven ? "run it in the machine's own network namespace, as \(user)" : "run doctor as root")
        }
        let names = Set(process.users).sorted().map { id in
            (ours.nameOf[id].map { "\($0.printable(limit: 32)) (id \(id))" } ?? "id \(id)")
        }
        if process.users.isEmpty {
            findings.add(.warning, "whose process it is cannot be read", mend: "run doctor as root")
        } else if process.users.contains(0) {
            findings.add(severity, "it runs as root, whom no guard holds", mend: unit)
        } else if process.users.count < 4 || Set(process.users).count > 1 {
            findings.add(severity, "it has more than one user: \(names.joined(separator: ", "))", mend: unit)
        } else if let id = process.users.first, !evidence.isHeld(id) {
            let who = "it runs as \(names.joined(separator: ", "))"
            findings.add(
                evidence.isDenied ? .warning : severity,
                evidence.isDenied
                    ? "\(who); whether the guard holds it is not proven"
                    : evidence.knows(id)
                        ? "\(who), and nothing proves that the guard holds it" : "\(who), whom no guard holds",
                mend: evidence.isDenied ? "sudo xmr-routed doctor" : evidence.knows(id) ? restart : unit)
        }
        // In a user namespace of its own they are over nothing of the machine's.
        if process.userNamespace == nil || process.userNamespace == ours.userNamespace, !process.users.contains(0) {
            let escapes = escapes.filter { process.capabilities >> $0.bit & 1 == 1 }.map(\.name)
            if !escapes.isEmpty {
                findings.add(
                    severity, "it gets past the guard by \(escapes.joined(separator: ", "))",
                    mend: "CapabilityBoundingSet= and NoNewPrivileges=yes in its unit")
            }
        }
        let isHeld = findings.list.isEmpty
        if isHeld {
            findings.add(.ok, "it runs as \(names.joined(separator: ", ")), whom the guard is proven to hold")
            if !process.hasNoNewPrivileges {
                findings.add(
                    .note, "it could become somebody else by a program such as sudo",
                    mend: "NoNewPrivileges=yes in its unit"
                )
            }
        }
        return Answer(isHeld: isHeld, findings: findings.list)
    }

    private static func namespaceProblem(
        _ process: ProcessFacts, _ ours: Ours
    ) -> (isProven: Bool, sentence: String)? {
        let container = process.container.map { " (a container of \($0))" } ?? ""
        guard let theirs = process.networkNamespace, let own = ours.networkNamespace else {
            return (false, "in which network namespace it runs cannot be seen, so nothing of it is proven\(container)")
        }
        guard theirs != own else { return nil }
        return (true, "it runs in another network namespace\(container), where the guard has no table")
    }
}
