import ArgumentParser
import EventLoop
import Policy
import Router
import Settings

/// `xmr-routed monerod-conf`: monerod's side of the configuration.
struct MonerodConf: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monerod-conf", abstract: "Print the lines for monerod.conf that fit this configuration.",
        discussion:
            "The addresses of published services are asked of the running router; without one they are left out.")

    @OptionGroup var options: RouterOptions

    func run() throws {
        do throws(ConfigurationFile.Refusal) {
            let configuration = try options.configuration.file.load()
            try? Terminal.say(configuration.monerodConf(addresses: configuration.inbound.isEmpty ? [:] : addresses))
        } catch {
            for line in error.lines { ThisProcess.write(Array("\(line)\n".utf8), to: 2) }
            throw ExitCode(64)
        }
    }

    /// The addresses of services by their names; none where no router answers.
    private var addresses: [String: String] {
        do throws(ControlClient.Failure) {
            let inbound = try StatusDocument.ask(try options.client()).inbound
            return Dictionary(
                inbound.compactMap { service in service.address.map { (service.name, $0) } },
                uniquingKeysWith: { first, _ in first })
        } catch {
            Terminal.complain("the addresses of services are left out: \(error.sentence)")
            return [:]
        }
    }
}
