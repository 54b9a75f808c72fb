import ArgumentParser
import EventLoop
import Router

/// `xmr-routed metrics`: for Prometheus.
struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the metrics in Prometheus' text format.")

    @OptionGroup var options: RouterOptions

    func run() throws {
        do throws(ControlClient.Failure) {
            let body = try options.client().ask("GET", "/metrics")
            ThisProcess.write(body, to: 1)
        } catch {
            throw Terminal.exit(after: error)
        }
    }
}
