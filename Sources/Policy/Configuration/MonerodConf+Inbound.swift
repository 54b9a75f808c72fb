internal import Protocols

extension Configuration {
    /// As many who come in from each network as monerod shall have at a time.
    private static let mostInbound = 32

    /// What monerod must be told of the services that the router publishes.
    ///
    /// - Parameter addresses: the address of each service with its port, by its name; of none that is not known.
    func inboundLines(_ addresses: [String: String]) -> [String] {
        var lines: [String] = []
        for service in inbound.onions {
            switch service.kind {
            case .p2p:
                lines += anonymousInbound(
                    service.name, service.target, addresses, zone: (.torZone, route.onion), "onion")
            case .rpc: lines += Self.restricted(service.target, network)
            case .sync: break  // Beside who else may dial in: see `listeningLines`.
            }
        }
        if let service = inbound.i2p {
            lines += anonymousInbound(service.name, service.target, addresses, zone: (.i2pZone, route.i2p), "I2P")
        }
        return lines
    }

    private func anonymousInbound(
        _ name: String, _ target: Endpoint, _ addresses: [String: String], zone: (NodeListenerRole, RouteTarget),
        _ peers: String
    ) -> [String] {
        let line = { (address: String) in "anonymous-inbound=\(address),\(target),\(Self.mostInbound)" }
        guard sends(zone.0, zone.1) else {
            return [
                "# \(name): monerod takes no \(peers) peers in without a tx-proxy for them. Set \(zone.0.rawValue) in [node]",
                "# and a route, and print this again.", "",
            ]
        }
        guard let address = addresses[name] else {
            return [
                "# Transactions from \(peers) peers, at an address that only the running router knows: start it with this",
                "# configuration and print this again, or put in what `xmr-routed inbound` says.",
                "# \(line("ADDRESS"))", "",
            ]
        }
        return [
            "# Transactions from \(peers) peers: the router publishes this address, and brings here who comes by it.",
            line(address), "",
        ]
    }

    /// What others ask must not be what gives orders.
    private static func restricted(_ target: Endpoint, _ network: MoneroNetwork) -> [String] {
        guard case .tcp(let address, let port) = target else { return [] }
        let reason = "# tor.rpc ends here: what a wallet asks, and no orders to the node."
        if port == network.rpcPort { return [reason, "restricted-rpc=1", ""] }
        return [reason, "rpc-restricted-bind-ip=\(address)", "rpc-restricted-bind-port=\(port)", ""]
    }

    /// Who may dial in beside the services of a zone: nobody from outside, and with `sync` whom the router brings.
    var listeningLines: [String] {
        let reason = "# proxy= does not cover who dials in: no peer from outside, and none told that it could."
        guard let sync = inbound.onions.first(where: { $0.kind == .sync }),
            case .tcp(let address, let port) = sync.target
        else { return [reason, "p2p-bind-ip=127.0.0.1", "in-peers=0", "hide-my-port=1", ""] }
        return [
            reason + " Those of tor.sync come",
            "# by the router, each from another address of 127/8, so that monerod counts and bans them apart.",
            "p2p-bind-ip=\(address)",
        ] + (port == network.p2pPort ? [] : ["p2p-bind-port=\(port)"])
            + ["in-peers=\(Self.mostInbound)", "hide-my-port=1", ""]
    }
}
