/// One handshake of a chain of proxies: SOCKS5, or that of an I2P router's SAM bridge.
public struct SocksHop: Hashable, Sendable {
    /// What the proxy is asked for; nil: nothing, it shall only show that it takes us (a probe, the last hop alone).
    public var destination: Destination?
    /// What the proxy is told of who asks; nil: nothing.
    public var credentials: Credentials?
    /// The session by which the destination is asked for, where the hop is a SAM bridge; nil for a SOCKS5 proxy.
    public var session: SAMSessionID?

    /// This request of a SOCKS5 proxy with these credentials.
    public init(_ destination: Destination?, credentials: Credentials?) {
        self.destination = destination
        self.credentials = credentials
    }

    /// A stream of a SAM bridge's session to an I2P name: its port means nothing.
    public init(_ destination: Destination, by session: SAMSessionID) {
        self.destination = destination
        self.session = session
    }
}

/// The upstream machine for a proxy behind other proxies: the handshakes of `SocksClient`, or of `SAMStreamClient` for a
/// SAM bridge, one after the other over one connection, each through the stream that the one before it opened. Without
/// any hop the connection itself is the stream.
///
/// ```
/// start ─▶ hop 0: to the next proxy ─▶ hop 1: to the next … ─▶ the last: to the destination ─▶ ready
/// ```
public struct SocksChain: Sendable {
    /// Where the handshakes stand after the bytes given so far.
    public enum Outcome: Hashable, Sendable {
        /// They go on. `output` may hold bytes to send.
        case more
        /// Connected; what follows belongs to the stream.
        case ready
        /// It is over: close.
        case failed(Failure)
    }

    /// Which proxy did not do its part, and why.
    public struct Failure: Error, Hashable, Sendable {
        /// Whether it is the proxy that was asked for the destination, and not one on the way to it.
        public var isOfLastHop: Bool
        /// What that proxy said or did.
        public var reason: SocksClientFailure

        /// A failure of the last proxy, or of one before it.
        public init(isOfLastHop: Bool, reason: SocksClientFailure) {
            self.isOfLastHop = isOfLastHop
            self.reason = reason
        }

        /// Whether the fault lies with a proxy, or with the way to it, so that no other destination would fare
        /// better.
        public var isAboutProxy: Bool { !isOfLastHop || reason.isAboutProxy }

        /// What the client who asked for the connection is told: of a proxy on the way, nothing.
        public var refusal: SocksRefusal { isOfLastHop ? reason.refusal : .generalFailure }

        /// What it means for a person.
        public var sentence: String {
            isOfLastHop ? reason.sentence : "on the way to the proxy, \(reason.sentence)"
        }
    }

    private let hops: [SocksHop]
    private var index = 0
    private var client: Client?

    /// A machine for these handshakes, the nearest proxy's first.
    public init(_ hops: [SocksHop]) {
        self.hops = hops
    }

    /// Whether there is no proxy: the connection itself leads to the destination.
    public var isDirect: Bool { hops.isEmpty }

    /// Whether it is the nearest proxy that is to answer.
    public var isAtFirstHop: Bool { index == 0 }

    /// Whether a request is out, so that it is the network that takes its time and not the first proxy.
    public var hasRequested: Bool { index > 0 || client?.hasRequested == true }

    /// Whether the destination has been asked for: what takes time now is neither a proxy nor the way to it.
    public var hasAskedForDestination: Bool { isAtLastHop && client?.hasRequested == true }

    /// Begins, once the connection stands: appends the first greeting to `output`.
    ///
    /// - Returns: `.ready` where there is no proxy, else `.more`.
    public mutating func start(_ output: inout [UInt8]) -> Outcome {
        guard client == nil else { return .more }
        return begin(&output)
    }

    /// Reads what came over the connection.
    ///
    /// - Parameters:
    ///   - input: bytes not given before, split anywhere.
    ///   - output: the bytes to send are appended here.
    /// - Returns: How many of them were of the handshakes; what follows the last reply is the stream's.
    public mutating func receive(_ input: Span<UInt8>, output: inout [UInt8]) -> (consumed: Int, outcome: Outcome) {
        guard var client else { return (0, isDirect ? .ready : .more) }
        let (consumed, outcome) = client.receive(input, output: &output)
        self.client = client
        switch outcome {
        case .more: return (consumed, .more)
        case .failed(let reason): return (consumed, .failed(failure(reason)))
        case .ready where isAtLastHop: return (consumed, .ready)
        case .ready:
            // The next proxy speaks when it is spoken to: what it says before is about something else.
            guard consumed == input.count else { return (consumed, .failed(failure(.answeredUnasked))) }
            index += 1
            return (consumed, begin(&output))
        }
    }

    private var isAtLastHop: Bool { index >= hops.count - 1 }

    private func failure(_ reason: SocksClientFailure) -> Failure {
        Failure(isOfLastHop: isAtLastHop, reason: reason)
    }

    private mutating func begin(_ output: inout [UInt8]) -> Outcome {
        guard index < hops.count else { return .ready }
        let hop = hops[index]
        var next = Client(hop)
        next.start(&output)
        client = next
        return .more
    }

    /// The machine of one hop.
    private enum Client: Sendable {
        case socks(SocksClient)
        case sam(SAMStreamClient)

        init(_ hop: SocksHop) {
            switch (hop.destination, hop.session) {
            case (let destination?, let session?):
                self = .sam(SAMStreamClient(.connect(name: destination.host.description), of: session))
            case (let destination?, nil):
                self = .socks(SocksClient(destination: destination, credentials: hop.credentials))
            case (nil, _): self = .socks(SocksClient(probeWith: hop.credentials))
            }
        }

        var hasRequested: Bool {
            switch self {
            case .socks(let client): client.hasRequested
            case .sam(let client): client.hasRequested
            }
        }

        mutating func start(_ output: inout [UInt8]) {
            switch self {
            case .socks(var client):
                client.start(&output)
                self = .socks(client)
            case .sam(var client):
                client.start(&output)
                self = .sam(client)
            }
        }

        mutating func receive(
            _ input: Span<UInt8>, output: inout [UInt8]
        ) -> (consumed: Int, outcome: SocksClient.Outcome) {
            switch self {
            case .socks(var client):
                let result = client.receive(input, output: &output)
                self = .socks(client)
                return result
            case .sam(var client):
                let (consumed, outcome) = client.receive(input, output: &output)
                self = .sam(client)
                switch outcome {
                case .more: return (consumed, .more)
                case .ready: return (consumed, .ready)
                case .failed(let failure): return (consumed, .failed(.sam(failure)))
                }
            }
        }
    }
}
