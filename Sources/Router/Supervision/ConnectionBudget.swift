/// How many connections the process's descriptors allow. Each needs two; the rest is for pipes of busy relays, the
/// listeners, the control socket and the egresses' own conversations.
struct ConnectionBudget {
    /// At most this many connections in all.
    let limit: Int
    /// How many listeners share it. Each can always have some: one that is flooded does not starve the others.
    var listeners = 1
    private(set) var open = 0
    /// How many pipes busy relays may hold: two descriptors each, an eighth of all at the most.
    let pipes: Int

    init(descriptors: Int) {
        pipes = min(896, descriptors / 16)
        let reserve = min(64, descriptors / 4) + 2 * pipes
        limit = max((descriptors - reserve) / 2, 1)
    }

    private var share: Int { min(64, limit / 8) }

    /// Whether a listener with this many open connections may accept one more.
    func allows(_ openOfListener: Int) -> Bool {
        open < limit && openOfListener < limitOfListener
    }

    /// Whether enough is free again to resume a listener that was paused: some more than one (a quarter), so that a client who
    /// floods it does not make it pause and resume with each connection.
    func hasRoom(_ openOfListener: Int) -> Bool {
        open < limit - (limit - 1) / 4 && openOfListener < limitOfListener - (limitOfListener - 1) / 4
    }

    private var limitOfListener: Int { max(limit - share * (listeners - 1), 1) }

    mutating func opened() { open += 1 }
    mutating func closed() { open -= 1 }
}
