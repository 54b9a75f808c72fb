public import Protocols

/// The connections at which our I2P service waits for peers, each for one: how many there are to be, and when.
///
/// With SILENT a bridge says nothing of a peer before its first byte, so a peer who says nothing keeps a connection from
/// others and nobody sees it. So each is replaced after a while, by another that waits already.
public struct I2PAccepts: Sendable {
    /// What the driver is to do.
    public enum Effect: Hashable, Sendable {
        /// Open a connection of this number, and ask for a stream.
        case open(UInt64)
        /// Close this one.
        case close(UInt64)
    }

    /// How many wait at a time.
    public static let count = 4
    /// How long one waits at the least, and how much longer at the most: not all end at once.
    static let shortestWait: Duration = .seconds(60)
    static let longerWait: Int64 = 30_000
    /// For the bridge's answer.
    static let answer: Duration = .seconds(10)
    /// Between two attempts where the bridge refuses.
    static let pause: Duration = .seconds(1)

    private struct Accept {
        var id: UInt64
        var isWaiting = false
        /// When it is late, or has waited long enough.
        var until: Instant
        /// Whether another has been opened in its place.
        var isReplaced = false
    }

    private var accepts: [Accept] = []
    private var last: UInt64 = 0
    private var isWanted = false
    private var notBefore = Instant(milliseconds: 0)

    /// None is wanted.
    public init() {}

    /// How many wait for a peer now.
    public var waiting: Int { accepts.count(where: \.isWaiting) }

    /// A session stands from now on.
    public mutating func start(_ now: Instant) -> [Effect] {
        isWanted = true
        return fill(now)
    }

    /// It stands no more: all end.
    public mutating func stop() -> [Effect] {
        isWanted = false
        let ended = accepts
        accepts = []
        return ended.map { .close($0.id) }
    }

    /// The bridge has taken it: it waits for a peer.
    ///
    /// - Parameter random: a number of any size, by which its time differs from the others'.
    public mutating func waits(_ id: UInt64, random: UInt64, now: Instant) -> [Effect] {
        guard let index = accepts.firstIndex(where: { $0.id == id }) else { return [] }
        accepts[index].isWaiting = true
        let longer = Int64(random % UInt64(Self.longerWait))
        accepts[index].until = now + Self.shortestWait + .milliseconds(longer)
        // The one that it stands in for has waited long enough.
        guard let old = accepts.firstIndex(where: \.isReplaced) else { return [] }
        return [.close(accepts.remove(at: old).id)]
    }

    /// A peer has come: the connection is its stream, and no longer one of these.
    public mutating func taken(_ id: UInt64, now: Instant) -> [Effect] {
        accepts.removeAll { $0.id == id }
        return fill(now)
    }

    /// It ended without a peer, or was refused.
    public mutating func failed(_ id: UInt64, now: Instant) -> [Effect] {
        guard accepts.contains(where: { $0.id == id }) else { return [] }
        accepts.removeAll { $0.id == id }
        notBefore = now + Self.pause
        return fill(now)
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> [Effect] {
        var effects: [Effect] = []
        for accept in accepts where now >= accept.until && !accept.isWaiting { effects.append(.close(accept.id)) }
        if !effects.isEmpty { notBefore = now + Self.pause }
        accepts.removeAll { now >= $0.until && !$0.isWaiting }
        // One at a time: as many wait as ever.
        if !accepts.contains(where: \.isReplaced),
            let index = accepts.firstIndex(where: { $0.isWaiting && now >= $0.until })
        {
            accepts[index].isReplaced = true
        }
        return effects + fill(now)
    }

    /// When `tick` has something to do, next; nil while none is wanted.
    public var deadline: Instant? {
        guard isWanted else { return nil }
        let isReplacing = accepts.contains(where: \.isReplaced)
        let late = accepts.filter { !$0.isReplaced && !(isReplacing && $0.isWaiting) }.map(\.until).min()
        guard missing > 0 else { return late }
        return late.map { min($0, notBefore) } ?? notBefore
    }

    private var missing: Int { Self.count - accepts.count { !$0.isReplaced } }

    private mutating func fill(_ now: Instant) -> [Effect] {
        guard isWanted, now >= notBefore else { return [] }
        var effects: [Effect] = []
        for _ in 0..<max(missing, 0) {
            last &+= 1
            accepts.append(Accept(id: last, until: now + Self.answer))
            effects.append(.open(last))
        }
        return effects
    }
}
