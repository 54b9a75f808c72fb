import ArgumentParser
import EventLoop
import Policy
import Protocols
import Router

/// `xmr-routed lock`: the operator's kill-switch.
struct Lock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cut everything at once, until `unlock`.",
        discussion:
            "It survives restarts, crashes and upgrades. Without a router it is written down and holds at start. The "
            + "guard, where there is one, destroys what the confined users have open.")

    @OptionGroup var options: RouterOptions
    @OptionGroup var guardOption: GuardOption

    func run() throws {
        var wasTaken = false
        defer {
            if !wasTaken, let outcome = GuardVerb.destroy(at: guardOption.guardSocket) {
                try? Terminal.say(outcome.sentence + "\n")
            }
        }
        try operate("/v1/lock", with: options, done: "locked: nothing passes", without: .locked) { wasTaken = true }
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

/// Tells the router. Where there is none, the lock's state is written and holds at its start. Where one may be there
/// and does not answer, a lock is written as well, but nothing is claimed of the router that runs.
///
/// - Parameter onTaken: called when the router has taken it, and what follows from it is the router's to do.
private func operate(
    _ target: String, with options: RouterOptions, done: String, without state: LockState,
    onTaken: () -> Void = {}
) throws {
    do throws(ControlClient.Failure) {
        let answer = try options.client().ask("POST", target)
        onTaken()
        try? Terminal.say(done + "\n")
        if let value = try? JSONValue(reading: answer.span), let note = value["note"]?.asString {
            Terminal.complain(note)
        }
    } catch .absent {
        let path = try write(state)
        let socket = options.socketPath
        let word = state.isLocked ? "locked" : "unlocked"
        try? Terminal.say("\(word) from the next start: no router answers at \(socket), so it is written to \(path)\n")
    } catch .unreachable(let why) {
        guard state.isLocked else { throw Terminal.exit(after: .unreachable(why)) }
        let path = try write(state)
        Terminal.complain(
            "NOT confirmed by the running router: \(why). Written to \(path), so it holds at its next start")
        throw Terminal.noRouter
    } catch {
        throw Terminal.exit(after: error)
    }
}

private func write(_ state: LockState) throws -> String {
    let store = LockStore(stateDirectory: try Places.stateDirectory())
    do throws(SystemError) {
        try store.write(state)
    } catch {
        Terminal.complain("no router took it, and the lock's state cannot be written: \(error)")
        throw Terminal.refused
    }
    return store.path
}
