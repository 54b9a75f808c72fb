internal import Protocols

extension ConfigurationReader {
    private static var mend: String { "name a running Tor with socks = \"127.0.0.1:9050\"" }

    /// The names of the egresses that the file declares, whether or not they turn out right; in its order.
    func declaredEgresses(_ root: TomlTable) -> [String] {
        root.entries.flatMap { entry -> [String] in
            switch (entry.key, entry.value.content) {
            case ("tor", _): ["tor"]
            case ("proxy", .table(let proxies)): proxies.entries.map { "proxy.\($0.key)" }
            default: []
            }
        }
    }

    /// `[tor]` and every `[proxy.NAME]`, in the order of the file.
    mutating func readEgresses(_ root: TomlTable) -> [EgressConfiguration] {
        var found: [(TomlPosition, EgressConfiguration)] = []
        if let entry = root["tor"], let tor = readTor(entry) { found.append((entry.position, tor)) }
        if let entry = root["proxy"] {
            if case .table(let proxies) = entry.value.content {
                if proxies.entries.count > 64 {
                    complain("more than 64 proxies: take some out", at: entry.position)
                }
                for proxy in proxies.entries.prefix(64) {
                    if let egress = readProxy(proxy) { found.append((proxy.position, egress)) }
                }
            } else {
                complain(
                    "`proxy` must be tables by name, such as [proxy.work], not \(entry.value.kind)", at: entry.position)
            }
        }
        return found.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private mutating func readTor(_ entry: TomlTable.Entry) -> EgressConfiguration? {
        guard let table = table(entry, KnownKeys.tor) else { return nil }
        let isManaged = boolean(table["managed"], "tor.managed")
        let socks = endpoint(table["socks"], "tor.socks")
        let control = endpoint(table["control"], "tor.control")
        if isManaged == true, let managed = table["managed"] {
            complain("`tor.managed = true` is not in this version: \(Self.mend)", at: managed.value.position)
        } else if table["socks"] == nil {
            complain(
                isManaged == false
                    ? "[tor] has no socks: \(Self.mend)" : "[tor] without socks is not in this version: \(Self.mend)",
                at: entry.position)
        }
        guard let socks else { return nil }
        if let control, let place = table["control"]?.value.position, control.canonical == socks.canonical {
            complain(
                "`tor.control` is the same address as `tor.socks`, \(socks): name Tor's ControlPort or ControlSocket",
                at: place)
        }
        return EgressConfiguration(name: "tor", kind: .tor(socks: socks, control: control))
    }

    private mutating func readProxy(_ entry: TomlTable.Entry) -> EgressConfiguration? {
        let isName = entry.key.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
        }
        guard isName, (1...32).contains(entry.key.utf8.count) else {
            complain(
                "a proxy cannot be named \(quoted(entry.key)): use 1 to 32 of a-z, 0-9 and -", at: entry.position)
            return nil
        }
        let known = KnownKeys.proxy(entry.key)
        guard let table = table(entry, known) else { return nil }
        let socks = endpoint(table["socks"], known.path("socks"))
        if table["socks"] == nil {
            complain("[\(known.name)] has no socks: add its address, socks = \"192.0.2.7:1080\"", at: entry.position)
        }
        let credentials = readCredentials(table, known)
        guard let socks else { return nil }
        return EgressConfiguration(name: known.name, kind: .proxy(socks: socks, credentials: credentials))
    }
}
