public import Protocols

/// Decides which of the node's streams through Tor to cut because their circuit is dead: the node has asked its peer for
/// blocks, and not a byte has come for a measured time. monerod then takes another peer, and the next stream to this one
/// gets a fresh circuit.
///
/// Tor does not end such a stream by itself: with the exit stopped it stayed open for more than 135 s. Silence is all
/// that counts, never how fast a stream is beside another: whoever can slow honest circuits down must not choose
/// the node's peers by that. For the same reason cuts are few, and nothing of when they come repeats itself.
/// The figures are of docs/decisions/0019-stalled-circuits.md.
public struct StalledStreams: Sendable {
    /// The times and counts that bound it.
    public enum Limits {
        /// How often to look while any stream waits for an answer.
        public static let interval: Duration = .seconds(1)
        /// The shortest silence that is ended.
        public static let patience: Duration = .seconds(12)
        /// At the most so much is added to it, anew for each silence and at random.
        public static let jitter: Duration = .seconds(5)
        /// What one look may add to a silence, however late it comes: a router that was stopped has heard nothing.
        static let longestStep: Duration = .seconds(2)
        /// So many cuts in any hour.
        public static let cuts = 12
        /// The hour.
        public static let window: Duration = .seconds(3600)
    }

    /// A stream whose node waits for an answer.
    public struct Stream: Hashable, Sendable {
        /// Its number, never used again.
        public let number: UInt64
        /// The egress it goes by.
        public let egress: UInt32
        /// No byte of the peer has come since the last look, and nothing of ours was in the way.
        public let isSilent: Bool

        /// A stream of these facts.
        public init(number: UInt64, egress: UInt32, isSilent: Bool) {
            self.number = number
            self.egress = egress
            self.isSilent = isSilent
        }
    }

    /// What follows from a look.
    public struct Outcome: Hashable, Sendable {
        /// The numbers of those to cut.
        public var cut: [UInt64] = []
        /// Some are stalled and stay, since the hour's cuts are used up; said once an hour.
        public var reachedLimit = false
    }

    private struct Silence {
        var length: Duration
        let patience: Duration
    }

    /// Of each stream that waits and is silent.
    private var silences: [UInt64: Silence] = [:]
    /// For how long nothing has come by an egress at all, by its number.
    private var silentEgresses: [UInt32: Duration] = [:]
    /// Egresses by which nothing has come since a stream of theirs was cut.
    private var triedEgresses: Set<UInt32> = []
    private var lastLook: Instant?
    /// When the cuts of the last hour were.
    private var cuts: [Instant] = []
    private var saidLimit: Instant?

    /// Nothing is known yet.
    public init() {}

    /// Looks at every stream whose node waits for an answer.
    ///
    /// - Parameters:
    ///   - heard: by which egresses bytes of any stream have come since the last look.
    ///   - random: cryptographically secure outside tests.
    public mutating func look(
        at streams: [Stream], heard: Set<UInt32>, now: Instant, random: inout some RandomNumberGenerator
    ) -> Outcome {
        let step = min(max(lastLook.map { now - $0 } ?? .zero, .zero), Limits.longestStep)
        lastLook = now
        measure(streams, heard: heard, step: step, random: &random)
        cuts.removeAll { $0 + Limits.window <= now }
        var outcome = Outcome()
        for stream in streams {
            guard let silence = silences[stream.number], silence.length >= silence.patience,
                mayBeTried(stream.egress)
            else { continue }
            guard cuts.count < Limits.cuts else {
                outcome.reachedLimit = saidLimit.map { $0 + Limits.window <= now } ?? true
                if outcome.reachedLimit { saidLimit = now }
                break
            }
            cuts.append(now)
            silences[stream.number] = nil
            triedEgresses.insert(stream.egress)
            outcome.cut.append(stream.number)
        }
        return outcome
    }

    /// Nobody waits any more: what was measured ends.
    public mutating func rest() {
        silences = [:]
        silentEgresses = [:]
        lastLook = nil
    }

    private mutating func measure(
        _ streams: [Stream], heard: Set<UInt32>, step: Duration, random: inout some RandomNumberGenerator
    ) {
        triedEgresses.subtract(heard)
        var still: [UInt64: Silence] = [:]
        var egresses: [UInt32: Duration] = [:]
        for stream in streams {
            egresses[stream.egress] =
                heard.contains(stream.egress) ? .zero : (silentEgresses[stream.egress] ?? .zero) + step
            guard stream.isSilent else { continue }
            if var silence = silences[stream.number] {
                silence.length += step
                still[stream.number] = silence
            } else {
                let added = Int64.random(in: 0...Limits.jitter.milliseconds, using: &random)
                still[stream.number] = Silence(length: .zero, patience: Limits.patience + .milliseconds(added))
            }
        }
        silences = still
        silentEgresses = egresses
    }

    /// Where nothing at all comes by an egress it may be no circuit that is dead, but the line or the guard, and every
    /// stream would be cut for nothing. Then one is cut, and no other until something has come.
    private func mayBeTried(_ egress: UInt32) -> Bool {
        (silentEgresses[egress] ?? .zero) < Limits.patience || !triedEgresses.contains(egress)
    }
}
