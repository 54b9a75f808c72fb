/// The document as Prometheus reads it (text exposition format 0.0.4).
///
/// Nothing here names a destination, a wallet or a purpose: a scraper keeps what it reads for months, with times.
public enum StatusMetrics {
    /// The media type to answer with.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The metrics of a document, each family with its HELP and TYPE, each line ending in a newline. A value that
    /// is not known has no line.
    public static func render(_ document: StatusDocument) -> String {
        families(of: document).map(\.text).joined()
    }

    /// Every family there is, in their order; one of which the document tells nothing has no samples.
    public static func families(of document: StatusDocument) -> [Family] {
        let state = document.borneOut.state
        let listeners = document.listeners.filter { !$0.isWallet }
        return [
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
    }

    /// Without the ports: which port a node tried says what it was about.
    private static func stoppedByProtocol(_ stopped: [StoppedPackets]) -> [Sample] {
        var packets: [String: UInt64] = [:]
        for entry in stopped { packets[entry.protocol, default: 0] &+= entry.packets }
        return packets.sorted { $0.key < $1.key }.map { Sample(["protocol": $0.key], $0.value) }
    }
}
