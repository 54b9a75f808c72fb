public import Protocols

/// What came of the confined users' sockets that the guard was to destroy.
public enum GuardDestruction: Hashable, Sendable {
    /// So many were.
    case done(sockets: UInt64)
    /// Not all were, or nobody knows: why, in words.
    case failed(String)

    /// What the guard's answer says; nil where it is none.
    public init?(_ message: GuardMessage) {
        switch message {
        case .heartbeat: return nil
        case .destroyed(let sockets, let problem): self = problem.map { .failed($0) } ?? .done(sockets: sockets)
        case .refused(let problem): self = .failed(problem)
        }
    }

    /// In one sentence.
    public var sentence: String {
        switch self {
        case .done(let sockets):
            "the guard destroyed \(HumanUnits.count(sockets, "socket")) of the confined users"
        case .failed(let why): "the confined users' open sockets were not destroyed, or not all: \(why.oneLine)"
        }
    }
}

extension GuardRequest {
    /// As a line of the socket.
    public var line: [UInt8] { encode().encoded() + [0x0a] }
}

extension GuardMessage {
    /// Reads a line.
    ///
    /// - Throws: `DocumentFailure` for what no guard of this version says.
    public init(_ line: JSONLineReader.Line) throws(DocumentFailure) {
        switch line {
        case .value(let value): try self.init(decoding: value)
        case .malformed(let why): throw DocumentFailure(description: "a line is no JSON: \(why)")
        case .tooLong: throw DocumentFailure(description: "a line is too long")
        }
    }
}
