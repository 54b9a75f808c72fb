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
        let document: StatusDocument
        do throws(ControlClient.Failure) {
            document = try StatusDocument.ask(try options.client())
        } catch {
            throw Terminal.exit(after: error)
        }
        if json {
            try Terminal.say(json: document.encode())
        } else {
            try Terminal.say(StatusScreen.render(document, palette: Terminal.palette))
        }
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

extension StatusDocument {
    /// The document of the router that a client asks.
    static func ask(_ client: ControlClient) throws(ControlClient.Failure) -> StatusDocument {
        let body = try client.ask("GET", "/v1/status")
        do {
            return try StatusDocument(decoding: JSONValue(reading: body.span))
        } catch let failure as DocumentFailure {
            throw .refused(failure.description)
        } catch {
            throw .refused("the router's answer is no status document: \(error)")
        }
    }
}
