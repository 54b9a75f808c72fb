internal import Protocols

/// One onion service, as far as it has come.
///
/// ```
///   down ─▶ (reading) ─▶ opening ─publish─▶ asked ─added─▶ (keeping) ─▶ standing
///     ▲                     │failed           │refused                    │ not to stand any more
///     └── pause, doubled ───┴─────────────────┘    leaving ◀─ unpublish ──┘
/// ```
struct OnionService: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        /// Nothing of it is there.
        case down
        /// Its key file is looked for.
        case reading
        /// What Tor is to connect to is being opened.
        case opening
        /// Tor was asked. Where it is not to stand after all, it is taken down as soon as it does.
        case asked(isUnwanted: Bool)
        /// It stands with a new key, which is being written to its file.
        case keeping(isUnwanted: Bool)
        /// It stands.
        case standing(since: Instant)
        /// Tor was told to take it down.
        case leaving
    }

    let kind: InboundKind
    /// What the configuration asks for; nil where it does not any more.
    var wish: OnionServiceConfiguration?
    /// What Tor was asked for, and whether with proof-of-work defence.
    var asked: OnionServiceConfiguration?
    var askedForWork = false
    var phase = Phase.down
    /// Nil until it was looked for.
    var key: Key?
    var address: String?
    /// When each directory took its descriptor.
    var uploads: [String: Instant] = [:]
    /// Why it does not stand.
    var problem: String?
    /// When to try again after that.
    var retryAt: Instant?
    var pause = shortestPause

    enum Key: Hashable, Sendable {
        /// There is no file: Tor is to make one.
        case missing
        case kept(TorOnionKey)
    }

    /// The first pause after a failure, doubled with each.
    static let shortestPause = Duration.seconds(1)
    /// The longest. A person may mend the cause meanwhile.
    static let longestPause = Duration.seconds(60)
    /// A directory keeps a descriptor for three hours (rend-spec-v3, "descriptor-lifetime" of 180 minutes, which is what
    /// Tor writes there), and Tor uploads it anew after one to two.
    static let uploadLife = Duration.seconds(3 * 3600)
    /// A descriptor that no directory has taken for so long is worth a word. On the Tor network it takes under half a
    /// minute from a first circuit; introduction points may have to be tried more than once.
    static let uploadPatience = Duration.seconds(120)
    /// As many are kept; Tor has sixteen at a time.
    static let uploadLimit = 64

    init(_ wish: OnionServiceConfiguration) {
        kind = wish.kind
        self.wish = wish
    }

    /// Its address, where that is one to be told: that of a key that is kept.
    var lastingAddress: String? { if case .kept = key { address } else { nil } }

    mutating func failed(_ sentence: String, now: Instant) {
        problem = sentence
        retryAt = now + pause
        pause = min(pause * 2, Self.longestPause)
    }

    /// There is no key that it could stand with. It is looked for again: what a person mends is mended in the file.
    mutating func failed(_ failure: OnionKeyFailure, now: Instant) {
        failed(failure.sentence, now: now)
        key = nil
    }

    /// The next try is the first again.
    mutating func beginAnew() {
        retryAt = nil
        pause = Self.shortestPause
        // A person may have put a key there since.
        if phase == .down, key == .missing { key = nil }
    }

    /// It stands.
    mutating func stands(_ now: Instant) {
        phase = .standing(since: now)
        problem = nil
        beginAnew()
    }

    /// Nothing of it is there any more.
    mutating func gone() {
        phase = .down
        asked = nil
        uploads = [:]
    }

    mutating func heard(_ event: TorDescriptorEvent, now: Instant) {
        switch event.status {
        case .uploaded:
            guard uploads[event.directory] != nil || uploads.count < Self.uploadLimit else { return }
            uploads[event.directory] = now
        case .failed: uploads[event.directory] = nil
        }
    }

    mutating func forget(_ now: Instant) {
        uploads = uploads.filter { now - $0.value < Self.uploadLife }
    }

    /// Whether it is known that clients can find it.
    var isPublished: Bool { if case .standing = phase { !uploads.isEmpty } else { false } }

    /// When it becomes worth a word that no directory has its descriptor; nil while one has.
    var overdue: Instant? {
        guard case .standing(let since) = phase, uploads.isEmpty else { return nil }
        return since + Self.uploadPatience
    }

    /// When something of it changes by time alone.
    var deadline: Instant? {
        let expiry = uploads.values.min().map { $0 + Self.uploadLife }
        return [phase == .down ? retryAt : nil, overdue, expiry].compactMap { $0 }.min()
    }
}
