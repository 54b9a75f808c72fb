public import Protocols

/// Whether a SOCKS5 proxy is proven good: by its own handshake (greeting and, where it has credentials, the
/// authentication), repeated while it is in use.
///
/// A machine: the driver dials when told to, and reports what came of it.
public struct ProxyReadiness: Hashable, Sendable {
    /// How long a handshake may take.
    public static let probeTimeout: Duration = .seconds(5)
    /// How often a good proxy is asked again.
    public static let interval: Duration = .seconds(10)
    /// The longest pause before a bad one is asked again. Ready within 20 s of its return: 5 s of pause and 5 s of
    /// handshake are well inside.
    public static let longestPause: Duration = .seconds(5)

    /// What is known.
    public private(set) var readiness: EgressReadiness
    private var nextProbe: Instant?
    private var isProbing = false
    private var pause: Duration = .milliseconds(250)
    private let what: String

    /// Nothing is known yet; the first `tick` asks for a probe.
    ///
    /// - Parameter what: what sentences call it: "the proxy at 192.0.2.7:1080".
    public init(what: String) {
        self.what = what
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
        nextProbe = now + Self.interval
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

    /// When `tick` has something to do, next; nil while a probe runs.
    public var deadline: Instant? { isProbing ? nil : nextProbe ?? Instant(milliseconds: 0) }
}
