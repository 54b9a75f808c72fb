import ArgumentParser
import EventLoop
import Guard
import Policy
import Protocols

/// `xmr-routed guard`: the kill-switch in the kernel.
struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Keep the kill-switch in the kernel.",
        discussion: """
            It needs CAP_NET_ADMIN and nothing else. SIGHUP reads the configuration again. SIGTERM ends it; what the \
            kernel holds stays there until `guard --remove`.
            """)

    /// What to do instead of staying.
    enum Errand: String, EnumerableFlag {
        case once, print, remove

        static func help(for value: Errand) -> ArgumentHelp? {
            switch value {
            case .once: "Put it into the kernel and end: for early boot."
            case .print: "Show the ruleset, as nft has it. It needs no rights and changes nothing."
            case .remove: "Take it away, and prove that it is gone."
            }
        }
    }

    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var place: GuardOption
    @Option(
        help: ArgumentHelp("The router's user, whom the guard holds to its configured ways out.", valueName: "name"))
    var routerUser = GuardOptions.packagedRouterUser
    @Flag(help: "Leave it to the kernel as anybody's, watch it, and put it back when somebody changes it.")
    var unowned = false
    @Flag(exclusivity: .exclusive) var errand: Errand?

    func run() throws {
        let options = GuardOptions(
            file: configuration.file, routerUser: routerUser, socket: place.guardSocket, isOwned: !unowned)
        do throws(GuardFailure) {
            try run(options)
        } catch {
            for line in error.lines { Self.tell(.warned(line)) }
            switch error.kind {
            case .configuration: throw ExitCode(64)
            case .notAllowed: throw Terminal.needsRoot
            case .socket: throw Terminal.cannotStart
            case .kernel: throw Terminal.refused
            }
        }
    }

    private func run(_ options: GuardOptions) throws(GuardFailure) {
        if errand == .print {
            let (text, problem) = try GuardErrands.text(of: options)
            ThisProcess.write(Array(text.utf8), to: 1)
            if let problem { Self.tell(.warned(problem)) }
            return
        }
        let kept = errand == nil ? ServiceManager.inherited(named: GuardDaemon.descriptorName) : nil
        var isInherited = kept != nil
        let kernel: NftKernel
        let loop: EventLoop
        do throws(SystemError) {
            loop = try EventLoop()
            do throws(SystemError) {
                kernel = try NftKernel(kept: kept)
            } catch {
                guard isInherited else { throw error }
                Self.tell(.warned("the service manager kept something else than the table's socket: \(error)"))
                isInherited = false
                kernel = try NftKernel(kept: nil)
            }
        } catch {
            throw GuardFailure(error)
        }
        switch errand {
        case .once: Self.tell(.said(try GuardErrands.apply(options, kernel: kernel, loop: loop, tell: Self.tell)))
        case .remove: Self.tell(.said(try GuardErrands.remove(options, kernel: kernel)))
        default:
            let daemon = try GuardDaemon(
                options, kernel: kernel, isInherited: isInherited, loop: loop, tell: Self.tell)
            daemon.run()
        }
    }

    /// One line a sentence on standard error, with its priority for the journal (sd-daemon(3): 4 warns, 5 is notable).
    private static func tell(_ notice: GuardNotice) {
        let (priority, sentence) =
            switch notice {
            case .said(let sentence): (5, sentence)
            case .warned(let sentence): (4, sentence)
            }
        let isJournal = ThisProcess.environment("JOURNAL_STREAM") != nil
        let line = (isJournal ? "<\(priority)>" : "xmr-routed guard: ") + sentence.printable(limit: 2000) + "\n"
        ThisProcess.write(Array(line.utf8), to: 2)
    }
}
