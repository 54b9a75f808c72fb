public import Protocols

/// Why nothing passed. The raw value is the reason's name in status and metrics: it tells the cause, never the
/// destination.
public enum Refusal: String, Error, Hashable, Sendable, CaseIterable {
    /// The operator's lock.
    case locked
    /// The guard is required and not proven.
    case unguarded
    /// The client is not the node's user, or is not known to be: no guard holds it.
    case wrongOwner = "wrong-owner"
    /// The ban list names the address.
    case banned
    /// A private, loopback or local destination.
    case privateDestination = "private"
    /// One of this machine's own addresses: a peer there would learn which exit carries us.
    case ownAddress = "own-address"
    /// `[route]` blocks this kind of destination.
    case blocked
    /// The Tor or I2P zone's listener was asked for another kind of destination.
    case wrongZone = "wrong-zone"
    /// The egress was not ready, and did not become ready in time.
    case egressNotReady = "egress-not-ready"
    /// The egress's proxy could not be reached, or did not speak as it should.
    case proxyFailed = "proxy-failed"
    /// The proxy said that the destination cannot be reached.
    case unreachable
    /// The proxy or the destination took too long.
    case timeout
    /// As many circuits as may be are in use, or were made within the minute.
    case circuitLimit = "circuit-limit"
    /// As many connections as may be are open.
    case connectionLimit = "connection-limit"
    /// The client did not speak SOCKS, or asked for what is not offered.
    case badRequest = "bad-request"
    /// The client took too long to ask, or to send its first frame.
    case slowClient = "slow-client"
    /// The first frame was not a Levin handshake of the configured network.
    case notLevin = "not-levin"
    /// The client went away while it waited.
    case clientGone = "client-gone"

    /// The SOCKS reply that says it.
    public var socks: SocksRefusal {
        switch self {
        case .locked, .unguarded, .wrongOwner, .banned, .privateDestination, .ownAddress, .blocked, .wrongZone,
            .notLevin:
            .notAllowed
        case .egressNotReady: .networkUnreachable
        case .unreachable: .hostUnreachable
        case .timeout: .expired
        case .proxyFailed, .circuitLimit, .connectionLimit, .badRequest, .slowClient, .clientGone: .generalFailure
        }
    }
}
