public import Protocols

/// Which streams share a Tor circuit: those with the same SOCKS user and password, and no others.
///
/// monerod sends an empty SOCKS user id for every peer, so Tor alone puts all of them on one circuit: one relay
/// sees the whole set of peers, and one slow circuit slows them all. Here each class and destination has a random
/// key of its own for as long as the router runs. The keys are bounded, because whoever fills a node's peer list
/// could otherwise make it build circuits without end.
public struct IsolationKeys: Sendable {
    /// A key in use. Give it back with `release`.
    public struct Key: Hashable, Sendable {
        /// Its number in this run, never zero.
        public let id: UInt64
        /// The SOCKS user and password that Tor isolates by.
        public let credentials: Credentials
    }

    /// The answer to a request for a key.
    public enum Answer: Hashable, Sendable {
        /// This key; it is in use until released.
        case key(Key)
        /// The minute's new keys are used up: ask again at this time.
        case wait(until: Instant)
        /// Every key is in use by an open stream.
        case exhausted
    }

    private struct Purpose: Hashable {
        let requestClass: RequestClass
        let destination: Destination?
    }

    private struct Entry {
        let key: Key
        var users: Int
        var lastUsed: Instant
    }

    /// Tor keeps a circuit for new streams for ten minutes (MaxCircuitDirtiness): as long is a key worth keeping.
    static let idleLife: Duration = .seconds(600)

    private let liveLimit: Int
    private let perMinute: Int
    private var entries: [Purpose: Entry] = [:]
    private var purposes: [UInt64: Purpose] = [:]
    private var lastID: UInt64 = 0
    /// When each of the last `perMinute` keys was made, as a ring.
    private var made: [Instant] = []
    private var oldest = 0

    /// Keys within these bounds: at most `liveLimit` known at a time and `perMinute` new ones in any minute.
    public init(liveLimit: Int = 512, perMinute: Int = 90) {
        self.liveLimit = max(liveLimit, 1)
        self.perMinute = max(perMinute, 1)
    }

    /// The number of keys known.
    public var count: Int { entries.count }

    /// The key for a stream.
    ///
    /// - Parameters:
    ///   - scope: `[route] isolation`: by peer, by class, or one key for all.
    ///   - random: where new keys come from; cryptographically secure outside tests.
    public mutating func key(
        for requestClass: RequestClass, to destination: Destination, scope: IsolationScope, now: Instant,
        random: inout some RandomNumberGenerator
    ) -> Answer {
        let purpose =
            switch scope {
            case .peer: Purpose(requestClass: requestClass, destination: destination)
            case .class: Purpose(requestClass: requestClass, destination: nil)
            case .none: Purpose(requestClass: .p2p, destination: nil)
            }
        if var entry = entries[purpose] {
            entry.users += 1
            entry.lastUsed = now
            entries[purpose] = entry
            return .key(entry.key)
        }
        if made.count == perMinute, now < made[oldest] + .seconds(60) {
            return .wait(until: made[oldest] + .seconds(60))
        }
        if entries.count >= liveLimit {
            guard forgetIdle(now) else { return .exhausted }
        }
        guard let key = newKey(&random) else { return .exhausted }
        if made.count < perMinute {
            made.append(now)
        } else {
            made[oldest] = now
            oldest = (oldest + 1) % perMinute
        }
        entries[purpose] = Entry(key: key, users: 1, lastUsed: now)
        purposes[key.id] = purpose
        return .key(key)
    }

    /// A stream with this key has ended.
    public mutating func release(_ id: UInt64, now: Instant) {
        guard let purpose = purposes[id], var entry = entries[purpose] else { return }
        entry.users -= 1
        entry.lastUsed = now
        entries[purpose] = entry
    }

    /// Forgets what no stream uses: everything past its life, else the longest unused.
    private mutating func forgetIdle(_ now: Instant) -> Bool {
        var idle = entries.filter { $0.value.users <= 0 }
        guard let eldest = idle.min(by: { $0.value.lastUsed < $1.value.lastUsed }) else { return false }
        idle = idle.filter { $0.value.lastUsed + Self.idleLife < now || $0.key == eldest.key }
        for (purpose, entry) in idle {
            entries[purpose] = nil
            purposes[entry.key.id] = nil
        }
        return true
    }

    private mutating func newKey(_ random: inout some RandomNumberGenerator) -> Key? {
        lastID += 1
        return Self.randomCredentials(&random).map { Key(id: lastID, credentials: $0) }
    }

    /// 128 random bits as the user name and as the password. Hexadecimal, so that a user name never starts with
    /// "<torS0X>", which Tor 0.4.9 reserves (proposal 351) and answers with a closed connection when malformed.
    ///
    /// - Parameter random: cryptographically secure outside tests.
    public static func randomCredentials(_ random: inout some RandomNumberGenerator) -> Credentials? {
        func word() -> [UInt8] {
            (0..<2).flatMap { _ in
                let bits = UInt64.random(in: .min ... .max, using: &random)
                return (0..<16).map { digits[Int(bits >> UInt64(60 - 4 * $0) & 15)] }
            }
        }
        return Credentials(username: word(), password: word())
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
