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
        let listeners = joined(document.listeners.filter { !$0.isWallet })
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
                stopped(document.killSwitch.stopped)),
            Family(
                "guard_repairs_total", .counter, "How often the guard had to put its table back.",
                document.killSwitch.guardStatus.repairs.map { [Sample([:], $0)] } ?? []),
            Family(
                "guard_canary_timestamp_seconds", .gauge, "When the last canary of each confined user ended.",
                document.killSwitch.guardStatus.canaries.sorted { $0.key < $1.key }.map {
                    Sample(["user": $0.key], $0.value.unixSeconds)
                }),
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
                "egress_stalled_total", .counter,
                "Connections that were cut because blocks were asked for and nothing came.",
                document.egress.map { Sample(["egress": $0.name], $0.stalled) }),
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
            Family(
                "inbound_open", .gauge, "Streams open now by which others came in.",
                document.inbound.compactMap { service in service.open.map { Sample(["service": service.name], $0) } }),
            Family(
                "inbound_accepted_total", .counter, "Streams by which others came in.",
                document.inbound.compactMap { service in
                    service.counts.map { Sample(["service": service.name], $0.accepted) }
                }),
            Family(
                "inbound_refused_total", .counter, "Streams by which others came in and that were refused, by reason.",
                document.inbound.flatMap { service in
                    (service.counts?.refused ?? [:]).sorted { $0.key < $1.key }.map {
                        Sample(["service": service.name, "reason": $0.key], $0.value)
                    }
                }),
            Family(
                "inbound_bytes_total", .counter, "Bytes of these streams; in is from who came in to the node.",
                document.inbound.flatMap { service in
                    (service.counts.map { [("in", $0.bytesIn), ("out", $0.bytesOut)] } ?? []).map { direction, bytes in
                        Sample(["service": service.name, "direction": direction], bytes)
                    }
                }),
            Family(
                // Neither height nor latency: they move only while a wallet polls, and would say when.
                "wallet_node_up", .gauge, "Whether nothing is known against a wallet's node, by its place in the file.",
                document.wallet.nodes.map {
                    Sample(["node": $0.name], $0.state == .ready || $0.state == .starting)
                }),
            Family("threats", .gauge, "How many threats status names.", [Sample([:], document.threats.count)]),
        ]
    }

    /// Without destinations, whatever the log may name.
    private static func stopped(_ rows: [StoppedPackets]) -> [Sample] {
        StoppedPackets.sum(of: rows, destinations: false)
            .sorted { ($0.protocol, $0.port ?? 0) < ($1.protocol, $1.port ?? 0) }
            .map { Sample(["protocol": $0.protocol, "port": $0.port.map { "\($0)" } ?? ""], $0.packets) }
    }

    /// Two listeners of one name, for IPv4 and IPv6, are one to a scraper, which takes no line twice.
    private static func joined(_ listeners: [ListenerStatus]) -> [ListenerStatus] {
        func sum(_ one: UInt64?, _ other: UInt64?) -> UInt64? {
            one == nil && other == nil ? nil : (one ?? 0) &+ (other ?? 0)
        }
        var found: [ListenerStatus] = []
        for listener in listeners {
            guard let index = found.firstIndex(where: { $0.name == listener.name }) else {
                found.append(listener)
                continue
            }
            found[index].open = sum(found[index].open, listener.open)
            found[index].accepted = sum(found[index].accepted, listener.accepted)
            found[index].bytesUp = sum(found[index].bytesUp, listener.bytesUp)
            found[index].bytesDown = sum(found[index].bytesDown, listener.bytesDown)
            found[index].refused.merge(listener.refused) { $0 &+ $1 }
        }
        return found
    }
}
