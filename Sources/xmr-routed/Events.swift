import ArgumentParser
import EventLoop
import Policy
import Protocols
import Router

/// `xmr-routed events`: what happens, as it happens.
struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show events as they happen, one a line, until Ctrl-C.",
        discussion: "The last hundred come first. No event names a destination.")

    @OptionGroup var options: RouterOptions
    @Flag(help: "One JSON document a line.") var json = false

    func run() throws {
        var line: [UInt8] = []
        var isUnderstood = true
        do throws(ControlClient.Failure) {
            try options.client().follow("/v1/events") { bytes in
                for byte in bytes {
                    guard byte == UInt8(ascii: "\n") else {
                        line.append(byte)
                        continue
                    }
                    defer { line = [] }
                    guard show(line, &isUnderstood) else { return false }
                }
                return true
            }
        } catch {
            throw Terminal.exit(after: error)
        }
        guard isUnderstood else { throw ExitCode.failure }
    }

    /// - Returns: whether to go on.
    private func show(_ line: [UInt8], _ isUnderstood: inout Bool) -> Bool {
        if json { return ThisProcess.write(line + [UInt8(ascii: "\n")], to: 1) }
        guard let value = try? JSONValue(reading: line.span), let event = try? StatusEvent(decoding: value) else {
            Terminal.complain("the router sent an event that this program does not read; use one version of both")
            isUnderstood = false
            return false
        }
        return ThisProcess.write(Array("\(event.humanLine)\n".utf8), to: 1)
    }
}
