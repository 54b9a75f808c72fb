/// What `xmr-routed doctor` prints: the findings by subject, the worst first, and one closing line.
public enum DoctorScreen {
    private static let columns = StatusScreen.columns
    private static let margin = 9

    /// The screen of a report, each line ending in a newline.
    public static func render(_ report: DoctorReport, palette: Palette) -> String {
        var lines: [String] = []
        for severity in Finding.Severity.allCases {
            var subjects: [String] = []
            for finding in report.findings where finding.severity == severity && !subjects.contains(finding.subject) {
                subjects.append(finding.subject)
            }
            for subject in subjects {
                let word = severity.rawValue.uppercased()
                lines.append(palette.paint(word, severity.tone) + "".padded(to: margin - word.count) + subject)
                for finding in report.findings where finding.severity == severity && finding.subject == subject {
                    lines += text(finding.reveals, mark: "- ")
                    if let mend = finding.mend { lines += text("mend: " + mend, mark: "  ") }
                }
            }
        }
        if !lines.isEmpty { lines.append("") }
        lines += report.summary.wrapped(to: columns)
        return lines.map { $0 + "\n" }.joined()
    }

    private static func text(_ text: String, mark: String) -> [String] {
        let indent = String(repeating: " ", count: margin)
        return text.wrapped(to: columns - margin - 2).enumerated().map { index, line in
            indent + (index == 0 ? mark : "  ") + line
        }
    }
}

extension Finding.Severity {
    fileprivate var tone: Palette.Tone {
        switch self {
        case .leak: .bad
        case .warning, .note: .warning
        case .ok: .good
        }
    }
}
