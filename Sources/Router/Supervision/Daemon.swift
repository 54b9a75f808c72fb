import EventLoop
public import Policy
import Protocols
public import Settings

/// The life of `xmr-routed run`: configuration, router, control socket, signals, service manager, end.
public final class Daemon: ControlServer.Daemon {
    private let loop: EventLoop
    private let file: ConfigurationFile
    private let router: Router
    private var control: ControlServer?
    private let serviceManager = ServiceManager()
    private var watches: [Watch] = []
    private var past = EventHistory()
    private let log: (StatusEvent) -> Void
    private var isRunning = false
    private var toldStatus = ""

    /// Reads the configuration, opens the listeners and the control socket. Nothing is accepted before `run`.
    ///
    /// - Parameters:
    ///   - guardSocket: where the guard speaks.
    ///   - log: called with each event.
    /// - Throws: `ConfigurationFile.Refusal` or `StartFailure`.
    public init(
        _ file: ConfigurationFile, guardSocket: String = Places.guardSocket, log: @escaping (StatusEvent) -> Void
    ) throws {
        ThisProcess.forbidCoreFiles()
        self.file = file
        self.log = log
        let configuration = try file.load()
        loop = try EventLoop()
        let lock = LockStore(stateDirectory: try Places.stateDirectory())
        router = try Router(configuration, lockStore: lock, loop: loop, guardSocket: guardSocket)
        router.onEvent = { [unowned self] in happened($0) }
        let path = Places.controlSocket(configured: configuration.control.socket)
        control = try ControlServer(
            path: path, makesDirectory: configuration.control.socket == nil, daemon: self, loop: loop)
        // Until the socket was there, `lock` could only write to disk.
        router.readLockAgain()
    }

    /// Runs until SIGTERM or SIGINT.
    public func run() {
        for number in [ThisProcess.terminate, ThisProcess.interrupt] {
            watches.append(Watch.signal(number, on: loop) { [unowned self] in loop.stop() })
        }
        watches.append(
            Watch.signal(ThisProcess.hangUp, on: loop) { [unowned self] in
                // The refusal was told as an event; there is nobody else to tell.
                try? reload()
            })
        if let interval = serviceManager?.watchdog {
            watches.append(
                Watch.ticker(every: .milliseconds(interval.milliseconds / 2), on: loop) { [unowned self] in
                    tellServiceManager("WATCHDOG=1")
                    tellStatus()
                })
        }
        router.start()
        tellServiceManager("READY=1")
        isRunning = true
        tellStatus()
        loop.run()
        isRunning = false
        tellServiceManager("STOPPING=1")
        // The node's traffic is cut; what a wallet has asked gets its answer, if it comes soon.
        if router.drain({ [unowned self] in loop.stop() }) { linger(for: Router.walletFarewell) }
        router.stop()
        control?.stop()
        let farewell = router.farewellAtExit
        if farewell > .zero { linger(for: farewell) }
        // A Tor of ours writes down which guards it uses before it goes.
        loop.endChildren(within: .seconds(2))
    }

    /// Lives on, until it is told to stop or this time is over.
    private func linger(for time: Duration) {
        let end = Watch.timer(on: loop) { [unowned self] in loop.stop() }
        end.schedule(after: time)
        loop.run()
        end.cancel()
    }

    /// The status document as of now.
    public var status: StatusDocument { router.status }

    /// The last events, oldest first.
    public var history: [StatusEvent] { past.events }

    /// Locks. See `Router.lockAll`.
    public func lockAll() throws(StartFailure) -> String? { try router.lockAll() }

    /// Unlocks. See `Router.unlock`.
    public func unlock() throws(StartFailure) { try router.unlock() }

    /// Probes the wallets' nodes. See `Router.testNodes`.
    public func testNodes(_ done: @escaping (NodeTestDocument) -> Void) throws(StartFailure) {
        try router.testNodes(done)
    }

    /// Reads the configuration anew. A bad file, or one that cannot be applied, changes nothing and says so.
    public func reload() throws(StartFailure) {
        guard isRunning else { throw StartFailure("refused: the router is ending") }
        tellServiceManager("RELOADING=1")
        defer { tellServiceManager("READY=1") }
        do {
            let configuration = try file.load()
            try router.reload(configuration)
            router.reloadProblem = nil
        } catch {
            let sentence =
                switch error {
                case let refusal as ConfigurationFile.Refusal: refusal.lines.joined(separator: "; ")
                default: "\(error)"
                }
            router.reloadProblem = sentence
            happened(.reloadRefused(sentence, at: UTCTime(unixSeconds: loop.unixSeconds)))
            throw StartFailure("refused, the old configuration stays in force: \(sentence)")
        }
    }

    private var statusLine: String {
        let status = status
        return "\(status.state.rawValue): \(status.reason)"
    }

    private func happened(_ event: StatusEvent) {
        past.append(event)
        log(event)
        control?.publish(event)
        tellStatus()
    }

    /// `systemctl status` shows the state in words; it is told when the words change.
    private func tellStatus() {
        let line = statusLine
        guard serviceManager != nil, isRunning, line != toldStatus else { return }
        if tellServiceManager("STATUS=\(line)") { toldStatus = line }
    }

    /// - Returns: whether it took the message.
    @discardableResult
    private func tellServiceManager(_ message: String) -> Bool {
        guard let serviceManager else { return false }
        do throws(SystemError) {
            try serviceManager.tell(message)
            return true
        } catch {
            // Without its service manager the router still does its work; the watchdog decides what follows.
            log(
                StatusEvent(
                    time: UTCTime(unixSeconds: loop.unixSeconds), kind: .init(rawValue: "service-manager"),
                    sentence: "the service manager cannot be told: \(error)"))
            return false
        }
    }
}
