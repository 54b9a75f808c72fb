public import Protocols

/// The life of a managed Tor: events in, effects out.
///
/// ```
///   start ─▶ prepare ─▶ verify ─▶ run ─▶ converse ── its control connection says how it is
///               ▲          │refused  │ended
///               └── pause ─┴─────────┘  0.25 s, doubled up to 30 s; a refused torrc: 30 s
/// ```
///
/// One process at a time: `verify` and `run` each start one, and `ended` tells of its end. A torrc that was verified is
/// not verified again.
public struct TorSupervision: Hashable, Sendable {
    /// What the driver shall do, in this order.
    public enum Effect: Hashable, Sendable {
        /// Make the directory, take its lock, write torrc; then `prepared`, `isHeld` or `failed`.
        case prepare
        /// Start Tor to look at its torrc; `failed` where it cannot be started.
        case verify
        /// Start Tor; `failed` where it cannot be started.
        case run
        /// Connect to its control port, and begin to prove its SOCKS port.
        case converse
        /// Let both be.
        case hangUp
        /// End the process: ask, and kill it after so long.
        case end(within: Duration)
    }

    private enum Phase: Hashable {
        case stopped
        case preparing
        case verifying(since: Instant)
        case running(since: Instant)
        case conversing(since: Instant)
        case pausing(until: Instant)
        /// The process is to end; whether to begin again then.
        case ending(again: Bool)
    }

    /// The first pause after a failure, doubled with each.
    static let shortestPause = Duration.milliseconds(250)
    /// The longest.
    static let longestPause = Duration.seconds(30)
    /// After a run of so long, a failure is the first again.
    static let goodRun = Duration.seconds(30)
    /// A look at torrc takes some 30 ms.
    static let verifyingLimit = Duration.seconds(20)
    /// Tor says when its control port is open; if the words were others, it is open by then.
    static let controlDelay = Duration.seconds(2)
    /// How long an earlier process may need to go before somebody else is thought to hold the directory.
    static let handover = Duration.seconds(4)
    /// How long a Tor that was asked to end may take.
    static let farewell = Duration.seconds(2)

    private var phase = Phase.stopped
    private var pause = shortestPause
    private var torrc = ""
    private var verified: String?
    private var lastFailure: String?
    private var bootstrap: TorBootstrap?
    /// The last line that may be why, and when it came.
    private var lastReason: String?
    private var lastReasonAt: Instant?
    private var lastWarning = ""
    /// What is wrong with a transport, until Tor is ready.
    private var transportProblem: String?

    /// It does not run.
    public init() {}

    /// How it is: as far as the process tells, and else by what its conversation knows.
    public func readiness(by conversation: EgressReadiness?) -> EgressReadiness {
        if isConversing, let conversation {
            guard let transportProblem, !conversation.isReady else { return conversation }
            return EgressReadiness(
                conversation.state == .starting ? .failing : conversation.state,
                "\(conversation.detail); \(transportProblem)")
        }
        if let lastFailure { return EgressReadiness(.down, lastFailure) }
        switch phase {
        case .verifying: return EgressReadiness(.starting, "looking at Tor's configuration")
        case .running: return EgressReadiness(.starting, bootstrap?.sentence ?? "Tor is started")
        default: return EgressReadiness(.starting, "starting Tor")
        }
    }

    private var isConversing: Bool {
        if case .conversing = phase { true } else { false }
    }

    /// Whether there is no process, and none is to be.
    public var isStopped: Bool { phase == .stopped }

    /// Whether it is stopped or about to be: nobody asks how it is.
    public var isLeaving: Bool { phase == .stopped || phase == .ending(again: false) }

    /// When `tick` has something to do; nil while nothing is due.
    public var deadline: Instant? {
        switch phase {
        case .verifying(let since): since + Self.verifyingLimit
        case .running(let since): since + Self.controlDelay
        case .pausing(let until): until
        case .stopped, .preparing, .conversing, .ending: nil
        }
    }

    /// Begin.
    public mutating func start() -> [Effect] {
        switch phase {
        case .stopped: return begin()
        case .ending:
            phase = .ending(again: true)
            return []
        default: return []
        }
    }

