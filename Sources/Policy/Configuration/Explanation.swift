internal import Protocols

extension Configuration {
    /// What this configuration does, in plain words, for `xmr-routed check`: one line a fact, no line longer than
    /// its names make it, ending in a newline. Peers and passwords are not named.
    public func explanation() -> String {
        let lines =
            ["Network: \(network.rawValue)."] + egressLines + routeLines + nodeLines + inboundLines + walletLines
            + guardLines
            + logLines
        return lines.joined(separator: "\n") + "\n"
    }

    private var egressLines: [String] {
        guard !egresses.isEmpty else { return ["Egresses: none. Nothing passes."] }
        return ["Egresses:"]
            + egresses.map { egress in
                let unused = routedEgresses.contains(egress.name) ? "" : "; nothing is routed to it"
                return "  \(egress.name): \(Self.words(egress.kind))\(unused)"
            }
    }

    private static func words(_ kind: EgressKind) -> String {
        switch kind {
        case .tor(let tor): words(tor)
        case .i2p(let i2p): words(i2p)
        case .proxy(let proxy):
            "SOCKS5 proxy at \(proxy.socks)\(proxy.credentials == nil ? "" : ", with a user name and password")"
                + reached(through: proxy.via) + warning(proxy.socks, via: proxy.via)
        case .vpn(let vpn): words(vpn)
        }
    }

    private static func reached(through via: String?) -> String {
        via.map { ", reached through \($0)" } ?? ""
    }

    private static func words(_ tor: TorConfiguration) -> String {
        switch tor.source {
        case .managed(let torrc):
            "Tor, started by the router"
                + (torrc.isEmpty
                    ? "" : ", with \(torrc.count) \(torrc.count == 1 ? "line" : "lines") of yours in its torrc")
                + reached(through: tor.via)
        case .running(let socks, let control?):
            "Tor at \(socks), its state asked at \(control)\(warning(socks, via: nil))"
        case .running(let socks, nil):
            "Tor at \(socks), ready by its SOCKS handshake alone (no control port: its own state is unknown)"
                + warning(socks, via: nil)
        }
    }

    private static func words(_ i2p: I2PConfiguration) -> String {
        switch i2p.source {
        case .socks(let socks): "an I2P router's SOCKS port at \(socks)\(warning(socks, via: nil))"
        case .sam(let sam): "an I2P router by SAM at \(sam), \(words(i2p.tunnels))\(warning(sam, via: nil))"
        case .managed:
            "an i2pd, started by the router, \(words(i2p.tunnels)); it asks the system's resolver for its first list of"
                + " routers"
        }
    }

    static func words(_ tunnels: I2PTunnels) -> String {
        let count = tunnels.quantity == 1 ? "1 tunnel" : "\(tunnels.quantity) tunnels"
        let hops = tunnels.length == 1 ? "1 hop" : "\(tunnels.length) hops"
        return "\(count) of \(hops) each way"
            + (tunnels.length == 0 ? ", so that the next router sees where this machine is" : "")
    }

    private static func words(_ vpn: VPNConfiguration) -> String {
        let proof = vpn.probe.map { "\($0)" } ?? vpn.resolver.map { "\($0)" } ?? "nothing"
        let names = vpn.resolver.map { "names are asked of \($0) through it" } ?? "names are refused (no resolver)"
        return "the VPN interface \(vpn.interface), ready when \(proof) answers through it; \(names)"
    }

    /// SOCKS hides nothing on its way to a proxy elsewhere.
    private static func warning(_ socks: Endpoint, via: String?) -> String {
        if socks.isLoopback { return "" }
        return via == nil
            ? "; the way to it is not encrypted, and shows each destination"
            : "; who carries it there sees each destination, since SOCKS does not encrypt"
    }

    private var routeLines: [String] {
        var lines = [
            "Routes:",
            "  IP addresses and names: \(Self.words(route.clearnet))", "  onion addresses: \(Self.words(route.onion))",
            "  I2P addresses: \(Self.words(route.i2p))",
            "  private and own addresses: \(route.allowsPrivate ? "as IP addresses" : "refused")",
        ]
        if routedEgresses.contains("tor") {
            lines.append(isolationLine)
        }
        if route.hold == .zero {
            lines.append("Hold: none. While an egress recovers, a connect is refused at once.")
        } else {
            lines.append("Hold: while an egress recovers, a connect waits up to \(DurationText.words(route.hold)).")
        }
        return lines
    }

    private var isolationLine: String {
        switch route.isolation {
        case .peer: "Isolation: each peer has a Tor circuit of its own."
        case .class: "Isolation: each class of traffic has a Tor circuit of its own, which its peers share."
        case .none: "Isolation: none. All streams may share one Tor circuit."
        }
    }

    static func words(_ target: RouteTarget) -> String {
        switch target {
        case .egress(let name): "through \(name), and no other way"
        case .block: "blocked"
        }
    }

    private var nodeLines: [String] {
        var lines = ["Node\(node.user.map { ", user \($0)" } ?? ""):"]
        for listener in node.listeners {
            lines.append("  \(listener.name): \(listener.endpoint)")
        }
        if node.listeners.isEmpty {
            lines.append("  no listener: it cannot enter. Set proxy in [node].")
        } else if !node.listeners.contains(where: { $0.role == .p2p }) {
            lines.append("  WARNING: no node.proxy, so monerod would dial its peers past the router. Set it.")
        }
        if !node.virtualPeers.isEmpty {
            lines.append("  virtual peers: \(node.virtualPeers.count)\(blockedPeers)")
        }
        lines.append(
            node.banList.isEmpty ? "  ban list: none" : "  ban list entries: \(node.banList.entryCount)")
        return lines
    }

    private var blockedPeers: String {
        let count = node.virtualPeers.count { peer in
            switch peer.destination.host {
            case .onion: route.onion == .block
            case .i2p: route.i2p == .block
            case .address, .name: true
            }
        }
        return count == 0 ? "" : ", \(count) of them blocked by [route]"
    }

    private var logLines: [String] {
        log.destinations ? ["Log: destinations are written to it, so whoever reads it knows the node's peers."] : []
    }
}
