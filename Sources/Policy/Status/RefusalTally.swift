/// Refusals that no event has told of yet: how many, by reason, and to which ports where that names nobody.
public struct RefusalTally: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var count: UInt64 = 0
        var ports: Set<SharedPort?> = []
    }

    private var entries: [Refusal: Entry] = [:]

    /// Nothing to tell.
    public init() {}

    /// Counts a refusal.
    ///
    /// - Parameter port: where it was to go; nil where that is not known or not the reason.
    public mutating func add(_ refusal: Refusal, port: UInt16?) {
        entries[refusal, default: Entry()].count += 1
        if refusal == .exitRefused, let port { entries[refusal]?.ports.insert(SharedPort(port)) }
    }

    /// One event for each reason; from here on there is nothing to tell.
    public mutating func tell(at time: UTCTime) -> [StatusEvent] {
        let events = entries.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            StatusEvent.refused($0.key, count: $0.value.count, ports: $0.value.ports, at: time)
        }
        entries = [:]
        return events
    }
}
