import EventLoop
import Protocols

/// How a stream is dialled: what is connected to, by which interface, and which handshakes follow on that
/// connection.
struct Way {
    /// Where the connection goes: the nearest proxy, or the destination itself where there is none.
    var endpoint: Endpoint
    /// The interface that it may leave by and no other; nil where the kernel's routes decide.
    var interface: String?
    /// The ports that are held for what goes by that interface.
    var ports: HeldPorts?
    /// The proxies' handshakes, the nearest one's first.
    var hops: [SocksHop] = []

    /// The same way, and from its end one handshake more.
    func then(_ hop: SocksHop) -> Way {
        Way(endpoint: endpoint, interface: interface, ports: ports, hops: hops + [hop])
    }

    /// Starts the connection.
    func connect() throws(SystemError) -> Descriptor {
        guard let interface, let ports else { return try Socket.connect(to: endpoint, by: interface) }
        return try ports.connect(to: endpoint, by: interface)
    }
}
