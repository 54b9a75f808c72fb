internal import Protocols

/// Every key there is, by table: those that this version builds, and those that a later one will.
enum KnownKeys {
    struct Table {
        /// As a message writes it; "" for the top of the file.
        var name: String
        var built: [String]
        var later: [String] = []

        /// "in [node]".
        var place: String {
            name.isEmpty ? "at the top of the file" : "in [\(name)]"
        }

        /// The path of a key in it: "node.user".
        func path(_ key: String) -> String {
            name.isEmpty ? key : "\(name).\(key)"
        }
    }

    static let top = Table(
        name: "",
        built: ["network", "tor", "i2p", "proxy", "vpn", "route", "node", "wallet", "kill-switch", "control", "log"])
    static let tor = Table(name: "tor", built: ["managed", "socks", "control", "torrc", "via"])
    static let i2p = Table(name: "i2p", built: ["sam", "socks", "managed", "tunnels"])
    static let i2pTunnels = tunnels(of: "i2p")
    static let route = Table(name: "route", built: ["onion", "i2p", "clearnet", "isolation", "hold", "private"])
    static let node = Table(
        name: "node",
        built: [
            "user", "proxy", "tor-proxy", "i2p-proxy", "ban-list", "peers", "local-ports", "strays", "dns", "inbound",
        ],
        later: ["allow-remote"])
    static let inbound = Table(name: "node.inbound", built: ["tor", "i2p"])
    static let inboundTor = Table(name: "node.inbound.tor", built: InboundKind.allCases.map(\.rawValue))
    static let inboundI2P = Table(name: "node.inbound.i2p", built: ["p2p"])
    static let i2pService = Table(name: "node.inbound.i2p.p2p", built: ["target", "tunnels"])
    static let i2pServiceTunnels = tunnels(of: i2pService.name)
    static let wallet = Table(
        name: "wallet",
        built: [
            "listen", "allow-remote", "certificate", "key", "fallback", "order", "verify-outs", "broadcast", "node",
        ])
    static let walletNode = Table(
        name: "wallet.node",
        built: ["address", "trusted", "fingerprint", "ca", "insecure", "username", "password-file"])
    static let killSwitch = Table(name: "kill-switch", built: ["guard", "confine"])
    static let confine = Table(name: "kill-switch.confine", built: ["user", "listeners"])
    static let control = Table(name: "control", built: ["socket"])
    static let log = Table(name: "log", built: ["destinations"])

    static func proxy(_ name: String) -> Table {
        Table(name: "proxy.\(name)", built: ["socks", "username", "password-file", "via"])
    }

    static func vpn(_ name: String) -> Table {
        Table(name: "vpn.\(name)", built: ["interface", "resolver", "probe"])
    }

    static func onion(_ kind: InboundKind) -> Table {
        Table(
            name: "node.inbound.tor.\(kind.rawValue)",
            built: ["port", "target"] + (kind == .rpc ? ["clients", "public"] : []))
    }

    private static func tunnels(of table: String) -> Table {
        Table(name: "\(table).tunnels", built: ["quantity", "length"])
    }

    /// All tables, for saying where a misplaced key belongs.
    static let all = [
        top, tor, i2p, i2pTunnels, proxy("NAME"), vpn("NAME"), route, node, inbound, inboundTor, onion(.p2p),
        onion(.rpc),
        onion(.sync), inboundI2P, i2pService, i2pServiceTunnels, wallet, walletNode, killSwitch, confine, control, log,
    ]

    /// What to say of a key that `table` has not.
    static func complaint(_ key: String, in table: Table) -> String {
        let start = "unknown key `\(key.printable(limit: 80))` \(table.place)"
        if let near = Suggestion.nearest(to: key, in: table.built + table.later) {
            return "\(start); did you mean `\(near)`?"
        }
        let homes = all.filter { $0.name != table.name && $0.built.contains(key) }
        if !homes.isEmpty {
            let places = homes.map { $0.name.isEmpty ? "at the top of the file" : "in [\($0.name)]" }
            return "\(start); it belongs \(places.joined(separator: " or "))"
        }
        return "\(start); it has \(table.built.map { "`\($0)`" }.joined(separator: ", "))"
    }
}
