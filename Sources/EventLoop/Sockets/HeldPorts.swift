internal import CLinux
public import Protocols

/// Local ports of one address that are ours for as long as this lives, and by which connections through an interface
/// leave.
///
/// To a packet for a connection that it does not know (any more) the kernel answers with a reset, and sends that by
/// the routing table: by another interface than the packet came from, with the tunnel's address as its source and the
/// peer's as its destination. Peers cause it without end: what is under way when a connection is cut, and what they
/// send again for minutes when the tunnel is back. A socket that listens at the same address and port gets those
/// packets instead, and drops them. It is bound to no interface, since one that is made anew is another one.
public final class HeldPorts {
    /// How many ports are held. A connection takes one of them at random; two may have the same towards different
    /// peers.
    private static let count = 16

    private struct Held {
        let port: UInt16
        let listener: Int32
        var isUsed = false
    }

    private var held: [Held] = []
    /// The address.
    public let address: IPAddress

    /// Holds ports of an address that this machine has.
    ///
    /// - Throws: `SystemError` where it has not, or no descriptor is left.
    public init(_ address: IPAddress) throws(SystemError) {
        self.address = address
        for _ in 0..<Self.count {
            let listener = try Socket.listenDeaf(at: address)
            guard case .tcp(_, let port) = try Socket.localEndpoint(of: listener) else { continue }
            held.append(Held(port: port, listener: listener.release()))
        }
    }

    deinit {
        for port in held { close(port.listener) }
    }

    /// How many ports are held.
    public var portCount: Int { held.count }

    /// Keeps those that a connection has left from, since only to them does anybody send.
    public func letGoOfUnused() {
        for port in held where !port.isUsed { close(port.listener) }
        held.removeAll { !$0.isUsed }
    }

    /// Starts a connect by an interface from one of the ports.
    ///
    /// - Throws: `SystemError`; EADDRNOTAVAIL where each port is in use towards this peer.
    public func connect(to endpoint: Endpoint, by interface: String) throws(SystemError) -> Descriptor {
        var last = SystemError("connect", code: EADDRNOTAVAIL)
        for index in held.indices.shuffled() {
            do throws(SystemError) {
                let source = Endpoint.tcp(address, port: held[index].port)
                let socket = try Socket.connect(to: endpoint, by: interface, from: source)
                held[index].isUsed = true
                return socket
            } catch {
                last = error
                guard error.code == EADDRNOTAVAIL || error.code == EADDRINUSE else { throw error }
            }
        }
        throw last
    }
}
