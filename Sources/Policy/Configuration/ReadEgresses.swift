internal import Protocols

extension ConfigurationReader {
    /// The names of the egresses that the file declares, whether or not they turn out right; in its order.
    func declaredEgresses(_ root: TomlTable) -> [String] {
        root.entries.flatMap { entry -> [String] in
            switch (entry.key, entry.value.content) {
            case ("tor", _), ("i2p", _): [entry.key]
            case ("proxy", .table(let tables)), ("vpn", .table(let tables)):
                tables.entries.map { "\(entry.key).\($0.key)" }
            default: []
            }
        }
    }

    /// `[tor]`, `[i2p]`, every `[proxy.NAME]` and `[vpn.NAME]`, in the order of the file.
    mutating func readEgresses(
        _ root: TomlTable, network: MoneroNetwork, declared: [String]
    ) -> [EgressConfiguration] {
        var found: [(TomlPosition, EgressConfiguration)] = []
        if let entry = root["tor"], let tor = readTor(entry, network: network, declared: declared) {
            found.append((entry.position, EgressConfiguration(name: "tor", kind: .tor(tor))))
        }
        if let entry = root["i2p"], let i2p = readI2P(entry) {
            found.append((entry.position, EgressConfiguration(name: "i2p", kind: .i2p(i2p))))
        }
        for (entry, known) in named(root["proxy"], "proxy", "work", KnownKeys.proxy) {
            guard let proxy = readProxy(entry, known, declared) else { continue }
            found.append((entry.position, EgressConfiguration(name: known.name, kind: .proxy(proxy))))
        }
        for (entry, known) in named(root["vpn"], "vpn", "wg", KnownKeys.vpn) {
            guard let vpn = readVPN(entry, known) else { continue }
            found.append((entry.position, EgressConfiguration(name: known.name, kind: .vpn(vpn))))
        }
        let egresses = found.sorted { $0.0 < $1.0 }.map(\.1)
        refuseLoops(egresses, root)
        return egresses
    }

    /// The tables of `[kind.NAME]` whose names are right, each with the keys it may have.
    private mutating func named(
        _ entry: TomlTable.Entry?, _ kind: String, _ example: String, _ keys: (String) -> KnownKeys.Table
    ) -> [(TomlTable.Entry, KnownKeys.Table)] {
        guard let entry else { return [] }
        guard case .table(let tables) = entry.value.content else {
            complain(
                "`\(kind)` must be tables by name, such as [\(kind).\(example)], not \(entry.value.kind)",
                at: entry.position)
            return []
        }
        let what = kind == "vpn" ? ("VPNs", "VPN") : ("proxies", "proxy")
        if tables.entries.count > 64 {
            complain("more than 64 \(what.0): take some out", at: entry.position)
        }
        return tables.entries.prefix(64).compactMap { table in
            let isName = table.key.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
            }
            guard isName, (1...32).contains(table.key.utf8.count) else {
                complain(
                    "a \(what.1) cannot be named \(quoted(table.key)): use 1 to 32 of a-z, 0-9 and -",
                    at: table.position)
                return nil
            }
            return (table, keys(table.key))
        }
    }

    private mutating func readProxy(
        _ entry: TomlTable.Entry, _ known: KnownKeys.Table, _ declared: [String]
    ) -> ProxyConfiguration? {
        guard let table = table(entry, known) else { return nil }
        let socks = endpoint(table["socks"], known.path("socks"))
        if table["socks"] == nil {
            complain("[\(known.name)] has no socks: add its address, socks = \"192.0.2.7:1080\"", at: entry.position)
        }
        let credentials = readCredentials(table, known)
        let via = via(table["via"], of: known.name, declared)
        if let socks, socks.isLoopback, let via, let place = table["via"]?.value.position {
            complain(
                "`\(known.path("via"))` is \"\(via)\", and the proxy is on this machine, \(socks): "
                    + "it is dialled straight, take `via` out", at: place)
        }
        guard let socks else { return nil }
        return ProxyConfiguration(socks: socks, credentials: credentials, via: via)
    }
}
