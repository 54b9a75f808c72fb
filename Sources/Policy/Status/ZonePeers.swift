/// How many peers the node has in each of Monero's zones: the streams that are open now, by the listener or the service
/// that they came by.
enum ZonePeers {
    /// Those that the node dialled, by the listener.
    private static let dialled = ["node.proxy": "public", "node.tor-proxy": "onion", "node.i2p-proxy": "I2P"]
    /// Those that came to it, by the service. The wallets' service brings no peers.
    private static let came = ["tor.p2p": "onion", "tor.sync": "syncing", "i2p.p2p": "I2P"]

    /// "out 8 public, 3 onion; in 2 onion, 1 syncing"; a zone of which nothing is counted is left out.
    static func words(_ document: StatusDocument) -> String {
        let out = counts(document.listeners.map { (dialled[$0.name], $0.open) })
        let into = counts(document.inbound.map { (came[$0.name], $0.open) })
        let parts = [("out", out), ("in", into)].filter { !$0.1.isEmpty }
        return parts.isEmpty ? "none are counted" : parts.map { "\($0) \($1)" }.joined(separator: "; ")
    }

    private static func counts(_ rows: [(zone: String?, open: UInt64?)]) -> String {
        // Two listeners of one zone are one, for IPv4 and IPv6.
        var sums: [(zone: String, open: UInt64)] = []
        for row in rows {
            guard let zone = row.zone, let open = row.open else { continue }
            if let place = sums.firstIndex(where: { $0.zone == zone }) {
                sums[place].open &+= open
            } else {
                sums.append((zone, open))
            }
        }
        return sums.map { "\($0.open) \($0.zone)" }.joined(separator: ", ")
    }
}