    /// End.
    public mutating func stop() -> [Effect] {
        lastFailure = nil
        switch phase {
        case .stopped, .preparing, .pausing:
            phase = .stopped
            return []
        case .verifying, .running, .conversing:
            let wasConversing = isConversing
            phase = .ending(again: false)
            return (wasConversing ? [.hangUp] : []) + [.end(within: Self.farewell)]
        case .ending:
            phase = .ending(again: false)
            return []
        }
    }

    /// Everything is there for this torrc.
    public mutating func prepared(torrc: String, now: Instant) -> [Effect] {
        guard phase == .preparing else { return [] }
        self.torrc = torrc
        lastReason = nil
        lastReasonAt = nil
        bootstrap = nil
        transportProblem = nil
        if torrc == verified { return run(now) }
        phase = .verifying(since: now)
        return [.verify]
    }

    /// The directory's lock is another's.
    public mutating func isHeld(_ directory: String, now: Instant) -> [Effect] {
        guard phase == .preparing else { return [] }
        if pause < Self.handover {
            wait(now)
        } else {
            fail(
                "another router runs its Tor in \(directory): stop it, or give this one a STATE_DIRECTORY of its own",
                now)
        }
        return []
    }

    /// It could not be prepared, or not be started, for this reason.
    public mutating func failed(_ sentence: String, now: Instant) -> [Effect] {
        switch phase {
        case .stopped, .pausing, .ending, .conversing: return []
        case .preparing, .verifying, .running:
            fail(sentence, now)
            return []
        }
    }

    /// Tor said this.
    public mutating func logged(_ line: TorLogLine, now: Instant) -> [Effect] {
        if line.severity == .warn, !line.refersToOthers { lastWarning = line.message }
        if let reason = line.reason {
            lastReason = line.refersToOthers ? lastWarning.printable(limit: 300) : reason
            lastReasonAt = now
            if line.isOfTransport { transportProblem = lastReason }
        }
        if let bootstrap = line.bootstrap { self.bootstrap = bootstrap }
        guard line.opensControl, case .running = phase else { return [] }
        return converse()
    }

    /// Tor is ready: what was wrong with it before is past.
    public mutating func becameReady() {
        transportProblem = nil
    }

    /// The process has ended: in these words ("exit status 1"), and whether that is success.
    public mutating func ended(_ how: String, isSuccess: Bool, now: Instant) -> [Effect] {
        switch phase {
        case .verifying where isSuccess:
            verified = torrc
            return run(now)
        case .verifying:
            // Only the operator can mend it. It is looked at again now and then: a path in it may be what was wrong.
            pause = Self.longestPause
            fail("Tor refuses its configuration: \(lastReason ?? how)", now)
            return []
        case .running(let since), .conversing(let since):
            let wasConversing = isConversing
            if now - since >= Self.goodRun { pause = Self.shortestPause }
            let reason = lastReasonAt.map { now - $0 <= .seconds(2) } == true ? lastReason : nil
            fail("Tor has ended (\(how))\(reason.map { ": \($0)" } ?? ""); it is started again", now)
            return wasConversing ? [.hangUp] : []
        case .ending(again: true): return begin()
        case .ending(again: false):
            phase = .stopped
            return []
        case .stopped, .preparing, .pausing: return []
        }
    }

    /// The time. Call it at `deadline`.
    public mutating func tick(_ now: Instant) -> [Effect] {
        guard let deadline, deadline <= now else { return [] }
        switch phase {
        case .pausing: return begin()
        case .running: return converse()
        case .verifying:
            lastReason = "it does not come to an end of looking at it"
            // Its end is told, and is no success.
            phase = .verifying(since: now)
            return [.end(within: .zero)]
        case .stopped, .preparing, .conversing, .ending: return []
        }
    }

    private mutating func begin() -> [Effect] {
        phase = .preparing
        return [.prepare]
    }

    private mutating func run(_ now: Instant) -> [Effect] {
        phase = .running(since: now)
        lastReason = nil
        return [.run]
    }

    private mutating func converse() -> [Effect] {
        guard case .running(let since) = phase else { return [] }
        phase = .conversing(since: since)
        lastFailure = nil
        return [.converse]
    }

    private mutating func fail(_ sentence: String, _ now: Instant) {
        lastFailure = sentence
        wait(now)
    }

    private mutating func wait(_ now: Instant) {
        phase = .pausing(until: now + pause)
        pause = min(pause * 2, Self.longestPause)
    }
}
