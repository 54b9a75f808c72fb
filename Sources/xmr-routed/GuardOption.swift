import ArgumentParser
import EventLoop
import Router

/// Which guard.
struct GuardOption: ParsableArguments {
    @Option(
        name: .customLong("guard-socket"),
        help: ArgumentHelp(
            "The guard's socket; the canary's lies beside it. Default: \(Self.packaged).", valueName: "path"))
    var path: String?

    static let packaged = Places.guardSocket

    var guardSocket: String { path ?? Self.packaged }
    var canarySocket: String { Files.parent(of: guardSocket) + "/canary.sock" }
}
