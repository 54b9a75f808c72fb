public import Protocols

/// What the machine says to its driver, what the driver answers, and the times that it keeps.
extension NodeConnection {
    /// Times that bound a connection. monerod's own patience for a SOCKS connect is 45 s, and a refused peer is
    /// forgotten for an hour, so a connect waits rather than fail early, and ends before monerod gives up.
    public enum Limits {
        /// For the client's whole SOCKS request.
        public static let handshake: Duration = .seconds(10)
        /// From the accept to the SOCKS reply, holding and dialling together.
        public static let total: Duration = .seconds(44)
        /// For the connect to the proxy and its first replies; the request itself may take until `total`.
        public static let proxy: Duration = .seconds(10)
        /// For the first Levin frame after the SOCKS reply.
        public static let firstFrame: Duration = .seconds(10)
        /// How often a proxy that breaks off before its answer is dialled anew.
        public static let dials = 3
        /// Between two tries of an I2P router whose tunnels may not stand yet.
        public static let tunnelPause: Duration = .seconds(2)
        /// Between two dials.
        public static let redialPause: Duration = .seconds(1)
        /// How often a stream that a Tor exit refused is given a fresh circuit.
        public static let freshCircuits = 2
        /// How long a refusal waits for Tor to say why: its event comes half a millisecond after its SOCKS reply.
        public static let explanation: Duration = .milliseconds(200)
    }

    /// What the driver is to do. Bytes first, then `next`.
    public struct Step: Sendable {
        /// Bytes for the client.
        public var toClient: [UInt8] = []
        /// Bytes for the upstream.
        public var toUpstream: [UInt8] = []
        /// What comes after them.
        public var next: Next = .wait
    }

    /// What comes next.
    public enum Next: Sendable {
        /// Nothing: wait for the next event.
        case wait
        /// Ask the route, and answer with `routed`.
        case route(Destination)
        /// Close the upstream and forget it; the stream is held.
        case dropUpstream
        /// The same, and nothing is to be dialled by the circuit that it went by.
        case leaveCircuit
        /// Relay, these bytes of the client first.
        case relay(prefix: [UInt8])
        /// Close both ends.
        case close(Refusal)
    }

    /// What the route and the egress said.
    public enum Routing: Sendable {
        /// An upstream is being dialled, and these handshakes lead from it to the destination; none where it is the
        /// destination.
        case dialling([SocksHop], nearest: NearestProxy = .plain)
        /// The egress cannot take it now: ask again at this time, or earlier when `retry` is called. It waits for
        /// `[route] hold` at the most.
        case hold(until: Instant, Refusal)
        /// The egress is at work on it: ask again at this time, or earlier when `retry` is called.
        case wait(until: Instant, Refusal)
        /// Not at all.
        case refuse(Refusal)
    }

    /// What the nearest proxy is, as far as its answers mean more for it.
    public enum NearestProxy: Sendable {
        /// Any SOCKS5 proxy, or none.
        case plain
        /// A Tor, which isolates streams by our key; and whether it tells of them by its control port.
        case tor(tellsWhy: Bool)
        /// An I2P router that answers only since a short while. Its SOCKS port says "host unreachable" to everything
        /// until its tunnels stand (seen: 7 to 12 s), and monerod would leave that peer alone for an hour.
        case youngI2P
    }
}
