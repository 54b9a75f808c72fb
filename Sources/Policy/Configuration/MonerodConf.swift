internal import Protocols

extension Configuration {
    /// The lines for monerod.conf that fit this configuration, each with the reason for it, and the wallets' command lines
    /// as comments, ending in a newline. monerod 0.18.0.0 and newer read them: SOCKS4a without a scheme, proxies by number,
    /// peers by number.
    ///
    /// - Parameter addresses: the address of each published service with its port, by the service's name, as the status has
    ///   it; of none that is not known.
    public func monerodConf(addresses: [String: String] = [:]) -> String {
        let lines =
            ["# monerod.conf for this configuration, by `xmr-routed monerod-conf`.", ""]
            + networkLines + proxyLines + peerLines + inboundLines(addresses) + listeningLines + Self.fixedLines
            + nameLines + Self.lastLines
            + walletCommandLines
        return lines.joined(separator: "\n") + "\n"
    }

    private var networkLines: [String] {
        guard network != .mainnet else { return [] }
        return ["# The network, which must be the router's.", "\(network.rawValue)=1", ""]
    }

    private var proxyLines: [String] {
        var lines: [String] = []
        if let endpoint = endpoint(.p2p) {
            lines += ["# Every peer of the public network, through the router.", "proxy=\(endpoint)", ""]
        } else {
            // tx-proxy without proxy leaves peers, DNS seeds and checkpoints on the clearnet.
            lines += [
                "# [node] sets no proxy, and without one monerod dials its peers itself. Set it, print this again.",
                "offline=1", "",
            ]
        }
        if let endpoint = endpoint(.torZone), route.onion != .block {
            lines += Self.zone("tor", "onion", endpoint)
        }
        if let endpoint = endpoint(.i2pZone), route.i2p != .block {
            lines += Self.zone("i2p", "I2P", endpoint)
        }
        return lines
    }

    private static func zone(_ zone: String, _ peers: String, _ endpoint: Endpoint) -> [String] {
        var lines = ["# Its own transactions to \(peers) peers; 16 of them."]
        if case .tcp(.v6, _) = endpoint {
            // 0.18.0.0 ends with "Invalid ipv4:port given for --tx-proxy"; for proxy= it takes IPv6.
            lines.append("# Old versions, Debian's 0.18.0.0 among them, take only an IPv4 address here.")
        }
        return lines + ["tx-proxy=\(zone),\(endpoint),16", ""]
    }

    private var peerLines: [String] {
        guard !node.virtualPeers.isEmpty, endpoint(.p2p) != nil else { return [] }
        return ["# [node.peers]: the router dials the onion or I2P address meant by each."]
            + node.virtualPeers.map { "add-priority-node=\($0.address):\($0.port)" } + [""]
    }

    private func endpoint(_ role: NodeListenerRole) -> Endpoint? {
        node.listeners.first { $0.role == role }?.endpoint
    }

    /// What monerod does past any proxy, and the option against each.
    private static let fixedLines = [
        "# No hole in the home router (UPnP); newer versions have none and ignore this.", "no-igd=1", "igd=disabled",
        "",
    ]

    /// Its questions for names. With `proxy=` it asks none, unless it is told that it may leak them.
    private var nameLines: [String] {
        guard let resolver = node.dns else {
            return [
                "# No DNS of its own: update checks, checkpoints, block list. Peers above are numbers for the same reason.",
                "check-updates=disabled", "disable-dns-checkpoints=1", "enable-dns-blocklist=0", "",
            ]
        }
        return [
            "# Checkpoints and block list by DNS. The guard sends its questions into the router, which asks \(resolver)",
            "# by the clearnet route; without the guard this line would leak them.", "proxy-allow-dns-leaks=1",
            "enable-dns-blocklist=1", "check-updates=disabled", "",
        ]
    }

    private static let lastLines = [
        "# Wallets and tools reach it from this machine only.", "rpc-bind-ip=127.0.0.1", "no-zmq=1",
        "# All of them come from one address: one that errs must not get it banned.", "disable-rpc-ban=1", "",
        "# All transactions of one length on the wire.", "pad-transactions=1",
    ]
}
