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
        let document: StatusDocument
        do throws(ControlClient.Failure) {
            document = try StatusDocument.ask(try options.client())
        } catch {
            throw Terminal.exit(after: error)
        }
        if json {
            try Terminal.say(json: document.encode()["wallet"] ?? .null)
        } else {
            try Terminal.say(NodesScreen.render(document, palette: Terminal.palette))
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

    /// The router gives a node 90 s.
    private static let patience: Duration = .seconds(120)

    func run() throws {
        let document: NodeTestDocument
        do throws(ControlClient.Failure) {
            document = try NodeTestDocument.ask(try options.client(), patience: Self.patience)
        } catch {
            throw Terminal.exit(after: error)
        }
        if json {
            try Terminal.say(json: document.encode())
        } else {
            try Terminal.say(NodesScreen.render(document, palette: Terminal.palette))
        }
        if document.hasProblems { throw Terminal.refused }
    }
}

extension NodeTestDocument {
    fileprivate static func ask(
        _ client: ControlClient, patience: Duration
    ) throws(ControlClient.Failure) -> NodeTestDocument {
        let body = try client.ask("POST", "/v1/nodes/test", patience: patience)
        do {
            return try NodeTestDocument(decoding: JSONValue(reading: body.span))
        } catch let failure as DocumentFailure {
            throw .refused(failure.description)
        } catch {
            throw .refused("the router's answer is no report of nodes: \(error)")
        }
    }
}
