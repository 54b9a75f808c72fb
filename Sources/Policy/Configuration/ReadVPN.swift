internal import Protocols

extension ConfigurationReader {
    /// A `[vpn.NAME]`: an interface, and what proves that its tunnel carries.
    mutating func readVPN(_ entry: TomlTable.Entry, _ known: KnownKeys.Table) -> VPNConfiguration? {
        guard let table = table(entry, known) else { return nil }
        let interface = interface(table["interface"], known.path("interface"))
        if table["interface"] == nil {
            complain("[\(known.name)] has no interface: name it, interface = \"wg0\"", at: entry.position)
        }
        let resolver = resolver(table["resolver"], known.path("resolver"))
        let probe = probe(table["probe"], known.path("probe"))
        if table["resolver"] == nil, table["probe"] == nil {
            complain(
                "[\(known.name)] has neither resolver nor probe, and an interface that is up proves no tunnel: "
                    + "name what answers through it, resolver = \"10.64.0.1\" or probe = \"10.64.0.1:53\"",
                at: entry.position)
        }
        return interface.map { VPNConfiguration(interface: $0, resolver: resolver, probe: probe) }
    }

    /// What the kernel takes for a name: at most 15 bytes (IFNAMSIZ less one), no slash, no space. No quote
    /// and no asterisk either, which nft cannot write as what they are.
    private mutating func interface(_ entry: TomlTable.Entry?, _ path: String) -> String? {
        guard let entry, let name = string(entry, path) else { return nil }
        let reason: String
        if name.utf8.count > 15 {
            reason = "is longer than the 15 bytes of an interface's name, \(quoted(name))"
        } else if name.isEmpty || name == "." || name == ".."
            || !name.utf8.allSatisfy({ (0x21...0x7e).contains($0) && ![0x22, 0x2a, 0x2f, 0x3a, 0x5c].contains($0) })
        {
            reason = "is no interface's name, \(quoted(name))"
        } else if name == "lo" {
            reason = "cannot be the loopback interface"
        } else {
            return name
        }
        complain("`\(path)` \(reason): write it as `ip link` does, such as \"wg0\"", at: entry.value.position)
        return nil
    }

    private mutating func resolver(_ entry: TomlTable.Entry?, _ path: String) -> IPAddress? {
        guard let entry, let text = string(entry, path) else { return nil }
        guard let address = IPAddress(text)?.canonical else {
            let mend = Endpoint(text) == nil ? "" : " alone, without a port (it is asked at port 53)"
            complain(
                "`\(path)` is no address, \(quoted(text)): write one\(mend), such as \"10.64.0.1\"",
                at: entry.value.position)
            return nil
        }
        guard !address.isLoopback else {
            complain(
                "`\(path)` is on this machine, \(address), and not in the tunnel: name the VPN's own",
                at: entry.value.position)
            return nil
        }
        return address
    }

    private mutating func probe(_ entry: TomlTable.Entry?, _ path: String) -> Endpoint? {
        guard let entry, let endpoint = endpoint(entry, path) else { return nil }
        guard case .tcp(let address, let port) = endpoint, !address.isLoopback else {
            complain(
                "`\(path)` is on this machine, \(endpoint), and not in the tunnel: name an address and a port in it",
                at: entry.value.position)
            return nil
        }
        return .tcp(address.canonical, port: port)
    }
}
