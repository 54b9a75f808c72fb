public import Protocols

/// The addresses of names, asked of one resolver over one TCP connection: a machine. The driver opens and closes the
/// connection and moves its bytes.
///
/// ```
/// look up ─▶ asked: A, AAAA, or both ─answers─▶ told to those who wait ─▶ kept for its lifetime, and not longer
///               └─ the connection ends: asked once more on another; then, or after `timeout`: failed, not kept
/// ```
/// A name is one question a family, all on one connection in any order (RFC 7766 section 6.2.1.1).
public struct NameResolution: Sendable {
    /// Bounds on what a hostile client or resolver can make of it.
    public enum Limits {
        /// Names that are being asked for.
        public static let pending = 256
        /// Names that are known.
        public static let known = 1024
        /// For a name's answer, from its first question on.
        public static let timeout: Duration = .seconds(6)
        /// For a connection on which nothing is asked (RFC 7766 section 6.2.3).
        public static let idle: Duration = .seconds(10)
    }

    /// Which addresses the interface can reach.
    public struct Families: Hashable, Sendable {
        /// IPv4.
        public var v4: Bool
        /// IPv6.
        public var v6: Bool

        /// These.
        public init(v4: Bool, v6: Bool) {
            self.v4 = v4
            self.v6 = v6
        }
    }

    /// What is known of a name.
    public enum Answer: Hashable, Sendable {
        /// Its addresses, IPv4 first; never empty.
        case addresses([IPAddress])
        /// It is being asked for; `answered` comes.
        case pending
        /// It has none, or none could be learnt.
        case failed(NameFailure)
    }

    /// What the driver is to do.
    public enum Effect: Hashable, Sendable {
        /// Open a connection to the resolver, and tell of it by `connected` or `closed`.
        case connect
        /// Send these bytes on it.
        case send([UInt8])
        /// Close it. `closed` is not called for it.
        case close
        /// Some name is known now, or has failed: those who wait look it up again, then `settle` is called.
        case answered
    }

    private enum Connection { case none, opening, open }

    private struct Question {
        var name: DNSName
        var question: DNSQuestion
    }

    /// A name that is being asked for.
    private struct Pending {
        var open: Set<UInt16> = []
        var addresses: [IPAddress] = []
        var lifetime = DNSAnswer.longestLifetime
        var failure: NameFailure?
        var deadline: Instant
        var isSecondTry = false
    }

    /// A name of which something is known.
    private struct Known {
        var answer: Answer
        var until: Instant
        /// Those who wait for it have not been told yet, and are, however short its lifetime.
        var isNew = true
    }

    private var connection = Connection.none
    private var framing = DNSFraming()
    private var questions: [UInt16: Question] = [:]
    private var pending: [DNSName: Pending] = [:]
    private var known: [DNSName: Known] = [:]
    private var idleSince = Instant(milliseconds: 0)

    /// Nothing is known.
    public init() {}

    /// What is known of a name; asks for it where nothing is.
    ///
    /// - Parameter random: makes the questions' ids.
    public mutating func lookUp(
        _ name: DNSName, _ families: Families, now: Instant, random: inout some RandomNumberGenerator
    ) -> (answer: Answer, effects: [Effect]) {
        if let found = known[name], found.isNew || now < found.until { return (found.answer, []) }
        known[name] = nil
        if pending[name] != nil { return (.pending, []) }
        guard pending.count < Limits.pending else { return (.failed(.tooMany), []) }
        var types: [DNSRecordType] = []
        if families.v4 { types.append(.a) }
        if families.v6 { types.append(.aaaa) }
        guard !types.isEmpty else { return (.failed(.noFamily), []) }
        var entry = Pending(deadline: now + Limits.timeout)
        for type in types {
            let id = freeID(&random)
            questions[id] = Question(name: name, question: DNSQuestion(name, type))
            entry.open.insert(id)
        }
        pending[name] = entry
        switch connection {
        case .none:
            connection = .opening
            return (.pending, [.connect])
        case .opening: return (.pending, [])
        case .open: return (.pending, [.send(queries(entry.open))])
        }
    }

    /// Twice the pending names are far fewer than there are ids.
    private func freeID(_ random: inout some RandomNumberGenerator) -> UInt16 {
        var id = UInt16.random(in: 0...UInt16.max, using: &random)
        while questions[id] != nil { id &+= 1 }
        return id
    }

    private func queries(_ ids: some Sequence<UInt16>) -> [UInt8] {
        ids.sorted().flatMap { id in questions[id].flatMap { DNSFraming.framed($0.question.query(id: id)) } ?? [] }
    }

    /// The connection stands: all that is open is asked.
    public mutating func connected(now: Instant) -> [Effect] {
        guard connection == .opening else { return [] }
        connection = .open
        framing = DNSFraming()
        idleSince = now
        return questions.isEmpty ? [] : [.send(queries(questions.keys))]
    }

