internal import CLibevent
internal import CLinux
public import Protocols

/// One thread's event loop, on libevent. Not Sendable: it stays in the thread that made it.
///
/// The base is made without locks (one thread owns it) and nothing here reaches libevent's resolver.
@safe
public final class EventLoop {
    /// libevent's base.
    let base: OpaquePointer
    /// One buffer for all reads: a relay or a handshake looks at it and is done with it before the next.
    let scratch: UnsafeMutablePointer<UInt8>
    /// How much is read at once. A read that fills it says that a direction is busy (see `Relay`).
    static let scratchSize = 65536
    /// The children that run, by process id: kept here until their end is known, so that none is left a zombie.
    var children: [Int32: ChildProcess] = [:]

    /// A loop of its own.
    ///
    /// - Throws: `SystemError` when the kernel gives no epoll descriptor.
    public init() throws(SystemError) {
        // splice(2) has no MSG_NOSIGNAL: without this a peer's close would end the process.
        ignoreSignal(SIGPIPE)
        guard let config = unsafe event_config_new() else { throw SystemError("make an event loop", code: ENOMEM) }
        defer { unsafe event_config_free(config) }
        unsafe event_config_set_flag(config, Int32(EVENT_BASE_FLAG_NOLOCK.rawValue))
        unsafe event_config_require_features(config, Int32(EV_FEATURE_ET.rawValue | EV_FEATURE_EARLY_CLOSE.rawValue))
        // After this many relays the loop looks whether something more urgent has come: a lock must not wait until
        // a thousand busy relays have had their turn.
        var longest = timeval(tv_sec: 0, tv_usec: 5000)
        unsafe event_config_set_max_dispatch_interval(config, &longest, 32, Urgency.traffic.rawValue)
        guard let made = unsafe event_base_new_with_config(config) else { throw .current("make an event loop") }
        unsafe event_base_priority_init(made, Urgency.count)
        unsafe base = made
        unsafe scratch = .allocate(capacity: Self.scratchSize)
    }

    deinit {
        unsafe event_base_free(base)
        unsafe scratch.deallocate()
    }

    /// Runs until `stop()`, or until nothing is left that could happen.
    public func run() {
        _ = unsafe event_base_loop(base, 0)
    }

    /// Handles what is ready now, waiting for at most one event. For tests that step.
    public func runOnce() {
        _ = unsafe event_base_loop(base, EVLOOP_ONCE)
    }

    /// Ends `run()` after the handler at work.
    public func stop() {
        _ = unsafe event_base_loopbreak(base)
    }

    /// The monotonic clock.
    public var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The wall clock, in seconds since 1970.
    public var unixSeconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }
}

/// Which events go first when many wait.
enum Urgency: Int32 {
    /// The operator, signals, timers and the egresses' own conversations.
    case control = 0
    /// Connections and relays.
    case traffic = 1

    static let count: Int32 = 2
}

extension timeval {
    /// A duration as libevent takes it, never negative.
    init(_ duration: Duration) {
        let milliseconds = max(duration.milliseconds, 0)
        self.init(tv_sec: Int(milliseconds / 1000), tv_usec: Int(milliseconds % 1000) * 1000)
    }
}
