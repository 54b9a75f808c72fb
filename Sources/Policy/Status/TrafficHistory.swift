internal import Protocols

/// The rates of listeners, from the counters of documents that follow each other.
///
/// A counter that goes back is a daemon that was restarted: nothing is known of the time between, and the next
/// document is the first again.
struct TrafficHistory: Hashable, Sendable {
    /// Bytes a second in each direction.
    struct Rate: Hashable, Sendable {
        /// From the client to the world.
        var up = 0.0
        /// From the world to the client.
        var down = 0.0
    }

    private struct Count: Hashable, Sendable {
        var up: UInt64
        var down: UInt64
    }

    private struct Sample: Hashable, Sendable {
        var time: Instant
        var uptime: Double?
        var counts: [String: Count]
    }

    private struct Interval: Hashable, Sendable {
        var from: Instant
        var to: Instant
        var rate: Rate
    }

    /// The rate of each listener over the last interval; a listener without one is not known.
    private(set) var rates: [String: Rate] = [:]
    /// The rate of all listeners over the last interval.
    private(set) var total: Rate?
    private var last: Sample?
    private var intervals: [Interval] = []

    /// As many intervals as are kept at most, however often documents come.
    private static let mostIntervals = 600

    /// Takes the counters of a document that was read at this time.
    mutating func record(_ document: StatusDocument, at time: Instant) {
        let sample = Sample(time: time, uptime: document.uptimeSeconds, counts: Self.counts(of: document))
        guard let before = last else { return last = sample }
        guard time != before.time else { return }
        last = sample
        guard time > before.time, !Self.isRestart(from: before, to: sample) else { return forgetRates() }
        let seconds = Double((time - before.time).milliseconds) / 1000
        rates = [:]
        var all = Rate()
        for (name, count) in sample.counts {
            guard let earlier = before.counts[name] else { continue }
            let rate = Rate(
                up: Double(count.up &- earlier.up) / seconds, down: Double(count.down &- earlier.down) / seconds)
            rates[name] = rate
            all.up += rate.up
            all.down += rate.down
        }
        total = all
        intervals.append(Interval(from: before.time, to: time, rate: all))
        intervals.removeAll { time - $0.to > .seconds(60) }
        if intervals.count > Self.mostIntervals { intervals.removeFirst(intervals.count - Self.mostIntervals) }
    }

    /// Nothing answered: whatever answers next is the first.
    mutating func interrupt() {
        last = nil
        forgetRates()
    }

    /// The rate of all listeners in each of the last 60 seconds, the oldest first; nil where nothing is known.
    func lastMinute(until now: Instant) -> [Rate?] {
        (0..<60).map { column in
            let middle = now + .milliseconds(-59_500 + column * 1000)
            return intervals.first { $0.from <= middle && middle < $0.to }?.rate
        }
    }

    private mutating func forgetRates() {
        rates = [:]
        total = nil
    }

    private static func counts(of document: StatusDocument) -> [String: Count] {
        var counts: [String: Count] = [:]
        for listener in document.listeners.map(\.withoutWalletCounts) {
            guard let up = listener.bytesUp, let down = listener.bytesDown else { continue }
            counts[listener.name] = Count(up: up, down: down)
        }
        return counts
    }

    private static func isRestart(from before: Sample, to after: Sample) -> Bool {
        if let early = before.uptime, let late = after.uptime, late < early { return true }
        return after.counts.contains { name, count in
            guard let earlier = before.counts[name] else { return false }
            return count.up < earlier.up || count.down < earlier.down
        }
    }
}
