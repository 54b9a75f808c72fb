/// A point of the monotonic clock, as a driver read it. The pure machines are told the time; they never ask.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since some fixed point of this run.
    public var milliseconds: Int64

    /// The point `milliseconds` after the fixed one.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Earlier before later.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// This point, moved by a duration (rounded down to a millisecond).
    public static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds &+ duration.milliseconds)
    }

    /// This point, moved back by a duration (rounded down to a millisecond).
    public static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds &- duration.milliseconds)
    }

    /// The time from `earlier` to `later`.
    public static func - (later: Instant, earlier: Instant) -> Duration {
        .milliseconds(later.milliseconds &- earlier.milliseconds)
    }
}

extension Duration {
    /// The whole milliseconds of it.
    public var milliseconds: Int64 {
        Int64(truncatingIfNeeded: attoseconds / 1_000_000_000_000_000)
    }
}
