/// Which Monero network a node is on.
public enum MoneroNetwork: String, Sendable, CaseIterable {
    /// The network whose coins have value.
    case mainnet
    /// The public test network that mirrors mainnet.
    case stagenet
    /// The public network of developers.
    case testnet
    /// A private chain; it carries mainnet's network id.
    case regtest
}
