/// How many peers the node has in each of Monero's zones: the streams that are open now, by the listener they came in by.
enum ZonePeers {
    /// Those that the node dialled, and those that came to it, each by the zone of the listener.
    private static let dialled = [("public", "node.proxy"), ("onion", "node.tor-proxy"), ("I2P", "node.i2p-proxy")]
    private static let came = [("onion", "tor.p2p"), ("syncing", "tor.sync"), ("I2P", "i2p.p2p")]

    /// "out 8 public, 3 onion; in 2 onion, 1 syncing"; a zone without a listener is left out.
    static func words(_ listeners: [ListenerStatus]) -> String {
        let parts = [("out", counts(listeners, dialled)), ("in", counts(listeners, came))].filter { !$0.1.isEmpty }
        return parts.isEmpty ? "no listener for them" : parts.map { "\($0) \($1)" }.joined(separator: "; ")
    }

    private static func counts(_ listeners: [ListenerStatus], _ zones: [(name: String, listener: String)]) -> String {
        zones.compactMap { zone in
            // Two listeners of one name are one, for IPv4 and IPv6.
            let open = listeners.filter { $0.name == zone.listener }.compactMap(\.open)
            return open.isEmpty ? nil : "\(open.reduce(0, &+)) \(zone.name)"
        }.joined(separator: ", ")
    }
}
