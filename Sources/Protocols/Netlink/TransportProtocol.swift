/// A protocol over IP that has ports, by its number.
public enum TransportProtocol: UInt8, Hashable, Sendable, CaseIterable {
    /// TCP.
    case tcp = 6
    /// UDP.
    case udp = 17
}

extension TransportProtocol: CustomStringConvertible {
    /// "tcp", "udp".
    public var description: String {
        switch self {
        case .tcp: "tcp"
        case .udp: "udp"
        }
    }
}
