import ArgumentParser
import EventLoop
import Policy
import Protocols
import Router

/// Where commands write. Answers go to standard output, what is wrong to standard error.
enum Terminal {
    /// Exit codes beyond those of the state: a port or socket that cannot be had (sysexits' EX_OSERR), and a verb
    /// for root (EX_NOPERM).
    static let cannotStart = ExitCode(71)
    static let needsRoot = ExitCode(77)
    static let refused = ExitCode(1)
    static let noRouter = ExitCode(ProtectionState.noDaemonExitCode)

    /// Writes to standard output; a reader that went away ends the command quietly.
    static func say(_ text: String) throws {
        guard ThisProcess.write(Array(text.utf8), to: 1) else { throw ExitCode.failure }
    }

    /// Writes a JSON document and a newline: indented where a person reads.
    static func say(json value: JSONValue) throws {
        try say(String(decoding: isTerminal ? value.encodedForReading() : value.encoded(), as: UTF8.self) + "\n")
    }

    static func complain(_ sentence: String) {
        ThisProcess.write(Array("xmr-routed: \(sentence)\n".utf8), to: 2)
    }

    /// Colours where a person reads, and has not asked for none (no-color.org).
    static var palette: Palette {
        Palette(isTerminal: isTerminal, noColor: ThisProcess.environment("NO_COLOR"))
    }

    static var isTerminal: Bool {
        ThisProcess.isTerminal(1) && ThisProcess.environment("TERM") != "dumb"
    }

    /// Whether the terminal's locale is UTF-8.
    static var isUnicode: Bool {
        let locale =
            ThisProcess.environment("LC_ALL") ?? ThisProcess.environment("LC_CTYPE") ?? ThisProcess.environment("LANG")
        return locale.map { $0.uppercased().contains("UTF-8") || $0.uppercased().contains("UTF8") } ?? false
    }

    /// What a failed question means for the exit code.
    static func exit(after failure: ControlClient.Failure) -> ExitCode {
        complain(failure.sentence)
        return switch failure {
        case .absent, .unreachable, .notAllowed: noRouter
        case .forbidden: needsRoot
        case .refused: refused
        }
    }

    /// The answer to a question; without one the command ends with the sentence why.
    static func answer<Answer>(_ question: () throws(ControlClient.Failure) -> Answer) throws -> Answer {
        do throws(ControlClient.Failure) {
            return try question()
        } catch {
            throw exit(after: error)
        }
    }

    /// Shows a document: as JSON, or as text.
    static func show(_ document: @autoclosure () -> JSONValue, asJSON: Bool, text: (Palette) -> String) throws {
        if asJSON { try say(json: document()) } else { try say(text(palette)) }
    }
}
