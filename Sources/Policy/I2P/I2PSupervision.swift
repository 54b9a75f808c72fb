public import Protocols

/// The life of an i2pd of ours: events in, effects out.
///
/// ```
///   start ─▶ prepare ─▶ run ─▶ serving ── its sessions say how it is
///               ▲        │ended  │ended
///               └─ pause ┴───────┘  0.25 s, doubled up to 30 s
/// ```
/// One process at a time. What i2pd says is not read: a line of it may name whom it speaks to.
public struct I2PSupervision: Hashable, Sendable {
    /// What the driver shall do.
    public enum Effect: Hashable, Sendable {
        /// Make the directory, take its lock, write the configuration; then `prepared`, `isHeld` or `failed`.
        case prepare
        /// Start i2pd; `failed` where it cannot be started.
        case run
        /// End the process: ask, and kill it after so long.
        case end(within: Duration)
    }

    private enum Phase: Hashable {
        case stopped, preparing
        case running(since: Instant)
        case serving(since: Instant)
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
    /// Its SAM port is open half a second after its start.
    static let opening = Duration.seconds(1)
    /// How long an earlier process may need to go before somebody else is thought to hold the directory.
    static let handover = Duration.seconds(4)
    /// How long one that was asked to end may take.
    static let farewell = Duration.seconds(2)

    private var phase = Phase.stopped
    private var pause = shortestPause
    private var lastFailure: String?

    /// It does not run.
    public init() {}

    /// Whether its SAM port is there to be asked.
    public var isServing: Bool { if case .serving = phase { true } else { false } }
    /// Whether there is no process, and none is to be.
    public var isStopped: Bool { phase == .stopped }
    /// How it is, while it is not there to be asked.
    public var readiness: EgressReadiness {
        lastFailure.map { EgressReadiness(.down, $0) } ?? EgressReadiness(.starting, "i2pd is started")
    }

    /// When `tick` has something to do; nil while nothing is due.
    public var deadline: Instant? {
        switch phase {
        case .running(let since): since + Self.opening
        case .pausing(let until): until
        case .stopped, .preparing, .serving, .ending: nil
        }
    }

    /// Begin.
    public mutating func start() -> [Effect] {
        switch phase {
        case .stopped: return begin()
        case .ending:
            phase = .ending(again: true)
            return []
        case .preparing, .running, .serving, .pausing: return []
        }
    }

    /// End.
    public mutating func stop() -> [Effect] {
        lastFailure = nil
        switch phase {
        case .stopped, .preparing, .pausing:
            phase = .stopped
            return []
        case .running, .serving:
            phase = .ending(again: false)
            return [.end(within: Self.farewell)]
        case .ending:
            phase = .ending(again: false)
            return []
        }
    }

    /// Everything is there.
    public mutating func prepared(_ now: Instant) -> [Effect] {
        guard phase == .preparing else { return [] }
        phase = .running(since: now)
        return [.run]
    }

    /// The directory's lock is another's.
    public mutating func isHeld(_ directory: String, now: Instant) -> [Effect] {
        guard phase == .preparing else { return [] }
        if pause >= Self.handover {
            lastFailure =
                "another router runs its i2pd in \(directory): stop it, or give this one a STATE_DIRECTORY of its own"
        }
        wait(now)
        return []
    }

    /// It could not be prepared, or not be started, for this reason.
    public mutating func failed(_ sentence: String, now: Instant) -> [Effect] {
        switch phase {
        case .preparing, .running:
            lastFailure = sentence
            wait(now)
        case .stopped, .pausing, .ending, .serving: break
        }
        return []
    }

    /// The process has ended, in these words ("exit status 1").
    public mutating func ended(_ how: String, now: Instant) -> [Effect] {
        switch phase {
        case .running(let since), .serving(let since):
            if now - since >= Self.goodRun { pause = Self.shortestPause }
            lastFailure = "i2pd has ended (\(how)); it is started again"
            wait(now)
            return []
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
        case .running(let since):
            phase = .serving(since: since)
            lastFailure = nil
            return []
        case .stopped, .preparing, .serving, .ending: return []
        }
    }

    private mutating func begin() -> [Effect] {
        phase = .preparing
        return [.prepare]
    }

    private mutating func wait(_ now: Instant) {
        phase = .pausing(until: now + pause)
        pause = min(pause * 2, Self.longestPause)
    }
}
