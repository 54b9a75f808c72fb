import ArgumentParser
import EventLoop
import Policy
import Router
import Settings

/// `xmr-routed monerod-conf`: monerod's side of the configuration.
struct MonerodConf: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monerod-conf", abstract: "Print the lines for monerod.conf that fit this configuration.")

    @OptionGroup var options: ConfigurationOption

    func run() throws {
        do throws(ConfigurationFile.Refusal) {
            let configuration = try options.file.load()
            try? Terminal.say(configuration.monerodConf())
        } catch {
            for line in error.lines { ThisProcess.write(Array("\(line)\n".utf8), to: 2) }
            throw ExitCode(64)
        }
    }
}
