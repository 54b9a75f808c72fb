import ArgumentParser
import EventLoop
import Policy
import Protocols
import Router

/// `xmr-routed nodes`: the wallets' nodes.
struct Nodes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the wallets' nodes, or test each of them once.",
        discussion: "They are named by their place in the file. Exits like `status`.",
        subcommands: [NodesShow.self, NodesTest.self], defaultSubcommand: NodesShow.self)
}

/// `xmr-routed nodes show`, which is what `nodes` does.
struct NodesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is known of each node.",
        discussion:
            "They are asked while a wallet is. Exits 0 protected, 1 degraded, 2 blocked, 3 unguarded, 4 when no "
            + "router answers.")

    @OptionGroup var options: RouterOptions
    @Flag(help: "Print the wallet part of the status document instead of text.") var json = false

    func run() throws {
        let document = try Terminal.answer { () throws(ControlClient.Failure) in
            try StatusDocument.ask(try options.client())
        }
        try Terminal.show(document.encode()["wallet"] ?? .null, asJSON: json) {
            NodesScreen.render(document, palette: $0)
        }
        throw ExitCode(document.borneOut.state.exitCode)
    }
}

/// `xmr-routed nodes test`: one probe of each, with the time that each step took.
struct NodesTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Probe each node once, through its route, with timings.",
        discussion:
            "For root and the router's own user. It takes up to two minutes. Exits 0 when every node is good, 1 "
            + "when one is not, 4 when no router answers, 77 when this user may not.")

    @OptionGroup var options: RouterOptions
    @Flag(help: "Print a JSON document instead of text.") var json = false

    func run() throws {
        let document = try Terminal.answer { () throws(ControlClient.Failure) in
            try NodeTestDocument.ask(try options.client())
        }
        try Terminal.show(document.encode(), asJSON: json) { NodesScreen.render(document, palette: $0) }
        if document.hasProblems { throw Terminal.refused }
    }
}
