public import Protocols

/// Tells what the guard has stopped since it was last told: one event in ten seconds at most, however much it is.
public struct StoppedTelling: Sendable {
    /// Between two events.
    public static let pause: Duration = .seconds(10)

    /// What was told already; nil before the first look, which is what there was before us.
    private var told: [StoppedPackets: UInt64]?
    private var last: Instant?

    /// Nothing is known.
    public init() {}

    /// Takes the counts of now.
    ///
    /// - Parameter rows: what the guard has stopped, since it began.
    /// - Returns: the event, where there is something to tell, and it is time for it.
    public mutating func observe(_ rows: [StoppedPackets], now: Instant, at time: UTCTime) -> StatusEvent? {
        var seen: [StoppedPackets: UInt64] = [:]
        for row in rows { seen[row.withoutCount] = row.packets }
        guard let before = told else {
            told = seen
            return nil
        }
        if let last, now - last < Self.pause { return nil }
        var grown: [StoppedPackets] = []
        for row in rows {
            var row = row
            let earlier = before[row.withoutCount] ?? 0
            // Fewer than before: it counts anew.
            row.packets = row.packets < earlier ? row.packets : row.packets - earlier
            if row.packets > 0 { grown.append(row) }
        }
        told = seen
        guard !grown.isEmpty else { return nil }
        last = now
        return .stopped(StoppedPackets.sum(of: grown, destinations: true), at: time)
    }
}

extension StoppedPackets {
    /// What it is a count of.
    fileprivate var withoutCount: StoppedPackets {
        StoppedPackets(protocol: `protocol`, port: port, packets: 0, destination: destination)
    }
}
