/// `[route]`: which class of destination leaves by which egress.
public struct RouteConfiguration: Hashable, Sendable {
    /// Where onion addresses go.
    public var onion: RouteTarget
    /// Where I2P addresses go.
    public var i2p: RouteTarget
    /// Where IP addresses and all other names go.
    public var clearnet: RouteTarget
    /// What may share a Tor circuit.
    public var isolation: IsolationScope
    /// How long a node's connect waits for an egress that recovers: 0 to 44 s.
    public var hold: Duration
    /// Whether private and own addresses are destinations.
    public var allowsPrivate: Bool

    /// These routes; a circuit for each peer, a hold of 30 s and no private destinations unless said otherwise.
    public init(
        onion: RouteTarget, i2p: RouteTarget, clearnet: RouteTarget, isolation: IsolationScope = .peer,
        hold: Duration = .seconds(30), allowsPrivate: Bool = false
    ) {
        self.onion = onion
        self.i2p = i2p
        self.clearnet = clearnet
        self.isolation = isolation
        self.hold = hold
        self.allowsPrivate = allowsPrivate
    }

    /// The names of the egresses that some route leads to.
    public var egresses: Set<String> {
        Set(
            [onion, i2p, clearnet].compactMap {
                if case .egress(let name) = $0 { name } else { nil }
            })
    }
}

/// Where a class of destination goes.
public enum RouteTarget: Hashable, Sendable {
    /// Through the egress of this name, and no other.
    case egress(String)
    /// Nowhere.
    case block
}

/// What may share a Tor circuit.
public enum IsolationScope: String, Hashable, Sendable, CaseIterable {
    /// Only streams of one class to one destination.
    case peer
    /// All streams of one class.
    case `class`
    /// All streams.
    case none
}
