public import EventLoop
import Policy
import Protocols
import Settings

/// The life of `xmr-routed guard`: the kernel first, then the sockets, then a look each second, until SIGTERM, which
/// leaves the table where it is.
public final class GuardDaemon {
    private let options: GuardOptions
    private let kernel: any GuardKernel
    private let loop: EventLoop
    private let source: GuardSource
    private let tell: (GuardNotice) -> Void
    private let engine: GuardEngine
    private var server: GuardServer?
    private var canaries: CanaryServer?
    private var watches: [Watch] = []
    private lazy var lookSoon = Watch.timer(on: loop) { [unowned self] in engine.happen(.changed) }
    private let serviceManager = ServiceManager()
    private var isReady = false
    private var isKept = false
    private var toldStatus = ""

    /// Puts the kill-switch into the kernel, and then listens. Where another guard answers, or there is nothing to hold,
    /// the kernel is left as it is.
    ///
    /// - Parameters:
    ///   - isInherited: whether the kernel's socket came from the service manager, which has it already.
    ///   - tell: called with each sentence for the operator.
    /// - Throws: `GuardFailure`.
    public init(
        _ options: GuardOptions, kernel: any GuardKernel, isInherited: Bool, loop: EventLoop,
        tell: @escaping (GuardNotice) -> Void
    ) throws(GuardFailure) {
        ThisProcess.forbidCoreFiles()
        self.options = options
        self.kernel = kernel
        self.loop = loop
        self.tell = tell
        isKept = isInherited
        source = GuardSource(options) { kernel.digest(of: $0) }
        engine = GuardEngine(kernel, isOwned: options.isOwned, loop: loop, tell: tell)
        guard !LocalServer.isAnswered(options.socket) else {
            throw GuardFailure(.socket, "another guard answers at \(options.socket): end it first")
        }
        _ = try GuardErrands.read(kernel)
        try begin()
        try listen()
        engine.onHeartbeat = { [unowned self] in server?.beat() }
        do throws(SystemError) {
            try kernel.watch(on: loop) { [unowned self] in
                // Many changes in a row are looked at once.
                if !lookSoon.isPending { lookSoon.schedule(after: .milliseconds(1)) }
            }
        } catch {
            tell(.warned("changes of nftables are seen only once a second: \(error)"))
        }
    }

    /// Runs until SIGTERM or SIGINT.
    public func run() {
        for number in [ThisProcess.terminate, ThisProcess.interrupt] {
            watches.append(Watch.signal(number, on: loop) { [unowned self] in loop.stop() })
        }
        watches.append(Watch.signal(ThisProcess.hangUp, on: loop) { [unowned self] in reload() })
        watches.append(Watch.ticker(every: .seconds(1), on: loop) { [unowned self] in tick() })
        tellProgress()
        loop.run()
        inform("STOPPING=1")
        server?.stop()
        canaries?.stop()
    }

    private func begin() throws(GuardFailure) {
        let wish = source.load()
        engine.happen(wish)
        // A table of ours stays in force, and somebody has to keep it. Without one there is nothing to do.
        if case .failure(let failure) = wish, engine.machine.reading == nil { throw failure }
    }

    private func listen() throws(GuardFailure) {
        let group = ThisProcess.groupID(of: GuardOptions.group)
        var path = options.socket
        do throws(LocalServer.Failure) {
            server = try GuardServer(path: path, group: group, guardian: self, loop: loop)
            path = Files.parent(of: options.socket) + "/canary.sock"
            canaries = try CanaryServer(path: path, guardian: self, loop: loop)
        } catch {
            let why =
                switch error {
                case .answered: "another guard answers at \(path): end it first"
                case .notASocket: "\(path) is there and is no socket: take it away"
                case .taken(let error): "\(path) is in another's hands (\(error.reason)): end its guard first"
                case .system(let error):
                    "the guard's socket \(path) cannot be made: \(error.reason); make its directory for the guard's user, "
                        + "or name another place by --guard-socket"
                }
            throw GuardFailure(.socket, why)
        }
    }

    private func reload() {
        if isReady { inform("RELOADING=1") }
        engine.happen(source.load())
        if isReady { inform("READY=1") }
        tellProgress()
    }

    private func tick() {
        if let wish = source.usersChanged() { engine.happen(wish) }
        engine.happen(.tick)
        if serviceManager?.watchdog != nil { inform("WATCHDOG=1") }
        tellProgress()
    }

    // The service manager.

    private func tellProgress() {
        let machine = engine.machine
        guard machine.isSettled else { return tellStatus() }
        if !isReady {
            isReady = true
            inform("READY=1")
        }
        if !isKept, machine.reading?.keeper == .us, let serviceManager {
            isKept = true
            do throws(SystemError) {
                try serviceManager.keep(kernel.ownersDescriptor, named: Self.descriptorName)
            } catch {
                tell(
                    .warned(
                        "the service manager cannot keep the table's socket, so it is nobody's while the guard restarts: \(error)"
                    ))
            }
        }
        tellStatus()
    }

    /// The name of the table's socket in the service manager's store.
    public static let descriptorName = "nftables"

    private func tellStatus() {
        let line = engine.machine.summary
        guard line != toldStatus else { return }
        toldStatus = line
        inform("STATUS=\(line.printable(limit: 500))")
    }

    private func inform(_ message: String) {
        // Without its service manager the guard still does its work; the watchdog decides what follows.
        try? serviceManager?.tell(message)
    }
}

extension GuardDaemon: GuardServer.Guardian {
    var heartbeat: GuardHeartbeat { engine.machine.heartbeat }

    func isTrusted(_ user: UInt32) -> Bool {
        user == 0 || user == source.routerUser
    }

    func destroyFlows() -> GuardMessage {
        guard let wish = engine.machine.wish else { return .refused(engine.machine.summary) }
        let (sockets, problem) = engine.destroyFlows(of: wish.users.map(\.id))
        return .destroyed(sockets: sockets, problem: problem)
    }
}

extension GuardDaemon: CanaryServer.Guardian {
    func canaryReading(of user: UInt32) -> Result<(name: String, reading: GuardReading), GuardRefusal> {
        engine.happen(.asked)
        return engine.machine.canary(of: user)
    }

    func record(_ verdict: CanaryVerdict, of user: UInt32) {
        if !verdict.proven { tell(.warned("the canary of user \(user) is NOT proven: \(verdict.detail)")) }
        engine.record(GuardHeartbeat.Canary(at: engine.now, isProven: verdict.proven, detail: verdict.detail), of: user)
        server?.beat()
    }
}
