/// The document as Prometheus reads it (text exposition format 0.0.4).
///
/// Nothing here names a destination, a wallet or a purpose: a scraper keeps what it reads for months, with times.
public enum StatusMetrics {
    /// The media type to answer with.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The metrics of a document, each family with its HELP and TYPE, each line ending in a newline. A value that
    /// is not known has no line.
    public static func render(_ document: StatusDocument) -> String {
        let state = document.borneOut.state
        let listeners = document.listeners.filter { !$0.isWallet }
        let families = [
            Family(
                "info", .gauge, "The version of the daemon.",
                [Sample(["version": document.version], 1)]),
            Family(
                "uptime_seconds", .gauge, "Seconds since the daemon started.",
                document.uptimeSeconds.map { $0.isFinite ? [Sample([:], $0)] : [] } ?? []),
            Family(
                "state", .gauge, "How the whole stands: 1 for the state that holds.",
                ProtectionState.allCases.map { Sample(["state": $0.rawValue], $0 == state) }),
            Family(
                "locked", .gauge, "Whether nothing passes until unlocked.", [Sample([:], document.killSwitch.locked)]),
            Family(
                "guard_state", .gauge, "What is known of the guard: 1 for the state that holds.",
                GuardStatus.State.allCases.map {
                    Sample(["state": $0.rawValue], $0 == document.killSwitch.guardStatus.state)
                }),
            Family(
                "guard_proven_timestamp_seconds", .gauge, "When the guard was last proven to enforce.",
                document.killSwitch.guardStatus.provenAt.map { [Sample([:], $0.unixSeconds)] } ?? []),
            Family(
                "guard_stopped_packets_total", .counter, "Packets of confined users that the guard stopped.",
                stoppedByProtocol(document.killSwitch.stopped)),
            Family(
                "egress_state", .gauge, "The state of each egress: 1 for the state that holds.",
                document.egress.flatMap { egress in
                    Readiness.allCases.map {
                        Sample(["egress": egress.name, "state": $0.rawValue], $0 == egress.state)
                    }
                }),
            Family(
                "egress_stream_failures_total", .counter,
                "Streams that did not come about though the egress was ready, by reason.",
                document.egress.flatMap { egress in
                    egress.failures.sorted { $0.key < $1.key }.map {
                        Sample(["egress": egress.name, "reason": $0.key], $0.value)
                    }
                }),
            Family(
                "listener_open", .gauge, "Connections open now.",
                listeners.compactMap { listener in listener.open.map { Sample(["listener": listener.name], $0) } }),
            Family(
                "listener_accepted_total", .counter, "Connections accepted.",
                listeners.compactMap { listener in listener.accepted.map { Sample(["listener": listener.name], $0) } }),
            Family(
                "listener_refused_total", .counter, "Connections refused, by reason.",
                listeners.flatMap { listener in
                    listener.refused.sorted { $0.key < $1.key }.map {
                        Sample(["listener": listener.name, "reason": $0.key], $0.value)
                    }
                }),
            Family(
                "listener_bytes_total", .counter, "Bytes relayed; up is from the client to the world.",
                listeners.flatMap { listener in
                    [("up", listener.bytesUp), ("down", listener.bytesDown)].compactMap { direction, bytes in
                        bytes.map { Sample(["listener": listener.name, "direction": direction], $0) }
                    }
                }),
            Family(
                "inbound_published", .gauge, "Whether a service is known to be published.",
                document.inbound.map { Sample(["service": $0.name], $0.published == true) }),
            Family("threats", .gauge, "How many threats status names.", [Sample([:], document.threats.count)]),
        ]
        return families.map(\.text).joined()
    }

    /// Without the ports: which port a node tried says what it was about.
    private static func stoppedByProtocol(_ stopped: [StoppedPackets]) -> [Sample] {
        var packets: [String: UInt64] = [:]
        for entry in stopped { packets[entry.protocol, default: 0] &+= entry.packets }
        return packets.sorted { $0.key < $1.key }.map { Sample(["protocol": $0.key], $0.value) }
    }
}

/// One metric with all its samples.
private struct Family {
    enum Kind: String {
        case counter, gauge
    }

    let name: String
    let kind: Kind
    let help: String
    let samples: [Sample]

    init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = "xmr_routed_" + name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    var text: String {
        guard !samples.isEmpty else { return "" }
        return "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
            + samples.map { "\(name)\($0.labels) \($0.value)\n" }.joined()
    }
}

/// One line of a metric: its labels as they are written, and its value.
private struct Sample {
    let labels: String
    let value: String

    init(_ labels: KeyValuePairs<String, String>, _ value: some Numeric) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        self.labels = pairs.isEmpty ? "" : "{\(pairs)}"
        self.value = "\(value)"
    }

    init(_ labels: KeyValuePairs<String, String>, _ holds: Bool) {
        self.init(labels, holds ? 1 : 0)
    }

    /// The format escapes the backslash, the quote and the newline. Other control characters are no part of a name.
    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            case "\"": escaped.append(contentsOf: "\\\"".unicodeScalars)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\u{0}"..<" ", "\u{7f}": escaped.append("?")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
