import ArgumentParser
import Doctor
import EventLoop
import Policy
import Protocols

/// `xmr-routed canary`: dials out and must fail by the guard's own rule.
struct Canary: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Dial out as whoever runs it, and prove that the guard stops it.",
        discussion: """
            It asks the guard first, and dials nothing where that does not hold this user. Exits 0 when proven, 2 when \
            not, 4 when no guard answers.
            """)

    @OptionGroup var options: GuardOption
    @Option(help: ArgumentHelp("The user to be first, for root.", valueName: "name")) var user: String?
    @Flag(name: .shortAndLong, help: "Say what became of each packet.") var verbose = false

    func run() throws {
        if let user { try become(user) }
        let report = CanaryClient.run(at: options.canarySocket)
        if verbose { for line in report.details { try Terminal.say(line + "\n") } }
        guard report.ending == .proven else {
            Terminal.complain(report.sentence)
            throw ExitCode(report.ending.rawValue)
        }
        try Terminal.say(report.sentence + "\n")
    }

    private func become(_ user: String) throws {
        guard ThisProcess.user == 0 else {
            Terminal.complain("only root can be \(user.printable(limit: 32)) first; use sudo, or leave out --user")
            throw Terminal.needsRoot
        }
        do throws(SystemError) {
            try ThisProcess.become(user)
        } catch {
            Terminal.complain("not proven: \(error)")
            throw ExitCode(CanaryReport.Ending.notProven.rawValue)
        }
    }
}
