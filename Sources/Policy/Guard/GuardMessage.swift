internal import Protocols

/// What came of the confined users' sockets that were to be destroyed.
public enum GuardDestruction: Hashable, Sendable {
    /// So many were.
    case done(sockets: UInt64)
    /// Not all were, or nobody knows: why, in words.
    case failed(String)
}

/// A line of the guard's socket.
enum GuardMessage {
    case heartbeat(GuardHeartbeat)
    case destroyed(GuardDestruction)
    /// Of a newer guard.
    case other

    /// The line that asks for the confined users' sockets to be destroyed.
    static var destroy: [UInt8] { JSONValue.object(["verb": .string("destroy")]).encoded() + [0x0a] }

    /// Reads a line.
    ///
    /// - Throws: `DocumentFailure` for what no guard says.
    init(_ line: JSONLineReader.Line) throws(DocumentFailure) {
        let value: JSONValue
        switch line {
        case .value(let read): value = read
        case .malformed(let why): throw DocumentFailure(description: "a line is no JSON: \(why)")
        case .tooLong: throw DocumentFailure(description: "a line is too long")
        }
        let field = JSONField(value: value, path: "")
        switch try field["kind"].string() {
        case "heartbeat": self = .heartbeat(try GuardHeartbeat(decoding: value))
        case "destroyed":
            let problem = try field["problem"].orNull { field throws(DocumentFailure) in try field.string() }
            let sockets = try field["sockets"].integer(UInt64.self)
            self = .destroyed(problem.map { .failed($0) } ?? .done(sockets: sockets))
        case "refused":
            let problem = try field["problem"].orNull { field throws(DocumentFailure) in try field.string() }
            self = .destroyed(.failed(problem ?? "the guard refuses"))
        default: self = .other
        }
    }
}
