public import Protocols

/// What a canary says to the guard, one JSON object a line of canary.sock.
public enum CanaryRequest: Hashable, Sendable {
    /// It asks whether it may begin: `{"verb":"canary"}`
    case begin
    /// It has tried everything: `{"verb":"tried","tries":[…]}`
    case tried([CanaryTry])

    /// As a JSON object.
    public func encode() -> JSONValue {
        switch self {
        case .begin: .object(["verb": .string("canary")])
        case .tried(let tries):
            .object(["verb": .string("tried"), "tries": .array(tries.map { $0.encode() })])
        }
    }

    /// Reads what `encode` writes; further keys are passed over.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        let field = JSONField(value: value, path: "")
        switch try field["verb"].string() {
        case "canary": self = .begin
        case "tried":
            let tries = try field["tries"].list { field throws(DocumentFailure) in try CanaryTry(field) }
            self = .tried(tries)
        default: throw try field["verb"].wrong("\"canary\" or \"tried\"")
        }
    }
}

/// What the guard says to a canary, one JSON object a line.
public enum CanaryAnswer: Hashable, Sendable {
    /// It may dial: this user is held, and the counters were read. `{"kind":"begin","user":"monero"}`
    case begin(user: String)
    /// It must not dial, since what it sent would perhaps leave. `{"kind":"refused","problem":"…"}`
    case refused(String)
    /// `{"kind":"verdict","proven":true,"detail":"…","tries":[…]}`
    case verdict(CanaryVerdict)

    /// As a JSON object.
    public func encode() -> JSONValue {
        switch self {
        case .begin(let user): .object(["kind": .string("begin"), "user": .string(user)])
        case .refused(let problem): .object(["kind": .string("refused"), "problem": .string(problem)])
        case .verdict(let verdict):
            .object([
                "kind": .string("verdict"), "proven": .bool(verdict.isProven), "detail": .string(verdict.detail),
                "tries": .array(verdict.tries.map { $0.encode() }),
            ])
        }
    }

    /// Reads what `encode` writes; further keys are passed over.
    ///
    /// - Throws: `DocumentFailure` with a sentence that names the key.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        let field = JSONField(value: value, path: "")
        switch try field["kind"].string() {
        case "begin": self = .begin(user: try field["user"].string())
        case "refused": self = .refused(try field["problem"].string())
        case "verdict":
            let tries = try field["tries"].list { field throws(DocumentFailure) in try CanaryVerdict.Counted(field) }
            self = .verdict(
                CanaryVerdict(
                    isProven: try field["proven"].bool(), detail: try field["detail"].string(), tries: tries))
        default: throw try field["kind"].wrong("\"begin\", \"refused\" or \"verdict\"")
        }
    }
}

extension CanaryTry {
    fileprivate func encode() -> JSONValue {
        .object([
            "probe": .string(probe.rawValue), "outcome": .string(outcome.rawValue), "error": .string(error),
        ])
    }

    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        probe = try field["probe"].oneOf()
        outcome = try field["outcome"].oneOf()
        error = try field["error"].string()
    }
}

extension CanaryVerdict.Counted {
    fileprivate func encode() -> JSONValue {
        .object([
            "probe": .string(probe.rawValue), "packets": .integer(packets), "outcome": .string(outcome.rawValue),
        ])
    }

    fileprivate init(_ field: JSONField) throws(DocumentFailure) {
        probe = try field["probe"].oneOf()
        packets = try field["packets"].integer()
        outcome = try field["outcome"].oneOf()
    }
}
