public import Protocols

extension StatusDocument {
    /// Reads a status document of schema 1. Every key of the schema must be there with its type; further keys are
    /// passed over, so that a newer daemon still answers an older client.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding document: JSONValue) throws(DocumentFailure) {
        let field = JSONField(value: document, path: "")
        let schema = try field["schema"].integer(UInt64.self)
        guard schema == Self.schema else {
            throw DocumentFailure(
                description: "the daemon speaks status schema \(schema) and this program \(Self.schema): "
                    + "use a program and a daemon of one version")
        }
        version = try field["version"].string()
        state = try field["state"].oneOf()
        reason = try field["reason"].string()
        uptimeSeconds = try field["uptime_seconds"].orNull { field throws(DocumentFailure) in try field.double() }
        killSwitch = try KillSwitchStatus(field["kill_switch"])
        egress = try field["egress"].list { field throws(DocumentFailure) in try EgressStatus(field) }
        listeners = try field["listeners"].list { field throws(DocumentFailure) in try ListenerStatus(field) }
        inbound = try field["inbound"].list { field throws(DocumentFailure) in try InboundStatus(field) }
        wallet = try WalletStatus(field["wallet"])
        threats = try field["threats"].list { field throws(DocumentFailure) in try field.string() }
    }
}

extension KillSwitchStatus {
    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        locked = try field["locked"].bool()
        let guardField = try field["guard"]
        guardStatus = GuardStatus(
            state: try guardField["state"].oneOf(),
            provenAt: try guardField["proven_at"].orNull { field throws(DocumentFailure) in try field.time() })
        stopped = try field["stopped"].list { field throws(DocumentFailure) in try StoppedPackets(field) }
    }
}

extension EgressStatus {
    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        name = try field["name"].string()
        kind = try field["kind"].string()
        state = try field["state"].oneOf()
        detail = try field["detail"].string()
        failures = [:]
        stalled = 0
    }
}

extension ListenerStatus {
    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        func count(_ key: String) throws(DocumentFailure) -> UInt64? {
            try field[key].orNull { field throws(DocumentFailure) in try field.integer() }
        }
        name = try field["name"].string()
        address = try field["address"].string()
        open = try count("open")
        accepted = try count("accepted")
        refused = try field["refused"].dictionary { field throws(DocumentFailure) in try field.integer() }
        bytesUp = try count("bytes_up")
        bytesDown = try count("bytes_down")
    }
}

extension InboundStatus {
    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        self.init(
            name: try field["name"].string(),
            address: try field["address"].orNull { field throws(DocumentFailure) in try field.string() },
            published: try field["published"].orNull { field throws(DocumentFailure) in try field.bool() },
            detail: try field["detail"].orNull { field throws(DocumentFailure) in try field.string() },
            open: try field["open"].orNull { field throws(DocumentFailure) in try field.integer() })
    }
}

extension WalletStatus {
    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        quorumHeight = try field["quorum_height"].orNull { field throws(DocumentFailure) in try field.integer() }
        nodes = try field["nodes"].list { field throws(DocumentFailure) in try WalletNodeStatus(field) }
    }
}

extension WalletNodeStatus {
    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        name = try field["name"].string()
        kind = try field["kind"].string()
        state = try field["state"].oneOf()
        height = try field["height"].orNull { field throws(DocumentFailure) in try field.integer() }
        latencyMilliseconds = try field["latency_ms"].orNull { field throws(DocumentFailure) in try field.integer() }
    }
}
