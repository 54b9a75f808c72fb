/// How many requests of one round wait for a link of each kind: so many are opened, and no more.
struct LinkClaims {
    private var kinds: [(purpose: WalletPurpose, node: Int, count: Int)] = []

    /// How many wait for one of this purpose to this node.
    func count(_ purpose: WalletPurpose, at node: Int) -> Int {
        kinds.first { $0.purpose == purpose && $0.node == node }?.count ?? 0
    }

    /// One more waits for it.
    ///
    /// - Returns: how many do now.
    mutating func add(_ purpose: WalletPurpose, at node: Int) -> Int {
        guard let kind = kinds.firstIndex(where: { $0.purpose == purpose && $0.node == node }) else {
            kinds.append((purpose, node, 1))
            return 1
        }
        kinds[kind].count += 1
        return kinds[kind].count
    }
}
