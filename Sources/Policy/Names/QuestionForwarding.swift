public import Protocols

/// The node's questions to name servers, which come as datagrams, asked of one resolver over one TCP connection and
/// answered as it answers: a machine. The driver opens and closes the connection and moves bytes.
///
/// ```
/// a question ─▶ asked, under an id of ours ─its answer─▶ the same bytes under the client's id; too long: cut short (TC)
///                ├─ the connection ends: asked once more on another, then SERVFAIL
///                └─ no answer in time: SERVFAIL
/// ```
/// Nothing of it is kept once it is answered: no name, no address.
public struct QuestionForwarding: Sendable {
    /// Bounds on what a client or the resolver can make of it.
    public enum Limits {
        /// Questions that wait for their answers.
        public static let pending = 256
        /// For an answer. Through Tor a first one takes some seconds.
        public static let timeout: Duration = .seconds(10)
        /// For a connection on which nothing is asked (RFC 7766 section 6.2.3).
        public static let idle: Duration = .seconds(10)
        /// How often a question is asked.
        public static let tries = 2
    }

    /// What the driver is to do.
    public enum Effect: Hashable, Sendable {
        /// Open a connection to the resolver; bytes can be sent at once. Its end is told by `closed`.
        case connect
        /// Send these bytes on it.
        case send([UInt8])
        /// Close it. `closed` is not called for it.
        case close
        /// Send this datagram to a client.
        case answer([UInt8], to: Endpoint)
    }

    private struct Pending {
        let query: DNSQuery
        let bytes: [UInt8]
        let client: Endpoint
        let deadline: Instant
        var asked: Instant
        var tries = 1
    }

    private var isOpen = false
    private var framing = DNSFraming()
    /// By our id.
    private var pending: [UInt16: Pending] = [:]
    private var lastHeard: Instant?
    private var idleSince = Instant(milliseconds: 0)

    /// Nothing is asked yet.
    public init() {}

    /// How many questions wait for their answers.
    public var count: Int { pending.count }

    /// When `tick` must be called at the latest.
    public var deadline: Instant? {
        pending.values.map(\.deadline).min() ?? (isOpen ? idleSince + Limits.idle : nil)
    }

    /// A client asks.
    ///
    /// - Parameter random: makes our ids; a resolver's answer must not be guessed.
    public mutating func asked(
        _ query: DNSQuery, _ bytes: [UInt8], by client: Endpoint, now: Instant,
        random: inout some RandomNumberGenerator
    ) -> [Effect] {
        // It has not waited for its answer, and gets that of the first time.
        let isKnown = pending.values.contains {
            $0.client == client && $0.query.id == query.id && $0.query.question == query.question
        }
        guard !isKnown else { return [] }
        guard pending.count < Limits.pending else { return [.answer(query.answer(.serverFailure), to: client)] }
        var id = UInt16.random(in: 0...UInt16.max, using: &random)
        while pending[id] != nil { id &+= 1 }
        pending[id] = Pending(
            query: query, bytes: bytes, client: client, deadline: now + Limits.timeout, asked: now)
        return open() + [.send(framed(id))]
    }

    private mutating func open() -> [Effect] {
        guard !isOpen else { return [] }
        isOpen = true
        framing = DNSFraming()
        return [.connect]
    }

    private func framed(_ id: UInt16) -> [UInt8] {
        pending[id].flatMap { DNSFraming.framed($0.bytes.withDNSID(id)) } ?? []
    }

    /// Bytes came over the connection.
    public mutating func received(_ bytes: Span<UInt8>, now: Instant) -> [Effect] {
        guard isOpen else { return [] }
        var effects: [Effect] = []
        var start = 0
        while start < bytes.count {
            let (consumed, event) = framing.receive(bytes.extracting(start..<bytes.count))
            start += consumed
            guard case .message(let message) = event else { break }
            do throws(DNSFailure) {
                if let answer = try answer(message, now: now) { effects.append(answer) }
            } catch {
                // Whoever answers another question, or speaks no DNS, is not trusted with the next one.
                return effects + [.close] + closed(now: now)
            }
        }
        return effects
    }

    /// The datagram that a message of the resolver makes; nil where it comes too late.
    private mutating func answer(_ bytes: [UInt8], now: Instant) throws(DNSFailure) -> Effect? {
        let message = try DNSMessage(bytes)
        let id = message.header.id
        lastHeard = now
        guard let asked = pending[id] else { return nil }
        try message.check(isAbout: asked.query.question, id: id)
        pending[id] = nil
        idleSince = now
        let isTooLong = bytes.count > asked.query.datagramLimit
        return .answer(isTooLong ? asked.query.cutShort : bytes.withDNSID(asked.query.id), to: asked.client)
    }

    /// The connection has ended, or could not be opened.
    public mutating func closed(now: Instant) -> [Effect] {
        isOpen = false
        var effects: [Effect] = []
        for (id, entry) in pending.sorted(by: { $0.value.deadline < $1.value.deadline }) {
            guard entry.tries < Limits.tries, now < entry.deadline else {
                pending[id] = nil
                effects.append(.answer(entry.query.answer(.serverFailure), to: entry.client))
                continue
            }
            pending[id]?.tries += 1
            pending[id]?.asked = now
            effects += open() + [.send(framed(id))]
        }
        return effects
    }

    /// The lock, or a proof that was lost: nothing more is asked, and whoever waits is told so.
    public mutating func cut() -> [Effect] {
        let effects = pending.values.map { Effect.answer($0.query.answer(.refused), to: $0.client) }
        pending = [:]
        defer { isOpen = false }
        return effects + (isOpen ? [.close] : [])
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> [Effect] {
        var effects: [Effect] = []
        var isStuck = false
        for (id, entry) in pending where entry.deadline <= now {
            pending[id] = nil
            idleSince = now
            isStuck = isStuck || lastHeard.map { $0 < entry.asked } ?? true
            effects.append(.answer(entry.query.answer(.serverFailure), to: entry.client))
        }
        guard isOpen else { return effects }
        if isStuck {
            // Nothing has come since it was asked: the next one is asked on another connection.
            effects += [.close] + closed(now: now)
        } else if pending.isEmpty, idleSince + Limits.idle <= now {
            isOpen = false
            effects.append(.close)
        }
        return effects
    }
}
