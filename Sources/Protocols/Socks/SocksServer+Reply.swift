extension SocksServer {
    /// The reply that tells the client it is connected.
    ///
    /// SOCKS5: the bound address is given as IPv4 0.0.0.0:0, since monerod aborts on one given as a name.
    /// SOCKS4: exactly eight bytes, since that is what monerod reads.
    public func success() -> [UInt8] {
        switch stage {
        case .requested4: [0x00, 0x5a, 0, 0, 0, 0, 0, 0]
        case .requested5: [0x05, 0x00, 0x00, 0x01, 0, 0, 0, 0, 0, 0]
        case .unknown, .socks4, .greeting, .authentication, .request, .refused: []
        }
    }

    /// The reply that refuses the client, in the words of the step that it waits at; so a deadline may use it
    /// too. Empty before the first byte, and after a refusal that has been replied to.
    public func failure(_ refusal: SocksRefusal) -> [UInt8] {
        switch stage {
        case .unknown, .refused: []
        case .socks4, .requested4: [0x00, refusal.socks4Code, 0, 0, 0, 0, 0, 0]
        case .greeting: [0x05, Self.noAcceptableMethod]
        case .authentication: [0x01, 0x01]
        case .request, .requested5: [0x05, refusal.code, 0x00, 0x01, 0, 0, 0, 0, 0, 0]
        }
    }
}
