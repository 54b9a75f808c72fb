internal import Protocols

extension Configuration {
    /// Who reaches the node from outside, for `xmr-routed check`; nothing where nobody does.
    var inboundLines: [String] {
        guard !inbound.isEmpty else { return [] }
        return ["Reached by others, through the router, which publishes these services:"]
            + inbound.onions.flatMap(lines(of:)) + (inbound.i2p.map(lines(of:)) ?? [])
    }

    private func lines(of service: OnionServiceConfiguration) -> [String] {
        let what = service.kind == .rpc ? "monerod's RPC" : "monerod"
        let start =
            "  \(service.name): \(what) at \(service.target) is reachable as an onion service on port \(service.port), "
        switch service.kind {
        case .p2p: return [start + "for transactions only"] + zoneWarning(.torZone, route.onion)
        case .rpc:
            return [
                start + Self.words(service.clients),
                "    it must be the restricted RPC there: the other one takes orders",
            ]
        case .sync: return [start + "for peers that sync blocks"]
        }
    }

    private static func words(_ clients: [OnionClientKey]) -> String {
        switch clients.count {
        case 0: "for everybody who knows the address"
        case 1: "for the one client whose key is named"
        default: "for the \(clients.count) clients whose keys are named"
        }
    }

    private func lines(of service: I2PServiceConfiguration) -> [String] {
        [
            "  \(service.name): monerod at \(service.target) is reachable as an I2P service, for transactions only; "
                + Self.words(service.tunnels)
        ] + zoneWarning(.i2pZone, route.i2p)
    }

    /// monerod ends at `anonymous-inbound` where the zone has no `tx-proxy`.
    private func zoneWarning(_ role: NodeListenerRole, _ target: RouteTarget) -> [String] {
        if sends(role, target) { return [] }
        return [
            "    WARNING: monerod takes nobody in here without a way out beside it: set `\(role.rawValue)` in [node], "
                + "and a route."
        ]
    }

    /// Whether monerod can send transactions into the zone of this listener.
    func sends(_ role: NodeListenerRole, _ target: RouteTarget) -> Bool {
        target != .block && node.listeners.contains { $0.role == role }
    }
}
