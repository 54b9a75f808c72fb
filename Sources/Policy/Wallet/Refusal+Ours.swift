import Protocols

extension Refusal {
    /// Whether it says something of this machine and its ways out, and nothing of the node.
    var isOurs: Bool {
        switch self {
        case .locked, .unguarded, .egressNotReady, .circuitLimit, .connectionLimit, .blocked, .proxyFailed, .noResolver:
            true
        default: false
        }
    }

    /// Whether it is of the way to this node, and may last while its egress is thought to be well.
    var isOfOneWay: Bool { self == .noResolver || self == .proxyFailed }
}
