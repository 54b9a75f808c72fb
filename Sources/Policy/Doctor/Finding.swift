internal import Protocols

/// One thing that `xmr-routed doctor` has to say.
public struct Finding: Hashable, Sendable {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable, CaseIterable {
        /// Something leaves the machine past the router, or nothing shows that it cannot.
        case leak
        /// It would, were it not stopped; or a part of the protection is missing.
        case warning
        /// Worth knowing.
        case note
        /// Proven to be as it should be.
        case ok

        /// 0 is the worst.
        var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How bad it is.
    public var severity: Severity
    /// What it is about: "monerod (process 1234)", "guard", "clock".
    public var subject: String
    /// What is found and what that reveals, in one sentence.
    public var reveals: String
    /// The line that mends it: of a configuration, or a command; nil where nothing is to be done.
    public var mend: String?

    /// A finding; its texts become one line each, safe on a terminal, since much of them is others' words.
    public init(_ severity: Severity, _ subject: String, _ reveals: String, mend: String? = nil) {
        self.severity = severity
        self.subject = subject.oneLine.printable(limit: 120)
        self.reveals = reveals.oneLine.printable(limit: 1000)
        self.mend = mend.map { $0.oneLine.printable(limit: 400) }
    }

    func encode() -> JSONValue {
        .object([
            "severity": .string(severity.rawValue), "subject": .string(subject), "reveals": .string(reveals),
            "mend": .string(orNull: mend),
        ])
    }
}

/// The findings about one subject.
struct Findings {
    let subject: String
    /// Whether the guard is proven to hold what the findings are about.
    let isHeld: Bool
    private(set) var list: [Finding] = []

    init(_ subject: String, isHeld: Bool) {
        self.subject = subject
        self.isHeld = isHeld
    }

    mutating func add(_ severity: Finding.Severity, _ reveals: String, mend: String? = nil) {
        list.append(Finding(severity, subject, reveals, mend: mend))
    }

    /// What leaves the machine past the router, unless the guard is there.
    mutating func leaves(_ reveals: String, mend: String) {
        add(isHeld ? .warning : .leak, reveals + (isHeld ? "; the guard stops it" : ""), mend: mend)
    }
}
