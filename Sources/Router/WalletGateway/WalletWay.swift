import Policy
import Protocols

/// The answer to a link that is to be dialled.
enum WalletWay {
    /// So.
    case dial(Dialling)
    /// Not yet: the egress is at work on it.
    case wait
    /// Not at all, and why in a sentence.
    case refuse(Refusal, String)

    /// A way that leads to a node.
    struct Dialling {
        var way: Way
        /// The egress; nil for a node on this machine.
        var egress: UInt32?
        var nearest = NodeConnection.NearestProxy.plain
        /// Where it leads.
        var host: Host

        /// What an ending on the way means, as far as a Tor means more by it than another proxy.
        func refusal(for ending: GatewayStream.Ending) -> Refusal {
            guard case .tor = nearest, way.hops.count == 1, case .proxyFailed(let failure) = ending,
                case .refused(let code) = failure.reason
            else { return ending.refusal }
            return Refusal(torCode: code, to: host, told: nil)
        }
    }
}
