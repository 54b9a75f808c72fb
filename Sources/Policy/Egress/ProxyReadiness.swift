public import Protocols

/// Whether a SOCKS5 proxy is proven good: by its own handshake (greeting and, where it has credentials, the
/// authentication), repeated while it is in use.
///
/// A machine: the driver dials when told to, and reports what came of it.
public struct ProxyReadiness: Hashable, Sendable {
    /// How long a handshake may take: 5 s, or 30 s where the way to the proxy leads through another egress.
    public var probeTimeout: Duration { isDistant ? .seconds(30) : .seconds(5) }
    /// How often a good proxy is asked again: each 10 s, or each minute where each probe is a stream through another
    /// egress.
    private var interval: Duration { isDistant ? .seconds(60) : .seconds(10) }
    /// A proxy that ends idle connections is not asked more often than this for it.
    private static let shortestInterval: Duration = .seconds(2)
    /// The longest pause before a bad one is asked again. Ready within 20 s of its return: 5 s of pause and 5 s of
    /// handshake are well inside.
    public static let longestPause: Duration = .seconds(5)

    /// What is known.
    public private(set) var readiness: EgressReadiness
    private var nextProbe: Instant?
    private var provenAt: Instant?
    /// Whether a probe is under way.
    public private(set) var isProbing = false
    private var pause: Duration = .milliseconds(250)
    private let what: String
    private let isDistant: Bool

    /// Nothing is known yet; the first `tick` asks for a probe.
    ///
    /// - Parameters:
    ///   - what: what sentences call it: "the proxy at 192.0.2.7:1080".
    ///   - isDistant: whether the way to it leads through another egress, which takes longer and costs a stream.
    public init(what: String, isDistant: Bool = false) {
        self.what = what
        self.isDistant = isDistant
        readiness = EgressReadiness(.starting, "asking \(what)")
    }

    /// The time has come to this point.
    ///
    /// - Returns: whether to start a probe now.
    public mutating func tick(_ now: Instant) -> Bool {
        guard !isProbing, nextProbe.map({ $0 <= now }) ?? true else { return false }
        isProbing = true
        return true
    }

    /// A probe's handshake came to its end.
    public mutating func probeSucceeded(_ now: Instant) {
        isProbing = false
        pause = .milliseconds(250)
        provenAt = now
        nextProbe = now + interval
        readiness = EgressReadiness(.ready, "\(what) answers")
    }

    /// A probe failed: the proxy cannot be reached (`reached` false) or answers wrongly.
    public mutating func probeFailed(_ sentence: String, reached: Bool, now: Instant) {
        isProbing = false
        nextProbe = now + pause
        pause = min(pause * 2, Self.longestPause)
        readiness = EgressReadiness(reached ? .failing : .down, sentence)
    }

    /// A probe could not even begin, for a reason of our own: nothing is learnt of the proxy.
    public mutating func probePostponed(_ now: Instant) {
        isProbing = false
        nextProbe = now + .seconds(1)
    }

    /// A stream's dial could not reach the proxy: ask it again at once, not at the next interval.
    public mutating func dialFailed(_ now: Instant) {
        guard readiness.isReady else { return }
        nextProbe = now
    }

    /// The connection of the last probe, which was left open, has ended: the proxy may be gone. Or it only ends what
    /// is idle, so this alone proves nothing.
    public mutating func keptConnectionEnded(_ now: Instant) {
        guard readiness.isReady, !isProbing else { return }
        nextProbe = max(now, (provenAt ?? now) + Self.shortestInterval)
    }

    /// When `tick` has something to do, next; nil while a probe runs.
    public var deadline: Instant? { isProbing ? nil : nextProbe ?? Instant(milliseconds: 0) }
}
