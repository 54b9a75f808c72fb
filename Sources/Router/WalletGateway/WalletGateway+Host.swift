import Policy
import Protocols

extension WalletGateway {
    /// What the router does for it.
    protocol Host: AnyObject {
        /// Why nothing passes at all; nil where it may.
        var standingRefusal: Refusal? { get }
        /// How a node is dialled, now, by the gateway that has this number in this run.
        func way(to node: WalletNodeConfiguration, of wallet: UInt32) -> WalletWay
        /// Whether a proven egress leads to a node, or it is on this machine.
        func hasRoute(to node: WalletNodeConfiguration) -> Bool
        /// Whether this egress is the one that leads to a node, by the rules now in force.
        func leads(_ egress: UInt32, to node: WalletNodeConfiguration) -> Bool
        /// An egress did not answer as it should.
        func dialFailed(_ egress: UInt32)
        /// Takes a connection into account, and says who has the wallet's end of it; nil where it is refused.
        func admit(_ peer: Endpoint?, open: Int, at gateway: WalletGateway) -> UInt32?
        /// Who has the end of a connection that was taken into account, by the rules of another gateway; nil where it is
        /// refused there.
        func owner(of peer: Endpoint?, at gateway: WalletGateway) -> UInt32?
        /// A connection was let go because there are as many as may be, and each has something under way.
        func tooManyConnections()
        /// A connection that was taken into account has ended.
        func walletConnectionEnded()
        /// Why nothing of a wallet with this owner passes any more; nil where it may.
        func refusal(of owner: UInt32, at gateway: WalletGateway) -> Refusal?
        /// Who listens where it does, or did, by the configuration in force; nil where nobody does.
        func inForce(_ gateway: WalletGateway) -> WalletGateway?
        /// Those before it at its address that still have something under way, the oldest first.
        func predecessors(of gateway: WalletGateway) -> [WalletGateway]
        /// Worth an event: a node by its place, and a sentence.
        func told(_ sentence: String, of node: String)
    }
}