    /// Bytes came over the connection.
    public mutating func received(_ bytes: Span<UInt8>, now: Instant) -> [Effect] {
        guard connection == .open else { return [] }
        var isAnswered = false
        var start = 0
        while start < bytes.count {
            let (consumed, event) = framing.receive(bytes.extracting(start..<bytes.count))
            start += consumed
            guard case .message(let message) = event else { break }
            if take(message, now: now) { isAnswered = true }
        }
        return isAnswered ? [.answered] : []
    }

    /// Takes a message; true where a name is done with it. One that answers nothing of ours is passed over: the answer
    /// may be to a name that has timed out.
    private mutating func take(_ message: [UInt8], now: Instant) -> Bool {
        guard message.count >= 2 else { return false }
        let id = UInt16(message[0]) << 8 | UInt16(message[1])
        guard let question = questions.removeValue(forKey: id) else { return false }
        idleSince = now
        let answer = Result { () throws(DNSFailure) in
            try DNSAnswer(DNSMessage(message), to: question.question, id: id)
        }
        guard var entry = pending.removeValue(forKey: question.name) else { return false }
        entry.open.remove(id)
        switch answer {
        case .success(let answer):
            entry.lifetime = min(entry.lifetime, answer.lifetime)
            if question.question.type == .a {
                entry.addresses.insert(contentsOf: answer.addresses, at: 0)
            } else {
                entry.addresses += answer.addresses
            }
        case .failure(let failure): entry.failure = entry.failure?.weightier(than: failure) ?? .resolver(failure)
        }
        guard entry.open.isEmpty else {
            pending[question.name] = entry
            return false
        }
        finish(question.name, entry, now: now)
        return true
    }

    private mutating func finish(_ name: DNSName, _ entry: Pending, now: Instant) {
        for id in entry.open { questions[id] = nil }
        if known.count >= Limits.known, let oldest = known.min(by: { $0.value.until < $1.value.until }) {
            known[oldest.key] = nil
        }
        known[name] =
            entry.addresses.isEmpty
            ? Known(answer: .failed(entry.failure ?? .timeout), until: now)
            : Known(answer: .addresses(entry.addresses), until: now + .seconds(Int64(entry.lifetime)))
    }

    /// The connection could not be opened, or ended. What was asked on it is asked on another, once: a resolver may end
    /// a connection that was idle in the moment when it is used again.
    public mutating func closed(_ why: String, now: Instant) -> [Effect] {
        let wasOpen = connection == .open
        connection = .none
        var isAnswered = false
        for (name, entry) in pending {
            if wasOpen, !entry.isSecondTry {
                pending[name]?.isSecondTry = true
            } else {
                fail(name, .unreachable(why), now: now)
                isAnswered = true
            }
        }
        if !pending.isEmpty { connection = .opening }
        return (pending.isEmpty ? [] : [.connect]) + (isAnswered ? [.answered] : [])
    }

    /// What it knows and asks for belongs to a tunnel that is no more.
    public mutating func reset(now: Instant) -> [Effect] {
        known = [:]
        let effects = closing()
        for name in pending.keys { fail(name, .unreachable("the tunnel is gone"), now: now) }
        return effects + (known.isEmpty ? [] : [.answered])
    }

    private mutating func closing() -> [Effect] {
        defer { connection = .none }
        return connection == .none ? [] : [.close]
    }

    private mutating func fail(_ name: DNSName, _ failure: NameFailure, now: Instant) {
        guard var entry = pending.removeValue(forKey: name) else { return }
        entry.failure = entry.failure ?? failure
        finish(name, entry, now: now)
    }

    /// Those who waited have looked up what they waited for: what may not be kept is forgotten.
    public mutating func settle(now: Instant) {
        for (name, entry) in known {
            if entry.until <= now {
                known[name] = nil
            } else {
                known[name]?.isNew = false
            }
        }
    }

    /// The time has come to this point.
    public mutating func tick(_ now: Instant) -> [Effect] {
        let late = pending.filter { $0.value.deadline <= now }.map(\.key)
        for name in late { fail(name, .timeout, now: now) }
        // One that answers nothing in time is not asked again on the same connection.
        if !late.isEmpty {
            let effects = closing()
            guard !pending.isEmpty else { return effects + [.answered] }
            connection = .opening
            return effects + [.connect, .answered]
        }
        if connection == .open, questions.isEmpty, idleSince + Limits.idle <= now { return closing() }
        return []
    }

    /// When `tick` has something to do, next; nil where nothing is.
    public var deadline: Instant? {
        let idle = connection == .open && questions.isEmpty ? idleSince + Limits.idle : nil
        return (pending.values.map(\.deadline) + (idle.map { [$0] } ?? [])).min()
    }
}
