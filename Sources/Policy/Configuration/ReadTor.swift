internal import Protocols

extension ConfigurationReader {
    /// `[tor]`: one that runs where `socks` stands, else one that we start.
    mutating func readTor(
        _ entry: TomlTable.Entry, network: MoneroNetwork, declared: [String]
    ) -> TorConfiguration? {
        guard let table = table(entry, KnownKeys.tor) else { return nil }
        let managed = boolean(table["managed"], "tor.managed")
        guard managed ?? (table["socks"] == nil) else { return readRunningTor(entry, table) }
        for key in ["socks", "control"] {
            guard let place = table[key]?.position else { continue }
            complain(
                managed == true
                    ? "`tor.\(key)` names a Tor that runs, and `managed = true` starts one: take one of them out"
                    : "`tor.\(key)` stands without `socks`: name Tor's SOCKS port, socks = \"127.0.0.1:9050\"",
                at: place)
        }
        return TorConfiguration(
            .managed(torrc: torrc(table["torrc"], network: network)), via: via(table["via"], of: "tor", declared))
    }

    private mutating func readRunningTor(_ entry: TomlTable.Entry, _ table: TomlTable) -> TorConfiguration? {
        let socks = endpoint(table["socks"], "tor.socks")
        let control = endpoint(table["control"], "tor.control")
        if table["socks"] == nil {
            complain(
                "[tor] is not managed and has no socks: name a running Tor with socks = \"127.0.0.1:9050\", "
                    + "or set `managed = true`", at: entry.position)
        }
        for key in ["torrc", "via"] {
            guard let place = table[key]?.position else { continue }
            complain(
                "`tor.\(key)` is for a Tor that the router starts: write it into the running Tor's own torrc, "
                    + "or take `socks` out and set `managed = true`", at: place)
        }
        guard let socks else { return nil }
        if let control, let place = table["control"]?.value.position, control.canonical == socks.canonical {
            complain(
                "`tor.control` is the same address as `tor.socks`, \(socks): name Tor's ControlPort or ControlSocket",
                at: place)
        }
        return TorConfiguration(.running(socks: socks, control: control))
    }

    /// The operator's lines for the torrc.
    private mutating func torrc(_ entry: TomlTable.Entry?, network: MoneroNetwork) -> [TorrcLine] {
        guard let entry else { return [] }
        guard case .array(let values) = entry.value.content else {
            complain(
                "`tor.torrc` must be an array of lines, such as [\"UseBridges 1\"], not \(entry.value.kind)",
                at: entry.value.position)
            return []
        }
        if values.count > 1024 {
            complain("`tor.torrc` has more than 1024 lines: take some out", at: entry.value.position)
        }
        return values.prefix(1024).compactMap { value in
            guard case .string(let line) = value.content else {
                complain("a line of `tor.torrc` must be a string in quotes, not \(value.kind)", at: value.position)
                return nil
            }
            switch TorrcLine.check(line, isTestNetwork: network == .regtest) {
            case .success(let line): return line
            case .failure(let refusal):
                complain("a line of `tor.torrc`: \(refusal.sentence)", at: value.position)
                return nil
            }
        }
    }
}
