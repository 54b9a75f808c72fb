internal import Protocols

/// `[node.inbound]`: the services by which others reach the node.
extension ConfigurationReader {
    /// What else of the file a service depends on.
    struct InboundSurroundings {
        /// The names of the egresses that the file declares, right or wrong.
        var declared: [String]
        var egresses: [EgressConfiguration]
        var node: NodeConfiguration
        var wallets: [WalletConfiguration]
    }

    /// Every service, those of Tor first.
    mutating func readInbound(_ root: TomlTable, _ around: InboundSurroundings) -> InboundConfiguration {
        guard case .table(let node)? = root["node"]?.value.content,
            let table = table(node["inbound"], KnownKeys.inbound)
        else { return InboundConfiguration() }
        var inbound = InboundConfiguration()
        if let entry = table["tor"] { readOnions(entry, around, into: &inbound) }
        if let entry = table["i2p"] { readI2PService(entry, around, into: &inbound) }
        return inbound
    }

    private mutating func readOnions(
        _ entry: TomlTable.Entry, _ around: InboundSurroundings, into inbound: inout InboundConfiguration
    ) {
        guard let table = table(entry, KnownKeys.inboundTor) else { return }
        wantTor(at: entry.position, around)
        for kind in InboundKind.allCases {
            guard let entry = table[kind.rawValue],
                let keys = self.table(entry, KnownKeys.onion(kind))
            else { continue }
            let path = "node.inbound.tor.\(kind.rawValue)"
            let port = onionPort(keys["port"], path, kind, header: entry.position, inbound.onions)
            let target = target(
                keys["target"], path, default: port ?? kind.defaultPort, header: entry.position, around, inbound)
            let (clients, isPublic) = kind == .rpc ? whoMayAsk(keys, path, header: entry.position) : ([], false)
            guard let port, let target else { continue }
            inbound.onions.append(
                OnionServiceConfiguration(
                    kind: kind, port: port, target: target, clients: clients, isPublic: isPublic))
        }
    }

    /// Onion services are made by Tor's control port, and by no other.
    private mutating func wantTor(at place: TomlPosition, _ around: InboundSurroundings) {
        guard around.declared.contains("tor") else {
            complain(
                "[node.inbound.tor] needs a Tor that publishes its services: add [tor], or take it out", at: place)
            return
        }
        guard case .tor(let tor)? = around.egresses.first(where: { $0.name == "tor" })?.kind,
            case .running(_, nil) = tor.source
        else { return }
        complain(
            "[node.inbound.tor] needs Tor's control port, by which services are published, and [tor] has only `socks`: "
                + "add `control = \"unix:/run/tor/control\"` to it, or let the router start a Tor, `managed = true`",
            at: place)
    }

    private mutating func readI2PService(
        _ entry: TomlTable.Entry, _ around: InboundSurroundings, into inbound: inout InboundConfiguration
    ) {
        guard let table = table(entry, KnownKeys.inboundI2P) else { return }
        let mend = "sam = \"127.0.0.1:7656\" or managed = true in [i2p]"
        if !around.declared.contains("i2p") {
            complain(
                "[node.inbound.i2p] needs an I2P router that publishes its service: set \(mend)", at: entry.position)
        } else if case .i2p(let i2p)? = around.egresses.first(where: { $0.name == "i2p" })?.kind, !i2p.canPublish {
            complain(
                "[node.inbound.i2p] needs SAM, and [i2p] has only `socks`, by which nobody comes in: set \(mend)",
                at: entry.position)
        }
        guard let entry = table["p2p"], let keys = self.table(entry, KnownKeys.i2pService) else { return }
        let path = "node.inbound.i2p.p2p"
        let target = target(
            keys["target"], path, default: I2PServiceConfiguration.defaultTargetPort, header: entry.position, around,
            inbound)
        let tunnels = tunnels(keys["tunnels"], KnownKeys.i2pServiceTunnels)
        guard let target else { return }
        inbound.i2p = I2PServiceConfiguration(target: target, tunnels: tunnels)
    }

    private mutating func onionPort(
        _ entry: TomlTable.Entry?, _ path: String, _ kind: InboundKind, header: TomlPosition,
        _ others: [OnionServiceConfiguration]
    ) -> UInt16? {
        var port = kind.defaultPort
        if let entry {
            guard case .integer(let number) = entry.value.content, let given = UInt16(exactly: number), given != 0
            else {
                complain(
                    "`\(path).port` takes a port from 1 to 65535, not \(number(entry.value))", at: entry.value.position)
                return nil
            }
            port = given
        }
        if let other = others.first(where: { $0.port == port }) {
            complain(
                "`\(path).port` is \(port), as that of \(other.name): give it another port",
                at: entry?.value.position ?? header)
            return nil
        }
        return port
    }

    /// `clients` and `public`: an RPC that nobody is named for is not given to everybody by an oversight.
    private mutating func whoMayAsk(
        _ table: TomlTable, _ path: String, header: TomlPosition
    ) -> (clients: [OnionClientKey], isPublic: Bool) {
        let isPublic = boolean(table["public"], "\(path).public") ?? false
        let clients = clients(table["clients"], "\(path).clients")
        if isPublic, let place = table["clients"]?.position {
            complain(
                "`\(path)` is for some by `clients` and for everybody by `public = true`: take one of them out",
                at: place)
        } else if !isPublic, clients?.isEmpty ?? true, clients != nil || table["clients"] == nil {
            complain(
                "`\(path)` would answer whoever knows the address: name the keys of your wallets, "
                    + "clients = [\"descriptor:x25519:...\"], or say that it is for everybody, public = true",
                at: header)
        }
        return (clients ?? [], isPublic)
    }

    /// As many keys as one service may have.
    private static var mostClients: Int { 64 }

    /// The keys; nil where there are none or something is wrong with them.
    private mutating func clients(_ entry: TomlTable.Entry?, _ path: String) -> [OnionClientKey]? {
        guard let entry else { return nil }
        guard case .array(let values) = entry.value.content else {
            complain(
                "`\(path)` must be an array of keys, such as [\"descriptor:x25519:...\"], not \(entry.value.kind)",
                at: entry.value.position)
            return nil
        }
        if values.count > Self.mostClients {
            complain("`\(path)` has more than \(Self.mostClients) keys: take some out", at: entry.value.position)
        }
        var keys: [OnionClientKey] = []
        var areRight = true
        for value in values.prefix(Self.mostClients) {
            let problem: String
            if case .string(let text) = value.content {
                if let key = OnionClientKey(descriptor: text) {
                    if !keys.contains(key) {
                        keys.append(key)
                        continue
                    }
                    problem = "has one key twice: take one out"
                } else {
                    problem =
                        "holds no public key of a client: write \"descriptor:x25519:\" and its 52 characters of a-z and 2-7, "
                        + "as in a .auth file of Tor"
                }
            } else {
                problem = "holds keys in quotes, not \(value.kind)"
            }
            complain("`\(path)` \(problem)", at: value.position)
            areRight = false
        }
        return areRight ? keys : nil
    }
}
