public import Protocols

/// All that `xmr-routed doctor` found.
public struct DoctorReport: Hashable, Sendable {
    /// The schema of the document.
    public static let schema: UInt64 = 1

    /// The findings, the worst first; those of one severity as they were found.
    public let findings: [Finding]
    /// What the router says of the whole; nil where none answers.
    public let state: ProtectionState?

    /// A report of these.
    public init(_ findings: [Finding], state: ProtectionState?) {
        self.findings = Finding.Severity.allCases.flatMap { severity in findings.filter { $0.severity == severity } }
        self.state = state
    }

    /// How many of this severity.
    public func count(_ severity: Finding.Severity) -> Int {
        findings.count { $0.severity == severity }
    }

    /// What `xmr-routed doctor` exits with: as `status`, and with a leak never 0.
    public var exitCode: Int32 {
        let code = state?.exitCode ?? ProtectionState.noDaemonExitCode
        return count(.leak) > 0 ? max(code, 1) : code
    }

    /// The closing line: "doctor: 2 leaks, 1 warning; the router is protected".
    public var summary: String {
        let leaks = HumanUnits.count(UInt64(count(.leak)), "leak")
        let warnings = HumanUnits.count(UInt64(count(.warning)), "warning")
        let router = state.map { "the router is \($0.rawValue)" } ?? "no router answers"
        guard let worst = findings.first, worst.severity == .leak || worst.severity == .warning else {
            return "doctor: no leak found, no warning; \(router)"
        }
        return
            "doctor: \(count(.leak) == 0 ? "no leak found" : leaks), \(warnings); \(router); first: \(worst.subject): "
            + worst.reveals
    }

    /// The document of `doctor --json`.
    public func encode() -> JSONValue {
        var counts = JSONObject()
        for severity in Finding.Severity.allCases { counts[severity.rawValue] = .integer(count(severity)) }
        return .object([
            "schema": .integer(Self.schema), "state": .string(orNull: state?.rawValue), "counts": .object(counts),
            "findings": .array(findings.map { $0.encode() }),
        ])
    }
}
