public import Protocols

/// What the guard says each second on its socket: what it read back from the kernel just now, and what the last canaries
/// and the counters there say. Whoever hears nothing for two seconds knows nothing.
public struct GuardHeartbeat: Hashable, Sendable {
    /// How the table is kept.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// The kernel lets nobody but the guard change it.
        case owned
        /// Anybody may; the guard sees it and puts it back.
        case watched
    }

    /// A user whom the guard holds.
    public struct User: Hashable, Sendable {
        /// His name in the configuration.
        public var name: String
        /// His number.
        public var id: UInt32
        /// The last canary that ran as him; nil when none has since the guard started.
        public var canary: Canary?
        /// What he tried and the guard stopped, since the table was first made.
        public var stopped: [StoppedPackets]

        /// A user with these.
        public init(name: String, id: UInt32, canary: Canary? = nil, stopped: [StoppedPackets] = []) {
            self.name = name
            self.id = id
            self.canary = canary
            self.stopped = stopped
        }
    }

    /// What came of a canary.
    public struct Canary: Hashable, Sendable {
        /// When it ended.
        public var at: UTCTime
        /// Whether the guard's own counters show that it was the guard that stopped it.
        public var isProven: Bool
        /// In a sentence.
        public var detail: String

        /// A canary of this end.
        public init(at: UTCTime, isProven: Bool, detail: String) {
            self.at = at
            self.isProven = isProven
            self.detail = detail
        }
    }

    /// Why the kernel does not hold what it should, in a sentence; nil where it was read back and is as it should be.
    public var problem: String?
    /// SHA-256 of the canonical form of what the kernel holds, in 64 hexadecimal digits; empty where nothing could be read.
    public var digest: String
    /// When it was read back.
    public var checkedAt: UTCTime
    /// How the table is kept.
    public var mode: Mode
    /// The router's user, where the table has a chain for it.
    public var router: UInt32?
    /// How often the table was taken away or changed by others, and put back.
    public var repairs: UInt64
    /// Whom the guard holds, in the order of the configuration.
    public var users: [User]

    /// Whether what the kernel holds is what it should hold.
    public var isProven: Bool { problem == nil }

    /// A heartbeat of these.
    public init(
        problem: String?, digest: String, checkedAt: UTCTime, mode: Mode, router: UInt32?, repairs: UInt64,
        users: [User]
    ) {
        self.problem = problem
        self.digest = digest
        self.checkedAt = checkedAt
        self.mode = mode
        self.router = router
        self.repairs = repairs
        self.users = users
    }
}

extension GuardHeartbeat {
    /// As a JSON object, one line of the guard's socket.
    public func encode() -> JSONValue {
        .object([
            "kind": .string("heartbeat"), "proven": .bool(isProven), "problem": .string(orNull: problem),
            "digest": .string(digest),
            "checked_at": .string(checkedAt.description), "mode": .string(mode.rawValue),
            "router": .integer(orNull: router), "repairs": .integer(repairs),
            "users": .array(users.map { $0.encode() }),
        ])
    }

    /// Reads what `encode` writes; further keys are passed over.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        let field = JSONField(value: value, path: "")
        guard try field["kind"].string() == "heartbeat" else { throw try field["kind"].wrong("\"heartbeat\"") }
        problem = try field["problem"].orNull { field throws(DocumentFailure) in try field.string() }
        guard try field["proven"].bool() == (problem == nil) else {
            throw try field["proven"].wrong("true exactly where problem is null")
        }
        digest = try field["digest"].string()
        checkedAt = try field["checked_at"].time()
        mode = try field["mode"].oneOf()
        router = try field["router"].orNull { field throws(DocumentFailure) in try field.integer() }
        repairs = try field["repairs"].integer()
        users = try field["users"].list { field throws(DocumentFailure) in try User(field) }
    }
}

extension GuardHeartbeat.User {
    fileprivate func encode() -> JSONValue {
        .object([
            "name": .string(name), "id": .integer(UInt64(id)), "canary": canary?.encode() ?? .null,
            "stopped": .array(stopped.map { $0.encode() }),
        ])
    }

    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        name = try field["name"].string()
        id = try field["id"].integer()
        canary = try field["canary"].orNull { field throws(DocumentFailure) in try GuardHeartbeat.Canary(field) }
        stopped = try field["stopped"].list { field throws(DocumentFailure) in try StoppedPackets(field) }
    }
}

extension GuardHeartbeat.Canary {
    fileprivate func encode() -> JSONValue {
        .object(["at": .string(at.description), "proven": .bool(isProven), "detail": .string(detail)])
    }

    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        at = try field["at"].time()
        isProven = try field["proven"].bool()
        detail = try field["detail"].string()
    }
}
