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
    /// The connection was made to the listener itself, which is for those that the guard redirects.
    case notRedirected = "not-redirected"
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
    /// A name, and the VPN has no resolver that could be asked for it.
    case noResolver = "no-resolver"
    /// The egress was not ready, and did not become ready in time.
    case egressNotReady = "egress-not-ready"
    /// The egress's proxy could not be reached, or did not speak as it should.
    case proxyFailed = "proxy-failed"
    /// The exits that Tor tried, or all that it knows, do not allow the destination or its port.
    case exitRefused = "exit-refused"
    /// The proxy's rules forbid the destination, or it does not carry its kind.
    case proxyRefused = "proxy-refused"
    /// Nobody listens there, or whoever does ended the connection at once.
    case connectionRefused = "connection-refused"
    /// The name has no address.
    case nameNotFound = "name-not-found"
    /// The exit or the proxy cannot reach the destination's network.
    case networkUnreachable = "network-unreachable"
    /// No descriptor of the onion service was found: it is offline for long, or never was.
    case onionNotFound = "onion-not-found"
    /// The onion service's descriptor cannot be read.
    case onionInvalid = "onion-invalid"
    /// The onion service does not answer where it said it would.
    case onionUnreachable = "onion-unreachable"
    /// The onion service is for those who have a key for it, and Tor has none, or a wrong one.
    case onionAuth = "onion-auth"
    /// The onion address is none.
    case onionBadAddress = "onion-bad-address"
    /// The destination cannot be reached, and nobody says why.
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
        case .locked, .unguarded, .wrongOwner, .notRedirected, .banned, .privateDestination, .ownAddress, .blocked,
            .wrongZone, .notLevin, .exitRefused, .proxyRefused, .onionAuth, .noResolver:
            .notAllowed
        case .egressNotReady, .networkUnreachable: .networkUnreachable
        case .unreachable, .nameNotFound, .onionNotFound, .onionInvalid, .onionUnreachable, .onionBadAddress:
            .hostUnreachable
        case .connectionRefused: .connectionRefused
        case .timeout: .expired
        case .proxyFailed, .circuitLimit, .connectionLimit, .badRequest, .slowClient, .clientGone: .generalFailure
        }
    }
}

extension Refusal {
    /// Why, for a person, without a full stop. It names no destination.
    ///
    /// - Parameter ports: whose ports it was about: "port 18080", "other ports".
    public func sentence(ports: String = "") -> String {
        switch self {
        case .locked: "the router is locked"
        case .unguarded: "the guard is required and not proven"
        case .wrongOwner: "the client is not the user that this listener is for"
        case .notRedirected: "this listener is for connections that the guard redirects to it"
        case .banned: "the ban list names the address"
        case .privateDestination: "a private, loopback or local destination"
        case .ownAddress: "one of this machine's own addresses"
        case .blocked: "[route] blocks this kind of destination"
        case .wrongZone: "this listener is for another kind of destination"
        case .noResolver: "a name, and the VPN has no resolver: set `resolver` in its table"
        case .egressNotReady: "the egress was not ready in time"
        case .proxyFailed: "the proxy broke off, or cannot be reached"
        case .exitRefused: ports.isEmpty ? "exits do not allow it" : "exits do not allow \(ports)"
        case .proxyRefused: "the proxy's rules forbid it, or it does not carry such"
        case .connectionRefused: "nobody listens there"
        case .nameNotFound: "the name has no address"
        case .networkUnreachable: "the exit or the proxy has no way to that network"
        case .onionNotFound: "the onion service is offline, or there is none"
        case .onionInvalid: "the onion service's descriptor cannot be read"
        case .onionUnreachable: "the onion service does not answer"
        case .onionAuth: "the onion service asks for a key that Tor does not have"
        case .onionBadAddress: "the onion address is mistyped"
        case .unreachable: "the peer cannot be reached"
        case .timeout: "no answer in time"
        case .circuitLimit: "as many circuits as may be are in use, or were made within a minute"
        case .connectionLimit: "as many connections as may be are open"
        case .badRequest: "what was asked is no SOCKS request that is served here"
        case .slowClient: "the client was too slow"
        case .notLevin: "not Monero's P2P protocol, or of another network"
        case .clientGone: "the client went away while it waited"
        }
    }
}
