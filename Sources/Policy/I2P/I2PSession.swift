public import Protocols

/// The life of one session at an I2P router's SAM bridge, made anew for as long as it is wanted: events in, effects out.
///
/// ```
/// start ─▶ pausing ─▶ (a service: reading) ─▶ dialling ─▶ opening (hello, keys, tunnels) ─▶ standing
///            ▲            │                       │           │                            │   └─ ME each 10 s;
///            └────────────┴───────────────────────┴───────────┴────────────────────────────┘      a service: proofs
///             0.25 s, doubled up to 5 s; with keys of ours: 10 s at the least
/// ```
/// A session ends with its connection, so an I2P router that restarts has none of ours: those who never make it anew are
/// the classic fault of SAM's clients (libtorrent issue 7453).
public struct I2PSession: Sendable {
    enum Phase {
        case stopped
        case pausing(until: Instant)
        case reading
        case dialling(until: Instant)
        case opening(SAMSessionClient, since: Instant)
        case standing(SAMSessionClient)
    }

    private enum Keys: Hashable {
        /// Their file was not looked for yet, or is not what it should be.
        case unread
        /// There is none: the bridge is to make them.
        case missing
        case kept(I2PKeys)
    }

    /// How it is: ready where streams may go by it, or, for a service, where it was reached through the network.
    public internal(set) var readiness: EgressReadiness
    /// The name by which streams are asked for while it stands; nil where it does not.
    public internal(set) var id: SAMSessionID?
    /// The service's address, once its keys are known and kept: "….b32.i2p". It stays while no session stands.
    public private(set) var address: String?

    let what: String
    private let tunnels: I2PTunnels
    private let hash: @Sendable ([UInt8]) -> [UInt8]
    private let identity: Identity
    private var keys = Keys.unread
    var phase = Phase.stopped
    var pause = Limits.shortestPause
    /// Before this our keys must not come back.
    private var restUntil: Instant?
    var destination: I2PDestination?
    var asking: SAMSessionID?
    /// Until when the answer to whether the bridge is there may come; nil where it was not asked.
    var look: Instant?
    /// Until when a proof may take; nil while none is under way.
    var proof: Instant?
    var nextLook = Instant(milliseconds: 0)
    var nextProof = Instant(milliseconds: 0)
    var proofs = 0
    /// How often since the last proof the network did not have it.
    var misses = 0
    var proofBy = Instant(milliseconds: 0)
    var firstProofBy = Instant(milliseconds: 0)

    /// A session that is not wanted yet.
    ///
    /// - Parameters:
    ///   - what: what sentences call the bridge: "the I2P router's SAM port at 127.0.0.1:7656".
    ///   - hash: SHA-256; where there is none, it gives nothing, and no service comes about.
    public init(
        _ identity: Identity, tunnels: I2PTunnels, what: String, hash: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.identity = identity
        self.tunnels = tunnels
        self.what = what
        self.hash = hash
        readiness = EgressReadiness(.starting, "asking \(what)")
    }

    // MARK: Events

    /// Looks for the service's keys before it is wanted: its address is known then.
    public mutating func findKeys() -> [Effect] { isService && keys == .unread ? [.readKeys] : [] }

    /// It is wanted from now on.
    public mutating func start(_ now: Instant) -> [Effect] {
        guard case .stopped = phase else { return [] }
        readiness = EgressReadiness(.starting, "asking \(what)")
        pause = Limits.shortestPause
        phase = .pausing(until: max(now, restUntil ?? now))
        return tick(now)
    }

    /// It is not wanted any more: it ends at once.
    public mutating func stop(_ now: Instant) -> [Effect] {
        if case .stopped = phase { return [] }
        leave(now)
        phase = .stopped
        readiness = EgressReadiness(.down, "not asked for")
        return [.hangUp]
    }

    /// The connection to the bridge stands.
    ///
    /// - Parameter id: a random name for the session, never used before; nil where there is no randomness.
    public mutating func connected(as id: SAMSessionID?, now: Instant) -> [Effect] {
        guard case .dialling = phase else { return [] }
        guard let id else { return lose("no random bytes for an I2P session", isGone: false, now) }
        var client = SAMSessionClient(id, asked, quantity: tunnels.quantity, length: tunnels.length)
        let effects = client.connected()
        asking = id
        phase = .opening(client, since: now)
        return act(effects, now)
    }

    /// There is no connection to the bridge, and why.
    public mutating func cannotConnect(_ reason: String, now: Instant) -> [Effect] {
        lose("\(what) cannot be reached: \(reason)", isGone: true, now)
    }

    /// The dial could not even begin, for a reason of our own.
    public mutating func dialPostponed(_ now: Instant) -> [Effect] {
        guard case .dialling = phase else { return [] }
        phase = .pausing(until: now + .seconds(1))
        return []
    }

    /// Bytes of the bridge.
    public mutating func received(_ bytes: Span<UInt8>, now: Instant) -> [Effect] {
        apply(now) { $0.received(bytes) }
    }

    /// The connection ended.
    public mutating func closed(_ now: Instant) -> [Effect] { apply(now) { $0.closed() } }

    /// What `.readKeys` found; nil where there is no file: new keys are made, once.
    public mutating func keysRead(_ found: I2PKeys?, now: Instant) -> [Effect] {
        guard isService, keys == .unread else { return [] }
        if let found {
            take(found)
            // A router that was here before us may have had a session with them until a moment ago.
            restUntil = max(restUntil ?? now, now + Limits.rest)
        } else {
            keys = .missing
        }
        guard case .reading = phase else { return [] }
        phase = .pausing(until: max(now, restUntil ?? now))
        return tick(now)
    }

