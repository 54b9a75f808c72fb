import Protocols

/// Which nodes there is a way to, and when one is dialled again after a dial that failed.
struct NodeWays {
    private struct Way {
        var isReady: Bool
        var pausedUntil: Instant?
        var pause = NodeWays.shortestPause
    }

    static let shortestPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(15)

    private var ways: [Way]

    /// Nothing is ready yet but what is on this machine.
    init(isLoopback: [Bool]) {
        ways = isLoopback.map { Way(isReady: $0) }
    }

    /// Whether there is an egress and a route to it.
    func isReady(_ node: Int) -> Bool { ways[node].isReady }

    /// Whether it may be dialled now.
    func mayDial(_ node: Int, _ now: Instant) -> Bool {
        ways[node].isReady && (ways[node].pausedUntil.map { $0 <= now } ?? true)
    }

    /// When it may be dialled again; nil where nothing is paused.
    func pause(of node: Int) -> Instant? { ways[node].pausedUntil }

    /// Takes what is ready now.
    ///
    /// - Returns: whether that was news of this node.
    mutating func set(_ node: Int, isReady: Bool) -> Bool {
        guard ways[node].isReady != isReady else { return false }
        ways[node].isReady = isReady
        ways[node].pausedUntil = nil
        ways[node].pause = Self.shortestPause
        return true
    }

    /// A dial came to nothing, or a link that had hardly opened was closed.
    mutating func failed(_ node: Int, _ now: Instant) {
        ways[node].pausedUntil = now + ways[node].pause
        ways[node].pause = min(ways[node].pause * 2, Self.longestPause)
    }

    /// A link proved itself: it carried an answer, or stood for long.
    mutating func succeeded(_ node: Int) {
        ways[node].pausedUntil = nil
        ways[node].pause = Self.shortestPause
    }
}
