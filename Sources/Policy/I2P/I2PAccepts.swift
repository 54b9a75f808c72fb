public import Protocols

/// The connections at which our I2P service waits for peers, each for one: how many there are to be, and when.
///
/// With SILENT a bridge says nothing of a peer before its first byte, so a peer who says nothing keeps a connection from
/// others and nobody sees it. So each is replaced after a while: it ends, and another waits in its place. In that order:
/// i2pd takes peers for one connection at a time, and where that one ends, for none until another asks.
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
    /// For the bridge's greeting.
    static let answer: Duration = .seconds(10)
    /// Between two that are opened while another waits. i2pd since 2.50 ends those that have waited for less than 3 s when
    /// one more asks.
    static let interval: Duration = .seconds(4)
    /// After one that ended without a peer.
    static let pause: Duration = .seconds(1)

    private struct Accept {
        var id: UInt64
        var isWaiting = false
        /// When it is late, or has waited long enough.
        var until: Instant
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
        return open(now)
    }

    /// It stands no more: all end.
    public mutating func stop() -> [Effect] {
        isWanted = false
        let ended = accepts
        accepts = []
        return ended.map { .close($0.id) }
    }

    /// The bridge was asked: it waits for a peer.
    ///
    /// - Parameter random: a number of any size, by which its time differs from the others'.
    public mutating func waits(_ id: UInt64, random: UInt64, now: Instant) {
        guard let index = accepts.firstIndex(where: { $0.id == id }) else { return }
        accepts[index].isWaiting = true
        accepts[index].until = now + Self.shortestWait + .milliseconds(Int64(random % UInt64(Self.longerWait)))
    }

    /// A peer has come: the connection is its stream, and no longer one of these.
    public mutating func taken(_ id: UInt64, now: Instant) -> [Effect] {
        accepts.removeAll { $0.id == id }
        // Where nobody waits, one does at once.
        return accepts.isEmpty ? open(now) : fill(now)
    }

    /// It ended without a peer, or was refused.
    public mutating func failed(_ id: UInt64, now: Instant) -> [Effect] {
        guard accepts.contains(where: { $0.id == id }) else { return [] }
        accepts.removeAll { $0.id == id }
        notBefore = accepts.isEmpty ? now + Self.pause : max(notBefore, now + Self.pause)
        return fill(now)
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> [Effect] {
        let late = accepts.filter { now >= $0.until }
        accepts.removeAll { now >= $0.until }
        // One that waited in vain for a greeting is not replaced at once.
        if late.contains(where: { !$0.isWaiting }) { notBefore = max(notBefore, now + Self.pause) }
        let replaced = late.contains(where: \.isWaiting)
        return late.map { .close($0.id) } + (replaced ? open(now) : fill(now))
    }

    /// When `tick` has something to do, next; nil while none is wanted.
    public var deadline: Instant? {
        guard isWanted else { return nil }
        let late = accepts.map(\.until).min()
        guard accepts.count < Self.count else { return late }
        return late.map { min($0, notBefore) } ?? notBefore
    }

    /// One more, where some are missing and it is time.
    private mutating func fill(_ now: Instant) -> [Effect] {
        accepts.count < Self.count && now >= notBefore ? open(now) : []
    }

    private mutating func open(_ now: Instant) -> [Effect] {
        guard isWanted else { return [] }
        last &+= 1
        accepts.append(Accept(id: last, until: now + Self.answer))
        notBefore = now + Self.interval
        return [.open(last)]
    }
}
