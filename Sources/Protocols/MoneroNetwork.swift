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

    /// The port where monerod waits for peers unless told otherwise.
    public var p2pPort: UInt16 {
        switch self {
        case .mainnet, .regtest: 18080
        case .stagenet: 38080
        case .testnet: 28080
        }
    }

    /// The port of monerod's RPC, which takes orders too, unless told otherwise.
    public var rpcPort: UInt16 {
        switch self {
        case .mainnet, .regtest: 18081
        case .stagenet: 38081
        case .testnet: 28081
        }
    }
}
