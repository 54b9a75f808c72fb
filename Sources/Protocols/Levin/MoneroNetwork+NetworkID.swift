extension MoneroNetwork {
    /// The 16 bytes by which nodes know each other's network (monero: cryptonote_config.h, NETWORK_ID). Regtest
    /// carries mainnet's.
    public var networkID: [UInt8] {
        let last: UInt8 =
            switch self {
            case .mainnet, .regtest: 0x10
            case .testnet: 0x11
            case .stagenet: 0x12
            }
        return [0x12, 0x30, 0xf1, 0x71, 0x61, 0x04, 0x41, 0x61, 0x17, 0x31, 0x00, 0x82, 0x16, 0xa1, 0xa1, last]
    }
}
