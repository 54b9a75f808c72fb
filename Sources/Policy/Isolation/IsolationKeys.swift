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
        let purpose: Purpose
        var users: Int
        var lastUsed: Instant
    }

    /// Tor keeps a circuit for new streams for ten minutes (MaxCircuitDirtiness): as long is a key worth keeping.
    static let idleLife: Duration = .seconds(600)

    private let liveLimit: Int
    private let perMinute: Int
    private var entries: [UInt64: Entry] = [:]
    /// The key that new streams of a purpose get. One that was retired is in `entries` alone.
    private var current: [Purpose: UInt64] = [:]
    private var names: [UInt128: UInt64] = [:]
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
        if let id = current[purpose], var entry = entries[id] {
            entry.users += 1
            entry.lastUsed = now
            entries[id] = entry
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
        entries[key.id] = Entry(key: key, purpose: purpose, users: 1, lastUsed: now)
        current[purpose] = key.id
        if let name = Self.number(key.credentials.username) { names[name] = key.id }
        return .key(key)
    }

    /// A stream with this key has ended.
    public mutating func release(_ id: UInt64, now: Instant) {
        guard var entry = entries[id] else { return }
        entry.users -= 1
        entry.lastUsed = now
        entries[id] = entry
        if entry.users <= 0, current[entry.purpose] != id { forget(entry) }
    }

    /// The circuit of this key will not do. The streams that are open on it keep it; the next stream of its purpose
    /// gets a new key, within the same bounds.
    public mutating func retire(_ id: UInt64) {
        guard let entry = entries[id], current[entry.purpose] == id else { return }
        current[entry.purpose] = nil
        if entry.users <= 0 { forget(entry) }
    }

    /// The number of the key with this SOCKS user name; nil where it is none of those known.
    public func id(ofUsername username: some Collection<UInt8>) -> UInt64? {
        Self.number(username).flatMap { names[$0] }
    }

    /// Forgets what no stream uses: everything past its life, else the longest unused.
    private mutating func forgetIdle(_ now: Instant) -> Bool {
        let idle = entries.values.filter { $0.users <= 0 }
        guard let eldest = idle.min(by: { $0.lastUsed < $1.lastUsed }) else { return false }
        for entry in idle where entry.lastUsed + Self.idleLife < now || entry.key.id == eldest.key.id { forget(entry) }
        return true
    }

    private mutating func forget(_ entry: Entry) {
        let id = entry.key.id
        entries[id] = nil
        if current[entry.purpose] == id { current[entry.purpose] = nil }
        if let name = Self.number(entry.key.credentials.username) { names[name] = nil }
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

    /// What a user name of ours says in hexadecimal; nil where it is none of ours.
    private static func number(_ username: some Collection<UInt8>) -> UInt128? {
        guard username.count == 32 else { return nil }
        var number: UInt128 = 0
        for digit in username {
            switch digit {
            case 0x30...0x39: number = number << 4 | UInt128(digit - 0x30)
            case 0x61...0x66: number = number << 4 | UInt128(digit - 0x61 + 10)
            default: return nil
            }
        }
        return number
    }
}
