import ArgumentParser
import EventLoop
import Policy
import Router
import Settings

/// `xmr-routed run`: the router, in the foreground.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the router in the foreground.",
        discussion: "It needs no privileges. SIGHUP reloads the configuration; SIGTERM ends it.")

    @OptionGroup var options: ConfigurationOption
    @OptionGroup var guardOption: GuardOption

    func run() throws {
        let daemon: Daemon
        do {
            daemon = try Daemon(options.file, guardSocket: guardOption.guardSocket, log: Self.log)
        } catch let refusal as ConfigurationFile.Refusal {
            for line in refusal.lines { ThisProcess.write(Array("\(line)\n".utf8), to: 2) }
            throw ExitCode(64)
        } catch {
            Terminal.complain("\(error)")
            throw Terminal.cannotStart
        }
        daemon.run()
    }

    /// One line an event on standard error: with its priority for the journal, which has the time, else with its
    /// time for a person.
    private static func log(_ event: StatusEvent) {
        let isJournal = ThisProcess.environment("JOURNAL_STREAM") != nil
        let line = isJournal ? "<\(event.journalPriority)>\(event.sentence)\n" : "\(event.humanLine)\n"
        ThisProcess.write(Array(line.utf8), to: 2)
    }
}

extension StatusEvent {
    /// The journal's priority (sd-daemon(3)): 4 warns, 5 is notable, 6 informs.
    fileprivate var journalPriority: Int {
        switch kind {
        case .reloadRefused, .listenerPaused, .threat: 4
        case .state, .locked, .unlocked, .stopped, .destroyed: 5
        default: 6
        }
    }
}
