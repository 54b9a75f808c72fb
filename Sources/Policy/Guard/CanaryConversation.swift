public import Protocols

/// What the canary and the guard say to each other on canary.sock, one JSON object a line:
///
/// ```
///  canary                                              guard
///    {"verb":"canary"}                             ─▶
///                                                  ◀─  {"kind":"begin","user":"monero"}
///                                                      or {"kind":"refused","problem":"…"}
///    (dials)
///    {"verb":"tried","tries":[{"probe":"tcp4",…}]} ─▶
///                                                  ◀─  {"kind":"verdict","proven":true,"detail":"…","tries":[…]}
/// ```
///
/// The guard reads the counters when it says `begin`, and again at `tried`. Who asks is known by the socket
/// (SO_PEERCRED), and one user's canaries come one after the other: two at once would share their counters.
public enum CanaryConversation {
    /// No line is longer, its newline included.
    public static let longestLine = 8192

    /// What the canary says.
    public enum Question: Hashable, Sendable {
        /// May I dial?
        case canary
        /// What became of it.
        case tried([CanaryTry])
    }

    /// What the guard says.
    public enum Answer: Hashable, Sendable {
        /// Dial: the counters of this user are read.
        case begin(user: String)
        /// Do not: what would be sent would leave, or prove nothing.
        case refused(problem: String)
        /// What was proven.
        case verdict(CanaryVerdict)
    }
}

extension CanaryConversation.Question {
    /// The line, with its newline.
    public func line() -> [UInt8] {
        let value: JSONValue =
            switch self {
            case .canary: .object(["verb": "canary".json])
            case .tried(let tries): .object(["verb": "tried".json, "tries": .array(tries.map { $0.encode() })])
            }
        return value.encoded() + [0x0a]
    }

    /// Reads a line, with or without its newline.
    public init(line: [UInt8]) throws(DocumentFailure) {
        try self.init(field: try JSONField(line: line))
    }

    /// Reads a line that was read as JSON already.
    public init(decoding value: JSONValue) throws(DocumentFailure) {
        try self.init(field: JSONField(value: value, path: ""))
    }

    private init(field: JSONField) throws(DocumentFailure) {
        switch try field["verb"].string() {
        case "canary": self = .canary
        case "tried":
            self = .tried(try field["tries"].list { field throws(DocumentFailure) in try CanaryTry(field) })
        default: throw try field["verb"].wrong("\"canary\" or \"tried\"")
        }
    }
}

extension CanaryConversation.Answer {
    /// The line, with its newline.
    public func line() -> [UInt8] {
        var object = JSONObject()
        switch self {
        case .begin(let user):
            object["kind"] = "begin".json
            object["user"] = .string(user)
        case .refused(let problem):
            object["kind"] = "refused".json
            object["problem"] = .string(problem)
        case .verdict(let verdict):
            object["kind"] = "verdict".json
            verdict.encode(into: &object)
        }
        return JSONValue.object(object).encoded() + [0x0a]
    }

    /// Reads a line, with or without its newline.
    public init(line: [UInt8]) throws(DocumentFailure) {
        let field = try JSONField(line: line)
        switch try field["kind"].string() {
        case "begin": self = .begin(user: try field["user"].string())
        case "refused": self = .refused(problem: try field["problem"].string())
        case "verdict": self = .verdict(try CanaryVerdict(field))
        default: throw try field["kind"].wrong("\"begin\", \"refused\" or \"verdict\"")
        }
    }
}

extension JSONField {
    /// The whole of a line.
    fileprivate init(line: [UInt8]) throws(DocumentFailure) {
        guard line.count <= CanaryConversation.longestLine else {
            throw DocumentFailure(description: "a line of more than \(CanaryConversation.longestLine) bytes")
        }
        do throws(JSONFailure) {
            self.init(value: try JSONValue(reading: line.span), path: "")
        } catch {
            throw DocumentFailure(description: "no JSON: \(error)")
        }
    }
}

extension String {
    fileprivate var json: JSONValue { .string(self) }
}
