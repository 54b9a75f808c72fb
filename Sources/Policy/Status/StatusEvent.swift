public import Protocols

/// Something that happened, as `GET /v1/events` and `xmr-routed events` tell it. It names no destination, no wallet
/// and no purpose.
public struct StatusEvent: Hashable, Sendable {
    /// What kind of thing; a client passes on the kinds of a newer daemon.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// As it is written.
        public let rawValue: String

        /// The kind that is written so.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The daemon started.
        public static let started = Kind(rawValue: "started")
        /// The state of the whole changed.
        public static let state = Kind(rawValue: "state")
        /// An egress changed.
        public static let egress = Kind(rawValue: "egress")
        /// The router was locked.
        public static let locked = Kind(rawValue: "locked")
        /// The router was unlocked.
        public static let unlocked = Kind(rawValue: "unlocked")
        /// A new configuration is in force.
        public static let reloaded = Kind(rawValue: "reloaded")
        /// A new configuration was refused; the old one is in force.
        public static let reloadRefused = Kind(rawValue: "reload-refused")
        /// A listener stopped accepting.
        public static let listenerPaused = Kind(rawValue: "listener-paused")
        /// A listener accepts again.
        public static let listenerResumed = Kind(rawValue: "listener-resumed")
        /// Something works against the promise.
        public static let threat = Kind(rawValue: "threat")
        /// Connections were refused.
        public static let refused = Kind(rawValue: "refused")
        /// Connections on which the peer fell silent were cut, or would have been.
        public static let stalled = Kind(rawValue: "stalled")
        /// The guard stopped packets of confined users.
        public static let stopped = Kind(rawValue: "stopped")
        /// A node behind the wallet gateway was set aside, or is good again.
        public static let walletNode = Kind(rawValue: "wallet-node")
        /// A service is published, or is not any more.
        public static let inbound = Kind(rawValue: "inbound")
        /// The guard was to destroy the confined users' open sockets.
        public static let destroyed = Kind(rawValue: "destroyed")
    }

    /// When it happened.
    public var time: UTCTime
    /// What kind of thing it is.
    public var kind: Kind
    /// What happened, in one sentence.
    public var sentence: String
    /// The same for a program.
    public var fields: JSONObject

    /// An event of these parts.
    public init(time: UTCTime, kind: Kind, sentence: String, fields: JSONObject = JSONObject()) {
        self.time = time
        self.kind = kind
        self.sentence = sentence
        self.fields = fields
    }
}

extension StatusEvent {
    /// The event as a JSON object of `time`, `kind`, `sentence` and `fields`.
    public func encode() -> JSONValue {
        .object([
            "time": .string(time.description), "kind": .string(kind.rawValue), "sentence": .string(sentence),
            "fields": .object(fields),
        ])
    }

    /// One line of NDJSON, with its newline.
    public func line() -> [UInt8] {
        encode().encoded() + [0x0a]
    }

    /// One line for a person, without a newline: "2026-01-02T03:04:05Z  egress  tor is ready: bootstrapped 100 %".
    public var humanLine: String {
        "\(time)  \(kind.rawValue.oneLine.padded(to: 16))  \(sentence.oneLine)"
    }

    /// Reads what `encode` writes; further keys are passed over.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        let field = JSONField(value: value, path: "")
        time = try field["time"].time()
        kind = Kind(rawValue: try field["kind"].string())
        sentence = try field["sentence"].string()
        let fields = try field["fields"]
        guard let object = fields.value.asObject else { throw fields.wrong("an object") }
        self.fields = object
    }
}
