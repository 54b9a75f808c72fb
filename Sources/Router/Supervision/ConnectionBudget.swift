/// How many connections the process's descriptors allow. Each needs two; the rest is for pipes of busy relays, the
/// listeners, the control socket and the egresses' own conversations.
struct ConnectionBudget {
    /// At most this many connections in all.
    let limit: Int
    /// How many listeners share it. Each can always have some: one that is flooded does not starve the others.
    var listeners = 1
    private(set) var open = 0

    init(descriptors: Int) {
        let reserve = min(64, descriptors / 4) + min(1792, descriptors / 8)
        limit = max((descriptors - reserve) / 2, 1)
    }

    private var share: Int { min(64, limit / 8) }

    /// Whether a listener with this many open connections may accept one more.
    func allows(_ openOfListener: Int) -> Bool {
        guard open < limit else { return false }
        return openOfListener < max(limit - share * (listeners - 1), 1)
    }

    /// Whether enough is free again to resume what was paused.
    var hasRoom: Bool { open < limit - limit / 64 }

    mutating func opened() { open += 1 }
    mutating func closed() { open -= 1 }
}
