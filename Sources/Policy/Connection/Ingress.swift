public import Protocols

/// How a client says where it is to go, and how it learns what became of it.
public enum Ingress: Sendable {
    /// It asks by SOCKS, and is answered by SOCKS.
    case socks(SocksServer)
    /// It knows nothing of us: its connection was redirected here, and stands already. The kernel says where it was to
    /// go; nil where it was to go nowhere but here. A refusal shows as a reset.
    case redirected(Destination?)
    /// It has come by a published service, which ends here. It knows nothing of us either; a refusal shows as a reset.
    case inbound(Destination)

    /// What the client hears when the way to its destination stands.
    var success: [UInt8] {
        switch self {
        case .socks(let server): server.success()
        case .redirected, .inbound: []
        }
    }

    /// What the client hears when it is refused.
    func failure(_ refusal: SocksRefusal) -> [UInt8] {
        switch self {
        case .socks(let server): server.failure(refusal)
        case .redirected, .inbound: []
        }
    }
}
