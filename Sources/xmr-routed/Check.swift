import ArgumentParser
import EventLoop
import Policy
import Router
import Settings

/// `xmr-routed check`: what the configuration would do.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the configuration and say in plain words what would be routed where.",
        discussion: "Nothing is started. Exits 0, or 64 with FILE:LINE:COLUMN: what is wrong, and the mend.")

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        do throws(ConfigurationFile.Refusal) {
            let configuration = try options.file.load()
            try? Terminal.say(configuration.explanation())
        } catch {
            for line in error.lines { ThisProcess.write(Array("\(line)\n".utf8), to: 2) }
            throw ExitCode(64)
        }
    }
}
