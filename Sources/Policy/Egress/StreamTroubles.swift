public import Protocols

/// What exits and onion services have answered lately to the streams of one egress: how often, why, and for which
/// port where that names nobody. No destination is in it, and it does not grow: ten minutes are kept by the minute.
public struct StreamTroubles: Hashable, Sendable {
    private struct Kind: Hashable, Sendable {
        let refusal: Refusal
        let port: SharedPort?

        /// For a fixed order of what happened equally often.
        var order: String { "\(refusal.rawValue) \(port?.number ?? 0)" }
    }

    private struct Minute: Hashable, Sendable {
        let number: Int64
        var counts: [Kind: UInt64] = [:]
    }

    /// So many minutes are told of.
    static let window: Int64 = 10

    /// Streams that failed since the start, by reason.
    public private(set) var totals: [Refusal: UInt64] = [:]
    private var minutes: [Minute] = []

    /// Nothing has failed yet.
    public init() {}

    /// A stream did not come about for this reason. What says nothing of exits and destinations is not kept.
    public mutating func record(_ refusal: Refusal, port: UInt16, now: Instant) {
        guard refusal.isSaidOfDestination else { return }
        totals[refusal, default: 0] += 1
        let number = Self.minute(now)
        if minutes.last?.number != number {
            minutes.append(Minute(number: number))
            minutes.removeAll { $0.number <= number - Self.window || $0.number > number }
        }
        guard let last = minutes.indices.last else { return }
        let kind = Kind(refusal: refusal, port: refusal == .exitRefused ? SharedPort(port) : nil)
        minutes[last].counts[kind, default: 0] += 1
    }

    /// What an operator wants to know of it: "in the last 10 minutes exits refused port 18080 12 times, 3 onion
    /// services were not found"; nil where there is nothing of note. Peers that are gone or do not answer are not: in
    /// a network of peers most are.
    public func sentence(now: Instant) -> String? {
        let first = Self.minute(now) - Self.window
        var counts: [Kind: UInt64] = [:]
        for minute in minutes where minute.number > first {
            counts.merge(minute.counts) { $0 + $1 }
        }
        let clauses = counts.sorted { ($1.value, $0.key.order) < ($0.value, $1.key.order) }.compactMap {
            Self.clause($0.key.refusal, $0.key.port, $0.value)
        }
        guard !clauses.isEmpty else { return nil }
        return "in the last \(Self.window) minutes \(clauses.prefix(4).joined(separator: ", "))"
    }

    private static func minute(_ now: Instant) -> Int64 { now.milliseconds / 60_000 }

    private static func clause(_ refusal: Refusal, _ port: SharedPort?, _ count: UInt64) -> String? {
        let times = count == 1 ? "once" : "\(count) times"
        return switch refusal {
        case .exitRefused: "exits refused \(SharedPort.sentence([port])) \(times)"
        case .onionNotFound: "onion services were not found \(times)"
        case .onionInvalid: "onion services had an unreadable descriptor \(times)"
        case .onionUnreachable: "onion services did not answer \(times)"
        case .onionAuth: "onion services asked for a key \(times)"
        case .onionBadAddress: "onion addresses were mistyped \(times)"
        default: nil
        }
    }
}

extension Refusal {
    /// Whether it is an answer about a destination, given by the egress.
    var isSaidOfDestination: Bool {
        switch self {
        case .exitRefused, .proxyRefused, .connectionRefused, .nameNotFound, .networkUnreachable, .onionNotFound,
            .onionInvalid, .onionUnreachable, .onionAuth, .onionBadAddress, .unreachable, .timeout:
            true
        case .locked, .unguarded, .wrongOwner, .notRedirected, .banned, .privateDestination, .ownAddress, .blocked,
            .wrongZone, .noResolver, .egressNotReady, .proxyFailed, .circuitLimit, .connectionLimit, .badRequest,
            .slowClient, .notLevin, .clientGone:
            false
        }
    }
}
