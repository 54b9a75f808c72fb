import ArgumentParser
import Doctor
import EventLoop
import Policy
import Protocols
import Router
import Settings

/// `xmr-routed doctor`: proves enforcement, and audits what could go past it.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Prove that nothing gets past, and say what would, with the line that mends it.",
        discussion: """
            It asks router and guard, runs a canary as each confined user (as root), and looks at each running monerod \
            and wallet. Exits as `status` does, and with a leak found never 0.
            """)

    @OptionGroup var options: RouterOptions
    @OptionGroup var guardOption: GuardOption
    @Flag(help: "Print the findings as one JSON document.") var json = false
    @Option(
        name: .customLong("monerod-conf"),
        help: ArgumentHelp(
            "A configuration of monerod to audit, whether it runs or not; repeatable.", valueName: "file"))
    var monerodConf: [String] = []

    func run() throws {
        let configuration: Configuration
        do throws(ConfigurationFile.Refusal) {
            configuration = try options.configuration.file.load(for: .guardian(routerUser: "xmr-routed"))
        } catch {
            for line in error.lines { ThisProcess.write(Array("\(line)\n".utf8), to: 2) }
            throw ExitCode(64)
        }
        let report: DoctorReport
        do throws(SystemError) {
            report = try Examination(
                configuration, guardSocket: guardOption.guardSocket, files: monerodConf, ask: ask
            ).report()
        } catch {
            Terminal.complain("doctor cannot look: \(error)")
            throw Terminal.cannotStart
        }
        if json {
            let value = report.encode()
            try Terminal.say(json: value)
        } else {
            try Terminal.say(DoctorScreen.render(report, palette: Terminal.palette))
        }
        throw ExitCode(report.exitCode)
    }

    private func ask() -> (document: StatusDocument?, problem: String) {
        do throws(ControlClient.Failure) {
            return (try StatusDocument.ask(try options.client()), "")
        } catch {
            return (nil, error.sentence)
        }
    }
}
