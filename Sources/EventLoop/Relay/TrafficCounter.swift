/// Counts the bytes that a listener's relays forwarded. Relays add to it as they go.
@safe
public final class TrafficCounter {
    let count: UnsafeMutablePointer<TrafficCount>

    /// A counter at zero. It must outlive the relays that count on it; `FlowTable` sees to that.
    public init() {
        unsafe count = .allocate(capacity: 1)
        unsafe count.initialize(to: TrafficCount())
    }

    deinit {
        unsafe count.deallocate()
    }

    /// Bytes from clients to upstreams.
    public var up: UInt64 { unsafe count.pointee.up }
    /// Bytes from upstreams to clients.
    public var down: UInt64 { unsafe count.pointee.down }
}
