/// What the router's own status says that an operator must act on.
public enum RouterAudit {
    /// The findings of a status; `problem` says why there is none.
    public static func findings(_ document: StatusDocument?, problem: String) -> [Finding] {
        guard let document else {
            return [Finding(.warning, "router", problem, mend: "systemctl start xmr-routed")]
        }
        let verdict = document.borneOut
        var findings = [
            Finding(
                verdict.state == .protected ? .ok : .warning, "router", "\(verdict.state.rawValue): \(verdict.reason)",
                mend: document.killSwitch.locked ? "xmr-routed unlock, if nothing is to be locked" : nil)
        ]
        findings += document.threats.map { Finding(.warning, "router", $0) }
        findings += document.egress.map { egress in
            Finding(
                egress.state == .ready ? .ok : .warning, "egress \(egress.name)",
                "\(egress.state.rawValue): \(egress.detail)")
        }
        if document.egress.isEmpty { findings.append(Finding(.warning, "egress", "there is none: nothing can pass")) }
        return findings
    }

    /// What is wrong with the clock.
    ///
    /// - Parameter isSynchronised: whether the kernel says that a time service keeps it; nil where it does not say.
    public static func clock(_ document: StatusDocument?, isSynchronised: Bool?) -> Finding {
        let complaint = document?.egress.first { $0.state != .ready && $0.detail.contains("clock") }
        if let complaint {
            return Finding(
                .warning, "clock", "\(complaint.name) says: \(complaint.detail)", mend: "timedatectl set-ntp true")
        }
        switch isSynchronised {
        case true?: return Finding(.ok, "clock", "a time service keeps it")
        case false?:
            return Finding(
                .note, "clock",
                "no time service keeps it: Tor refuses a clock that is off by hours, and one that is off tells machines apart",
                mend: "timedatectl set-ntp true")
        case nil: return Finding(.note, "clock", "the kernel does not say whether a time service keeps it")
        }
    }
}
