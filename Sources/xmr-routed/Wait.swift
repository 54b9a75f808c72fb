public import ArgumentParser
public import Policy
import Protocols
import Router

extension ProtectionState: ExpressibleByArgument {}

/// `xmr-routed wait`: until the state is the wanted one.
struct Wait: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wait until the state is exactly this one.",
        discussion: "Exits 0 then, else after the timeout with the code that `status` would exit with.")

    @OptionGroup var options: RouterOptions
    @Option(name: .customLong("for"), help: "protected, degraded, blocked or unguarded.") var wanted: ProtectionState
    @Option(help: ArgumentHelp("How long to wait. Default: for ever.", valueName: "seconds")) var timeout: Double?

    func validate() throws {
        if let timeout, !(0...86400).contains(timeout) { throw ValidationError("--timeout takes 0 to 86400 seconds") }
    }

    func run() throws {
        let client = try options.client()
        let end = timeout.map { client.now + .milliseconds(Int64($0 * 1000)) }
        while true {
            var code = Terminal.noRouter
            var why: String
            do throws(ControlClient.Failure) {
                let document = try StatusDocument.ask(client)
                let verdict = document.borneOut
                if verdict.state == wanted { return }
                code = ExitCode(verdict.state.exitCode)
                why = "\(verdict.state.rawValue): \(verdict.reason)"
            } catch {
                why = error.sentence
            }
            if let end, client.now >= end {
                Terminal.complain("not \(wanted.rawValue): \(why)")
                throw code
            }
            client.pause(for: .milliseconds(200))
        }
    }
}
