public import Protocols

extension StatusDocument {
    /// The document as JSON, schema 1: every key is always there, in this order, what is unknown is null. The same
    /// document gives the same bytes.
    public func encode() -> JSONValue {
        .object([
            "schema": .integer(Self.schema),
            "version": .string(version),
            "state": .string(state.rawValue),
            "reason": .string(reason),
            "uptime_seconds": uptimeSeconds.flatMap { JSONNumber($0) }.map { .number($0) } ?? .null,
            "kill_switch": killSwitch.encode(),
            "egress": .array(egress.map { $0.encode() }),
            "listeners": .array(listeners.map { $0.withoutWalletCounts.encode() }),
            "inbound": .array(inbound.map { $0.encode() }),
            "wallet": wallet.encode(),
            "threats": .array(threats.map { .string($0) }),
        ])
    }
}

extension KillSwitchStatus {
    fileprivate func encode() -> JSONValue {
        .object([
            "locked": .bool(locked),
            "guard": .object([
                "state": .string(guardStatus.state.rawValue),
                "proven_at": .string(orNull: guardStatus.provenAt?.description),
            ]),
            "stopped": .array(stopped.map { $0.encode() }),
        ])
    }
}

extension EgressStatus {
    fileprivate func encode() -> JSONValue {
        .object([
            "name": .string(name), "kind": .string(kind), "state": .string(state.rawValue), "detail": .string(detail),
        ])
    }
}

extension ListenerStatus {
    fileprivate func encode() -> JSONValue {
        .object([
            "name": .string(name), "address": .string(address), "open": .integer(orNull: open),
            "accepted": .integer(orNull: accepted), "refused": .counts(refused),
            "bytes_up": .integer(orNull: bytesUp), "bytes_down": .integer(orNull: bytesDown),
        ])
    }
}

extension InboundStatus {
    fileprivate func encode() -> JSONValue {
        .object([
            "name": .string(name), "address": .string(orNull: address),
            "published": published.map { .bool($0) } ?? .null, "detail": .string(orNull: detail),
            "open": .integer(orNull: open),
        ])
    }
}

extension WalletStatus {
    fileprivate func encode() -> JSONValue {
        .object([
            "quorum_height": .integer(orNull: quorumHeight),
            "nodes": .array(
                nodes.map { node in
                    .object([
                        "name": .string(node.name), "kind": .string(node.kind), "state": .string(node.state.rawValue),
                        "height": .integer(orNull: node.height),
                        "latency_ms": .integer(orNull: node.latencyMilliseconds),
                    ])
                }),
        ])
    }
}

extension JSONValue {
    /// Counts by what they count, sorted by it.
    fileprivate static func counts(_ counts: [String: UInt64]) -> JSONValue {
        var object = JSONObject()
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) { object[key] = .integer(count) }
        return .object(object)
    }
}
