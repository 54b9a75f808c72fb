import ArgumentParser
import EventLoop
import Policy
import Protocols
import Router

/// `xmr-routed status`: what is protected, by what, and why not.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is protected, by what, and why not.",
        discussion: "Exits 0 protected, 1 degraded, 2 blocked, 3 unguarded, 4 when no router answers.")

    @OptionGroup var options: RouterOptions
    @Flag(help: "Print the status document instead of text.") var json = false
    @Flag(help: "Show it live until Ctrl-C.") var watch = false

    func validate() throws {
        if json && watch {
            throw ValidationError("--json and --watch exclude each other; `xmr-routed events --json` is a live feed")
        }
    }

    func run() throws {
        if watch { return try watchScreen() }
        let document = try Terminal.answer { () throws(ControlClient.Failure) in
            try StatusDocument.ask(try options.client())
        }
        try Terminal.show(document.encode(), asJSON: json) { StatusScreen.render(document, palette: $0) }
        throw ExitCode(document.borneOut.state.exitCode)
    }

    private func watchScreen() throws {
        let client = try options.client()
        var screen = WatchScreen(palette: Terminal.palette, unicode: Terminal.isUnicode)
        try Terminal.say("\u{1b}[2J")
        while true {
            let drawn: String
            do throws(ControlClient.Failure) {
                drawn = screen.show(try StatusDocument.ask(client), at: client.now)
            } catch {
                drawn = screen.showMissing(path: client.path, problem: error.sentence, at: client.now)
            }
            try Terminal.say(drawn)
            client.pause(for: .seconds(1))
        }
    }
}
