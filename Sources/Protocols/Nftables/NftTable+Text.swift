extension NftTable {
    /// As text for nft(8).
    public var text: String { "" }
}
