/// A host and a port: what a client asks to be connected to.
public struct Destination: Hashable, Sendable {
    /// The host.
    public var host: Host
    /// The port. An I2P destination's port is carried but means nothing.
    public var port: UInt16

    /// A destination of these two.
    public init(host: Host, port: UInt16) {
        self.host = host
        self.port = port
    }
}

extension Destination: CustomStringConvertible {
    /// "host:port"; an IPv6 address stands in brackets.
    public var description: String {
        if case .address(.v6(let address)) = host { return "[\(address)]:\(port)" }
        return "\(host):\(port)"
    }
}
