import ArgumentParser
import Router

/// `xmr-routed`: one file per command beside this one.
@main
struct XmrRouted: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "xmr-routed",
        abstract: "Forces a Monero node's traffic through Tor or another proxy, or nowhere.",
        discussion: "Point monerod at it with the lines that `xmr-routed monerod-conf` prints.",
        version: Router.version,
        subcommands: [
            Run.self, Check.self, Status.self, Wait.self, Lock.self, Unlock.self, Events.self, Metrics.self,
            Nodes.self, Inbound.self, MonerodConf.self, Canary.self, DoctorCommand.self, GuardCommand.self,
        ])
}
