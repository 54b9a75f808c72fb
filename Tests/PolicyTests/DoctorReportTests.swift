import Policy
import Protocols
import Testing

/// Worst first, one closing line, and an exit code that a leak never leaves at 0.
@Suite struct DoctorReportTests {
    private static let leak = Finding(.leak, "monerod (process 7)", "no proxy is set", mend: "proxy=127.0.0.1:18950")
    private static let warning = Finding(.warning, "clock", "it is 41 minutes behind")
    private static let ok = Finding(.ok, "guard", "its table was read back")

    @Test func theExitIsTheStatusAndALeakIsAtLeastOne() {
        for (state, code) in [(ProtectionState.protected, Int32(0)), (.degraded, 1), (.blocked, 2), (.unguarded, 3)] {
            #expect(DoctorReport([Self.ok, Self.warning], state: state).exitCode == code)
            #expect(DoctorReport([Self.leak], state: state).exitCode == max(code, 1))
        }
        #expect(DoctorReport([], state: nil).exitCode == 4)
    }

    @Test func theWorstFirstAndOneClosingLine() {
        let report = DoctorReport([Self.ok, Self.warning, Self.leak, Self.leak], state: .protected)
        #expect(report.findings.map(\.severity) == [.leak, .leak, .warning, .ok])
        #expect(
            report.summary
                == "doctor: 2 leaks, 1 warning; the router is protected; first: monerod (process 7): no proxy is set")
        #expect(
            DoctorReport([Self.ok], state: .protected).summary
                == "doctor: no leak found, no warning; the router is protected")
        #expect(DoctorReport([], state: nil).summary == "doctor: no leak found, no warning; no router answers")
        #expect(
            DoctorReport([Self.warning], state: .degraded).summary
                == "doctor: no leak found, 1 warning; the router is degraded; first: clock: it is 41 minutes behind")
    }

    @Test func theScreen() {
        let report = DoctorReport([Self.ok, Self.warning, Self.leak], state: .protected)
        #expect(
            DoctorScreen.render(report, palette: .plain) == """
                LEAK     monerod (process 7)
                         - no proxy is set
                           mend: proxy=127.0.0.1:18950
                WARNING  clock
                         - it is 41 minutes behind
                OK       guard
                         - its table was read back

                doctor: 1 leak, 1 warning; the router is protected; first: monerod (process 7):
                no proxy is set

                """)
    }

    @Test func theDocument() {
        let json = String(decoding: DoctorReport([Self.leak], state: .blocked).encode().encoded(), as: UTF8.self)
        #expect(
            json == #"{"schema":1,"state":"blocked","counts":{"leak":1,"warning":0,"note":0,"ok":0},"findings":["#
                + #"{"severity":"leak","subject":"monerod (process 7)","reveals":"no proxy is set","#
                + #""mend":"proxy=127.0.0.1:18950"}]}"#)
    }

    @Test func othersWordsAreOneSafeLine() {
        let finding = Finding(.note, "a\nb\u{1b}[2J", "c\u{202e}\td", mend: "\u{7}e")
        #expect(finding.subject == "a b [2J" && finding.reveals == "c d" && finding.mend == "e")
    }

    @Test func routerAndClock() {
        #expect(RouterAudit.findings(nil, problem: "no router answers").map(\.severity) == [.warning])
        var document = StatusSamples.traffic(uptime: 1, up: 1, down: 1)
        #expect(RouterAudit.findings(document, problem: "").allSatisfy { $0.severity == .ok })
        #expect(RouterAudit.clock(document, isSynchronised: true).severity == .ok)
        #expect(RouterAudit.clock(document, isSynchronised: false).severity == .note)
        document.threats = ["somebody used node.proxy"]
        document.egress[0].state = .failing
        document.egress[0].detail = "clock is 41 minutes behind"
        let found = RouterAudit.findings(document, problem: "")
        #expect(found.contains(Finding(.warning, "router", "somebody used node.proxy")))
        #expect(found.contains { $0.subject.hasPrefix("egress ") && $0.severity == .warning })
        let clock = RouterAudit.clock(document, isSynchronised: true)
        #expect(clock.severity == .warning && clock.reveals.hasSuffix("clock is 41 minutes behind"))
        // A daemon that says "protected" over a guard that is not proven is not believed.
        var lying = StatusSamples.traffic(uptime: 1, up: 1, down: 1)
        lying.killSwitch.guardStatus.state = .unproven
        #expect(RouterAudit.findings(lying, problem: "").first?.severity == .warning)
    }
}
