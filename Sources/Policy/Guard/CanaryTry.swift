internal import Protocols

/// What became of one packet that the canary sent.
public struct CanaryTry: Hashable, Sendable {
    /// How it looked to the one who sent it.
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// It did not get through: refused, or no answer came. By what is for the guard's counter to say.
        case failed
        /// The machine has no way there, so nothing was sent.
        case noRoute = "no-route"
        /// It got through: a connection was made, or the kernel took the datagram.
        case passed
    }

    /// What was tried, with one packet.
    public var probe: CanaryProbe
    /// What became of it.
    public var outcome: Outcome
    /// The kernel's name for why it did not get through ("EPERM", "ECONNREFUSED"); "" where it did.
    public var error: String

    /// This outcome of a probe.
    public init(_ probe: CanaryProbe, _ outcome: Outcome, error: String = "") {
        self.probe = probe
        self.outcome = outcome
        self.error = error
    }

    func encode() -> JSONValue {
        .object([
            "probe": .string(probe.rawValue), "outcome": .string(outcome.rawValue), "error": .string(error),
        ])
    }

    init(_ field: JSONField) throws(DocumentFailure) {
        probe = try field["probe"].oneOf()
        outcome = try field["outcome"].oneOf()
        error = try field["error"].string().printable(limit: 32)
    }
}

/// A try with what the guard's counter says of it.
public struct CanaryProbed: Hashable, Sendable {
    /// What was tried.
    public var probe: CanaryProbe
    /// How many packets the guard stopped by the probe's own rule while the canary tried; one is what it should be.
    public var packets: UInt64
    /// What became of it, as the canary saw it.
    public var outcome: CanaryTry.Outcome

    /// This rise of the counter for that outcome.
    public init(_ probe: CanaryProbe, packets: UInt64, outcome: CanaryTry.Outcome) {
        self.probe = probe
        self.packets = packets
        self.outcome = outcome
    }

    func encode() -> JSONValue {
        .object([
            "probe": .string(probe.rawValue), "packets": .integer(packets), "outcome": .string(outcome.rawValue),
        ])
    }

    init(_ field: JSONField) throws(DocumentFailure) {
        probe = try field["probe"].oneOf()
        packets = try field["packets"].integer()
        outcome = try field["outcome"].oneOf()
    }
}
