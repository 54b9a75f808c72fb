public import Protocols

/// What root or the router's user may ask of the guard, one JSON object a line of guard.sock.
public enum GuardRequest: Hashable, Sendable {
    /// Destroy the confined users' connections, and forget what connection tracking knows of them:
    /// `{"verb":"destroy"}`
    case destroy

    /// As a JSON object.
    public func encode() -> JSONValue {
        .object(["verb": .string("destroy")])
    }

    /// Reads what `encode` writes; further keys are passed over.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        let verb = try JSONField(value: value, path: "")["verb"]
        guard try verb.string() == "destroy" else { throw verb.wrong("\"destroy\"") }
        self = .destroy
    }
}

/// What the guard says on guard.sock, one JSON object a line.
public enum GuardMessage: Hashable, Sendable {
    /// Each second.
    case heartbeat(GuardHeartbeat)
    /// What came of `destroy`: how many sockets were destroyed, and what could not be done.
    /// `{"kind":"destroyed","sockets":12,"problem":null}`
    case destroyed(sockets: UInt64, problem: String?)
    /// What was asked is not done: `{"kind":"refused","problem":"…"}`
    case refused(String)

    /// As a JSON object.
    public func encode() -> JSONValue {
        switch self {
        case .heartbeat(let heartbeat): heartbeat.encode()
        case .destroyed(let sockets, let problem):
            .object([
                "kind": .string("destroyed"), "sockets": .integer(sockets), "problem": .string(orNull: problem),
            ])
        case .refused(let problem): .object(["kind": .string("refused"), "problem": .string(problem)])
        }
    }

    /// Reads what `encode` writes; further keys are passed over.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        let field = JSONField(value: value, path: "")
        switch try field["kind"].string() {
        case "heartbeat": self = .heartbeat(try GuardHeartbeat(decoding: value))
        case "destroyed":
            let problem = try field["problem"].orNull { field throws(DocumentFailure) in try field.string() }
            self = .destroyed(sockets: try field["sockets"].integer(), problem: problem)
        case "refused": self = .refused(try field["problem"].string())
        default: throw try field["kind"].wrong("\"heartbeat\", \"destroyed\" or \"refused\"")
        }
    }
}
