internal import Protocols

/// Whether the guard holds the user who ran the canary, and what that rests on.
///
/// A failed dial alone proves nothing: a missing route, another firewall or systemd's IPAddressDeny fail a dial as
/// well, and are gone tomorrow. So each dial must fail and the guard's own counter for it must rise by exactly the one
/// packet. A probe without a route is said, and is no proof; the local resolver has a route on every machine.
public struct CanaryVerdict: Hashable, Sendable {
    /// Whether the guard stopped every packet that was sent.
    public var proven: Bool
    /// What was found, in one sentence.
    public var detail: String
    /// Each try with its counter, in the order of `CanaryProbe`.
    public var tries: [CanaryProbed]

    /// A verdict of these parts.
    public init(proven: Bool, detail: String, tries: [CanaryProbed]) {
        self.proven = proven
        self.detail = detail
        self.tries = tries
    }

    /// Judges.
    ///
    /// - Parameters:
    ///   - tries: what the canary says that became of each probe.
    ///   - rises: by how much each probe's counter rose between `begin` and now, as the guard read them; nil for one
    ///     that could not be read.
    public init(tries: [CanaryTry], rises: [CanaryProbe: UInt64]) {
        var problems: [String] = []
        var stopped: [CanaryProbe] = []
        var without: [CanaryProbe] = []
        var probed: [CanaryProbed] = []
        for probe in CanaryProbe.allCases {
            let name = probe.rawValue
            let mine = tries.filter { $0.probe == probe }
            guard let attempt = mine.first, mine.count == 1 else {
                problems.append("\(name) was \(mine.isEmpty ? "not tried" : "tried more than once")")
                continue
            }
            guard let rise = rises[probe] else {
                problems.append("the counter of \(name) cannot be read")
                continue
            }
            probed.append(CanaryProbed(probe, packets: rise, outcome: attempt.outcome))
            switch (attempt.outcome, rise) {
            case (.passed, _): problems.append("\(name) PASSED the guard")
            case (_, 1): stopped.append(probe)
            case (.noRoute, 0) where probe == .stub:
                problems.append("\(name) has no route, so nothing is proven (is the loopback interface up?)")
            case (.noRoute, 0): without.append(probe)
            case (.failed, 0):
                let error = attempt.error.isEmpty ? "" : " (\(attempt.error.oneLine))"
                problems.append("\(name) failed\(error), but not by the guard: its counter did not rise")
            case (_, let rise): problems.append("the counter of \(name) rose by \(rise), not by the one packet sent")
            }
        }
        let names = { (probes: [CanaryProbe]) in probes.map(\.rawValue).joined(separator: ", ") }
        self.tries = probed
        proven = problems.isEmpty
        detail =
            problems.isEmpty
            ? "the guard stopped \(names(stopped))" + (without.isEmpty ? "" : "; without a route: \(names(without))")
            : problems.joined(separator: "; ")
    }
}

extension CanaryVerdict {
    /// The members of the line that carries it.
    func encode(into object: inout JSONObject) {
        object["proven"] = .bool(proven)
        object["detail"] = .string(detail)
        object["tries"] = .array(tries.map { $0.encode() })
    }

    init(_ field: JSONField) throws(DocumentFailure) {
        proven = try field["proven"].bool()
        detail = try field["detail"].string()
        tries = try field["tries"].list { field throws(DocumentFailure) in try CanaryProbed(field) }
    }
}
