import ArgumentParser
import EventLoop
import Router
import Settings

/// Which configuration.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file. Default: \(ConfigurationFile.defaultPath) if it is there, else the built-in one.",
            valueName: "file"))
    var path: String?

    var file: ConfigurationFile { ConfigurationFile(named: path) }
}

/// Which router to ask.
struct RouterOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOption

    @Option(help: ArgumentHelp("The router's control socket. Default: what the configuration says.", valueName: "path"))
    var socket: String?

    var socketPath: String {
        Places.controlSocketToAsk(
            option: socket, configured: socket == nil ? configuration.file.controlSocket : nil)
    }

    func client() throws(ControlClient.Failure) -> ControlClient {
        try ControlClient(path: socketPath)
    }
}
