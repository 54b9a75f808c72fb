public import EventLoop
import Netlink
import Policy
import Protocols
import Settings

/// What the guard does once, without staying.
public enum GuardErrands {
    /// Puts the kill-switch into the kernel and leaves it there for the guard that comes later: for early boot. It needs
    /// no directory and writes to none. Where the configuration cannot be used, what the kernel holds stays as it is.
    ///
    /// - Returns: what is so now, in a sentence.
    /// - Throws: `GuardFailure`; of the kind `kernel` also where somebody named cannot be held.
    public static func apply(
        _ options: GuardOptions, kernel: any GuardKernel, loop: EventLoop, tell: @escaping (GuardNotice) -> Void
    ) throws(GuardFailure) -> String {
        let source = GuardSource(options) { kernel.digest(of: $0) }
        let found = try read(kernel)
        if options.file.path == nil, found != nil {
            throw GuardFailure(
                .configuration,
                "\(ConfigurationFile.defaultPath) is not there: what the kernel holds stays as it is")
        }
        let wish: GuardWish
        switch source.load() {
        case .success(let good): wish = good
        case .failure(let failure) where failure == GuardSource.off && found == nil:
            return "the configuration says `guard = \"off\"` in [kill-switch]: nobody is held"
        case .failure(let failure):
            let state = found == nil ? "nobody is held" : "what the kernel holds stays as it is"
            throw GuardFailure(failure.kind, failure.lines + [state])
        }
        let engine = GuardEngine(kernel, isOwned: options.isOwned, loop: loop, tell: tell)
        engine.happen(.configured(wish))
        let machine = engine.machine
        if machine.reading?.digest == wish.digest, machine.reading?.keeper == .another, wish.problem == nil {
            return "a guard that runs holds it already"
        }
        if let problem = machine.problem { throw GuardFailure(.kernel, problem) }
        return machine.summary
    }

    /// The ruleset as text for nft(8). It asks nothing of the kernel.
    ///
    /// - Returns: the text, and who is not in it though he should be: a sentence, nil where there is nobody.
    public static func text(of options: GuardOptions) throws(GuardFailure) -> (text: String, problem: String?) {
        let wish = try GuardSource(options) { _ in "" }.load(needsGuard: false).get()
        return (wish.table.text, wish.problem)
    }

    /// Takes the kill-switch away, and looks whether it is gone. A guard that runs would put it back: it must have ended.
    ///
    /// - Returns: who is not held any more, in a sentence.
    public static func remove(_ options: GuardOptions, kernel: any GuardKernel) throws(GuardFailure) -> String {
        let running = "a guard keeps the table: end it first, by systemctl stop xmr-routed-guard"
        guard !LocalServer.isAnswered(options.socket) else { throw GuardFailure(.socket, running) }
        guard let found = try read(kernel) else { return "there is no table of the guard: nobody is held" }
        guard found.keeper != .another else { throw GuardFailure(.socket, running) }
        do throws(NftablesFailure) {
            try kernel.remove()
        } catch {
            throw GuardFailure(error)
        }
        guard try read(kernel) == nil else {
            throw GuardFailure(.kernel, "the table is still there: somebody puts it back, or takes none away")
        }
        let names = found.counts.users.sorted().map { id in
            ThisProcess.userName(of: id).map { "\($0) (user \(id))" } ?? "the user \(id)"
        }
        let free = names.isEmpty ? "it held nobody" : "nothing holds \(names.joined(separator: ", ")) any more"
        return "taken away, and read back: the kernel has no table of the guard; \(free)"
    }

    static func read(_ kernel: any GuardKernel) throws(GuardFailure) -> GuardReading? {
        do throws(NftablesFailure) {
            return try kernel.read(nil)
        } catch {
            throw GuardFailure(error)
        }
    }
}
