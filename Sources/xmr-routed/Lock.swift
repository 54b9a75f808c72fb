import ArgumentParser
import EventLoop
import Policy
import Router

/// `xmr-routed lock`: the operator's kill-switch.
struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cut everything at once, until `unlock`.",
        discussion:
            "It survives restarts, crashes and upgrades. Without a router it is written down and holds at start.")

    @OptionGroup var options: RouterOptions

    func run() throws {
        try operate("/v1/lock", with: options, done: "locked: nothing passes", without: .locked)
    }
}

/// `xmr-routed unlock`: let pass again.
struct Unlock: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let pass again after `lock`.")

    @OptionGroup var options: RouterOptions

    func run() throws {
        try operate("/v1/unlock", with: options, done: "unlocked", without: .unlocked)
    }
}

/// Tells the router, or writes the lock's state where there is none.
private func operate(_ target: String, with options: RouterOptions, done: String, without state: LockState) throws {
    do throws(ControlClient.Failure) {
        _ = try options.client().ask("POST", target)
        try? Terminal.say(done + "\n")
    } catch .absent {
        let directory = try Places.stateDirectory()
        let store = LockStore(stateDirectory: directory)
        do throws(SystemError) {
            try store.write(state)
        } catch {
            Terminal.complain("no router answers, and the lock's state cannot be written: \(error)")
            throw Terminal.refused
        }
        try? Terminal.say(
            "\(state.isLocked ? "locked" : "unlocked") from the next start: no router answers now, so it is written to \(store.path)\n"
        )
    } catch {
        throw Terminal.exit(after: error)
    }
}
