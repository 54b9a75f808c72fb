/// Why a resolver's answer gave no address.
public enum DNSFailure: Error, Hashable, Sendable {
    /// It is not a DNS message; why, in a few words.
    case malformed(String)
    /// It answers another question, or is none.
    case notOurs(String)
    /// It is cut short (TC), though it came over TCP.
    case truncated
    /// The name does not exist (RCODE 3, NXDOMAIN).
    case noSuchName
    /// The name exists, and has no address of the kind asked for.
    case noAddress
    /// The resolver failed (RCODE 2, SERVFAIL): it could not ask others, or what it was told is forged (DNSSEC).
    case serverFailure
    /// The resolver does not want to answer (RCODE 5, REFUSED).
    case refused
    /// Another error code (RFC 1035 section 4.1.1, RFC 6895 section 2.3).
    case errorCode(UInt8)

    /// Whether the resolver itself is at fault, so that no other name would fare better.
    public var isAboutResolver: Bool {
        switch self {
        case .malformed, .notOurs, .truncated: true
        case .noSuchName, .noAddress, .serverFailure, .refused, .errorCode: false
        }
    }

    /// What it means for a person. It names no name.
    public var sentence: String {
        switch self {
        case .malformed(let what): "the resolver sent a malformed answer: \(what)"
        case .notOurs(let what): "the resolver answered something else: \(what)"
        case .truncated: "the resolver cut its answer short, though it was asked over TCP"
        case .noSuchName: "the name does not exist (NXDOMAIN)"
        case .noAddress: "the name has no address"
        case .serverFailure: "the resolver failed (SERVFAIL): it cannot ask others, or holds their answer for forged"
        case .refused: "the resolver refuses to answer us (REFUSED)"
        case .errorCode(1): "the resolver did not understand the question (FORMERR)"
        case .errorCode(4): "the resolver does not answer such questions (NOTIMP)"
        case .errorCode(let code): "the resolver answered with error code \(code)"
        }
    }
}
