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
    static let i2p = Table(name: "i2p", built: ["socks"], later: ["sam", "managed"])
    static let route = Table(name: "route", built: ["onion", "i2p", "clearnet", "isolation", "hold", "private"])
    static let node = Table(
        name: "node",
        built: [
            "user", "proxy", "tor-proxy", "i2p-proxy", "ban-list", "peers", "local-ports", "strays", "dns",
        ],
        later: ["inbound", "allow-remote"])
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

    /// All tables, for saying where a misplaced key belongs.
    static let all = [
        top, tor, i2p, proxy("NAME"), vpn("NAME"), route, node, wallet, walletNode, killSwitch, confine, control, log,
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
