import ArgumentParser
import EventLoop
import Router

/// `xmr-routed metrics`: for Prometheus.
struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the metrics in Prometheus' text format.")

    @OptionGroup var options: RouterOptions

    func run() throws {
        let metrics = try Terminal.answer { () throws(ControlClient.Failure) in
            try options.client().ask("GET", "/metrics")
        }
        ThisProcess.write(metrics, to: 1)
    }
}
