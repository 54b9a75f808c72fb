internal import Protocols

extension StatusEvent {
    /// The daemon started.
    public static func started(version: String, at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .started, sentence: "xmr-routed \(version) started",
            fields: ["version": .string(version)])
    }

    /// A new configuration is in force.
    public static func reloaded(at time: UTCTime) -> StatusEvent {
        StatusEvent(time: time, kind: .reloaded, sentence: "the new configuration is in force")
    }

    /// A new configuration was refused for this reason, a sentence with file, line and column.
    public static func reloadRefused(_ problem: String, at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .reloadRefused,
            sentence: "the new configuration was refused and the old one stays in force: \(problem)",
            fields: ["problem": .string(problem)])
    }

    /// A listener stopped accepting for this reason: "the descriptor limit is reached".
    public static func listenerPaused(_ name: String, _ reason: String, at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .listenerPaused, sentence: "\(name) accepts nothing for now: \(reason)",
            fields: ["listener": .string(name), "reason": .string(reason)])
    }

    /// A listener accepts again.
    public static func listenerResumed(_ name: String, at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .listenerResumed, sentence: "\(name) accepts again", fields: ["listener": .string(name)])
    }

    /// Connections were refused. Neither whose nor where to: only why, and how many since the last such event.
    ///
    /// - Parameter ports: to which ports, where that is the reason; nil is one that is not named.
    public static func refused(
        _ refusal: Refusal, count: UInt64, ports: Set<SharedPort?> = [], at time: UTCTime
    ) -> StatusEvent {
        let named = ports.compactMap { $0 }.sorted()
        var fields: JSONObject = ["reason": .string(refusal.rawValue), "count": .integer(count)]
        if !named.isEmpty { fields["ports"] = .array(named.map { .integer(UInt64($0.number)) }) }
        return StatusEvent(
            time: time, kind: .refused,
            sentence: "\(HumanUnits.count(count, "connection")) refused: \(refusal.rawValue): "
                + refusal.sentence(ports: SharedPort.sentence(ports)),
            fields: fields)
    }

    /// Connections were cut because they had stalled.
    public static func stalled(count: UInt64, at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .stalled,
            sentence:
                "\(HumanUnits.count(count, "connection")) cut: stalled: the node had asked for blocks and nothing "
                + "came; a new one takes a fresh circuit",
            fields: ["cut": .integer(count)])
    }

    /// Some have stalled and stay, since the hour's cuts are used up.
    public static func stallsLeft(at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .stalled,
            sentence: "connections have stalled and are not cut: \(StalledStreams.Limits.cuts) were within an hour, "
                + "and more would let others choose the node's peers",
            fields: ["cut": .integer(0)])
    }

    /// Somebody used this listener for whom it is not; so often since the last such event.
    public static func threat(_ telling: OwnerThreats.Telling, listener: String, at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .threat, sentence: telling.sentence,
            fields: ["listener": .string(listener), "count": .integer(telling.count)])
    }

    /// Something became known of a wallet's node, by its place in the file; the sentence names that.
    public static func walletNode(_ name: String, _ sentence: String, at time: UTCTime) -> StatusEvent {
        StatusEvent(time: time, kind: .walletNode, sentence: sentence, fields: ["node": .string(name)])
    }

    /// The guard stopped these packets since the last such event.
    static func stopped(_ rows: [StoppedPackets], at time: UTCTime) -> StatusEvent {
        StatusEvent(
            time: time, kind: .stopped, sentence: "the guard stopped \(StoppedPackets.summary(of: rows))",
            fields: [
                "packets": .integer(StoppedPackets.total(of: rows)), "stopped": .array(rows.map { $0.encode() }),
            ])
    }

    /// What came of the confined users' sockets that the guard was to destroy.
    public static func destroyed(_ outcome: GuardDestruction, at time: UTCTime) -> StatusEvent {
        let (sockets, problem): (UInt64?, String?) =
            switch outcome {
            case .done(let sockets): (sockets, nil)
            case .failed(let why): (nil, why)
            }
        return StatusEvent(
            time: time, kind: .destroyed, sentence: outcome.sentence,
            fields: ["sockets": .integer(orNull: sockets), "problem": .string(orNull: problem)])
    }

    /// A service is published, or is not any more. Its address is not said: who keeps the log is not told whose it is.
    static func inbound(_ service: InboundStatus, at time: UTCTime) -> StatusEvent {
        let isPublished = service.published == true
        return StatusEvent(
            time: time, kind: .inbound,
            sentence: "\(service.name) is \(isPublished ? "published" : "not published")",
            fields: ["service": .string(service.name), "published": .bool(isPublished)])
    }

    /// What changed from one document to the next, in the order of its weight: lock, state, egresses, services.
    public static func changes(
        from before: StatusDocument, to after: StatusDocument, at time: UTCTime
    ) -> [StatusEvent] {
        var events: [StatusEvent] = []
        if before.killSwitch.locked != after.killSwitch.locked {
            events.append(
                after.killSwitch.locked
                    ? StatusEvent(time: time, kind: .locked, sentence: "locked: nothing passes the router")
                    : StatusEvent(time: time, kind: .unlocked, sentence: "unlocked"))
        }
        if before.state != after.state {
            events.append(
                StatusEvent(
                    time: time, kind: .state,
                    sentence: "\(before.state.rawValue) became \(after.state.rawValue): \(after.reason)",
                    fields: [
                        "from": .string(before.state.rawValue), "to": .string(after.state.rawValue),
                        "reason": .string(after.reason),
                    ]))
        }
        for egress in after.egress {
            let earlier = before.egress.first { $0.name == egress.name }
            guard earlier?.state != egress.state || earlier?.detail != egress.detail else { continue }
            events.append(
                StatusEvent(
                    time: time, kind: .egress,
                    sentence: "\(egress.name) is \(egress.state.rawValue)"
                        + (egress.detail.isEmpty ? "" : ": \(egress.detail)"),
                    fields: [
                        "egress": .string(egress.name), "state": .string(egress.state.rawValue),
                        "detail": .string(egress.detail),
                    ]))
        }
        for egress in before.egress where !after.egress.contains(where: { $0.name == egress.name }) {
            events.append(
                StatusEvent(
                    time: time, kind: .egress, sentence: "\(egress.name) is no longer configured",
                    fields: ["egress": .string(egress.name), "state": .null, "detail": .null]))
        }
        for service in after.inbound {
            let earlier = before.inbound.first { $0.name == service.name }?.published == true
            if earlier != (service.published == true) { events.append(inbound(service, at: time)) }
        }
        return events
    }
}