    /// The new keys are kept: they are ours from now on.
    public mutating func keysAreKept(_ kept: I2PKeys, now: Instant) -> [Effect] {
        take(kept)
        return apply(now) { $0.keysAreKept() }
    }

    /// There are no keys that could be used, and why. No session is made of others in their place: whoever knows the old
    /// address would wait for it in vain.
    public mutating func noKeys(_ sentence: String, now: Instant) -> [Effect] {
        if case .stopped = phase {
            readiness = EgressReadiness(.down, sentence)
            return []
        }
        keys = .unread
        return lose(sentence, isGone: false, now)
    }

    private mutating func take(_ found: I2PKeys) {
        keys = .kept(found)
        address = hash(found.destination.bytes).count == 32 ? found.destination.name(hash: hash) : nil
    }

    /// A stream of the session came to nothing by the bridge's fault: ask at once whether it is there.
    public mutating func dialFailed(_ now: Instant) {
        if case .standing = phase, look == nil { nextLook = now }
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> [Effect] {
        switch phase {
        case .stopped: return []
        case .pausing(let until):
            guard now >= until else { return [] }
            guard !isService || keys != .unread else {
                phase = .reading
                return [.readKeys]
            }
            phase = .dialling(until: now + Limits.connect)
            return [.dial]
        case .reading: return []
        case .dialling(let until):
            return now < until ? [] : cannotConnect("it does not answer", now: now)
        case .opening(let client, let since):
            if !client.hasAsked, now >= since + Limits.greeting { return lose(silence, isGone: false, now) }
            if now >= since + Limits.creation { return lose(noTunnels, isGone: false, now) }
            if now >= since + Limits.slowCreation { readiness = EgressReadiness(.failing, noTunnels) }
            return []
        case .standing: return lookAround(now)
        }
    }

    /// When `tick` has something to do, next; nil while it is not wanted.
    public var deadline: Instant? {
        switch phase {
        case .stopped, .reading: nil
        case .pausing(let until), .dialling(let until): until
        case .opening(let client, let since):
            if !client.hasAsked {
                since + Limits.greeting
            } else {
                since + (readiness.state == .failing ? Limits.creation : Limits.slowCreation)
            }
        case .standing:
            isService ? min(look ?? nextLook, proof ?? nextProof) : look ?? nextLook
        }
    }

    // MARK: The conversation

    mutating func apply(
        _ now: Instant, _ event: (inout SAMSessionClient) -> [SAMSessionClient.Effect]
    ) -> [Effect] {
        switch phase {
        case .opening(var client, let since):
            let effects = event(&client)
            phase = .opening(client, since: since)
            return act(effects, now)
        case .standing(var client):
            let effects = event(&client)
            phase = .standing(client)
            return act(effects, now)
        case .stopped, .pausing, .reading, .dialling: return []
        }
    }

    private mutating func act(_ effects: [SAMSessionClient.Effect], _ now: Instant) -> [Effect] {
        var result: [Effect] = []
        for effect in effects {
            switch effect {
            case .send(let bytes):
                result.append(.send(bytes))
                sayWhatIsAwaited()
            case .keep(let keys): result.append(.keep(keys))
            case .stands(let found): result += stands(found, now)
            case .found(let found): result += looked(found, now)
            // Its own name is known to a session that there is.
            case .notFound: result += lose(SAMResult.invalidID.sentence, isGone: false, now)
            case .close(let failure): result += lose(sentence(failure), isGone: failure == .closed, now)
            }
        }
        return result
    }

    private mutating func sayWhatIsAwaited() {
        guard case .opening(let client, _) = phase, client.hasAsked else { return }
        readiness = EgressReadiness(.starting, "the I2P router makes the tunnels of our destination")
    }

    // MARK: Ends

    mutating func lose(_ sentence: String, isGone: Bool, _ now: Instant) -> [Effect] {
        if case .stopped = phase { return [] }
        leave(now)
        phase = .pausing(until: max(now + pause, restUntil ?? now))
        pause = min(pause * 2, Limits.longestPause)
        readiness = EgressReadiness(isGone ? .down : .failing, sentence)
        return [.hangUp]
    }

    /// No session of ours stands any more; our keys rest from now on where the bridge may have had them.
    private mutating func leave(_ now: Instant) {
        switch phase {
        case .opening(let client, _) where client.hasAsked: restKeys(now)
        case .standing: restKeys(now)
        case .stopped, .pausing, .reading, .dialling, .opening: break
        }
        id = nil
        destination = nil
        look = nil
        proof = nil
    }

    private mutating func restKeys(_ now: Instant) { if isService { restUntil = now + Limits.rest } }

    // MARK: Words

    var isService: Bool { identity == .service }
    /// What the bridge is asked for.
    private var asked: SAMSessionClient.Identity {
        switch (identity, keys) {
        case (.outbound, _): .transient
        case (.service, .kept(let keys)): .own(keys)
        case (.service, _): .new
        }
    }
    var silence: String { "\(what) does not answer" }
    private var noTunnels: String {
        "the I2P router has made no tunnels for us yet; is it connected to the I2P network?"
    }

    private func sentence(_ failure: SAMFailure) -> String {
        if failure == .refused(.invalidKey) { return "the I2P router does not take our keys" }
        return failure == .closed ? "\(what) closed our session" : failure.sentence
    }
}
