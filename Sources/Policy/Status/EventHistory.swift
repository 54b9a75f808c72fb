/// The last events, for who asks late.
public struct EventHistory: Hashable, Sendable {
    /// How many are kept.
    public static let most = 100

    /// Those that are kept, the oldest first.
    public var events: [StatusEvent] { Array(ring[oldest...] + ring[..<oldest]) }

    private var ring: [StatusEvent] = []
    private var oldest = 0

    /// No events yet.
    public init() {}

    /// Keeps an event, and lets the oldest go where there are too many.
    public mutating func append(_ event: StatusEvent) {
        guard ring.count >= Self.most else { return ring.append(event) }
        ring[oldest] = event
        oldest = (oldest + 1) % Self.most
    }
}
