internal import Protocols

/// What the node may do beside its listeners: `local-ports`, `strays` and `dns` in `[node]`.
extension ConfigurationReader {
    /// Takes the three keys into a node whose listeners are read.
    mutating func readBeyondListeners(
        _ table: TomlTable, egresses: [EgressConfiguration], into node: inout NodeConfiguration
    ) {
        node.localPorts = localPorts(table["local-ports"], egresses)
        node.strays = choice(table["strays"], "node.strays", NodeConfiguration.Strays.self) ?? .count
        node.dns = nodeResolver(table["dns"])
        if node.strays == .redirect {
            keepFree(NodeConfiguration.strayPort, "`strays = \"redirect\"`", table, node.listeners)
        }
        if node.dns != nil { keepFree(NodeConfiguration.dnsPort, "`dns`", table, node.listeners) }
    }

    /// Two of the router's own ports would be one.
    private mutating func keepFree(
        _ port: UInt16, _ key: String, _ table: TomlTable, _ listeners: [NodeListenerConfiguration]
    ) {
        for listener in listeners {
            guard case .tcp(_, port) = listener.endpoint, let entry = table[listener.role.rawValue] else { continue }
            complain(
                "`\(listener.name)` has port \(port), where \(key) comes in: give it another port",
                at: entry.value.position)
        }
    }

    /// Programs on this machine that carry data out for whoever asks them: where the node reached one, it would leave
    /// past the router.
    static let carriers: [UInt16: String] = [
        53: "a name server", 853: "a name server", 5353: "a name server", 5355: "a name server",
        9040: "Tor", 9050: "Tor", 9051: "Tor", 9150: "Tor", 9151: "Tor",
        4444: "an I2P router's proxy", 4447: "an I2P router's proxy", 7656: "an I2P router",
        1080: "a SOCKS proxy", 3128: "an HTTP proxy", 8118: "an HTTP proxy",
    ]

    private mutating func localPorts(_ entry: TomlTable.Entry?, _ egresses: [EgressConfiguration]) -> [UInt16] {
        guard let entry else { return [] }
        guard case .array(let values) = entry.value.content else {
            complain(
                "`node.local-ports` must be an array of ports, such as [18081], not \(entry.value.kind)",
                at: entry.value.position)
            return []
        }
        if values.count > 64 {
            complain("`node.local-ports` has more than 64 ports: take some out", at: entry.value.position)
        }
        var ports: [UInt16] = []
        for value in values.prefix(64) {
            guard case .integer(let number) = value.content, let port = UInt16(exactly: number), port != 0 else {
                let what =
                    if case .integer(let number) = value.content { "\(number)" } else { value.kind }
                complain("`node.local-ports` takes ports from 1 to 65535, not \(what)", at: value.position)
                continue
            }
            if let egress = egresses.first(where: { $0.kind.endpoints.contains { $0.isLoopback && $0.has(port) } }) {
                complain(
                    "`node.local-ports` cannot have \(port), which is [\(egress.name)] itself: the node would go past "
                        + "the router", at: value.position)
            } else if let carrier = Self.carriers[port] {
                complain(
                    "`node.local-ports` cannot have \(port), where \(carrier) is used to be: the node would go past "
                        + "the router by it", at: value.position)
            } else if ports.contains(port) {
                complain("`node.local-ports` has \(port) twice: take one out", at: value.position)
            } else {
                ports.append(port)
            }
        }
        return ports
    }

    /// `node.dns`: "block", or a resolver's address and port.
    private mutating func nodeResolver(_ entry: TomlTable.Entry?) -> Endpoint? {
        guard let entry, string(entry, "node.dns") != "block", let endpoint = endpoint(entry, "node.dns") else {
            return nil
        }
        guard case .tcp(let address, _) = endpoint, !address.isLoopback else {
            complain(
                "`node.dns` must be a resolver in the world, which is asked through the clearnet route, not \(endpoint): "
                    + "write such as \"9.9.9.9:53\", or \"block\"", at: entry.value.position)
            return nil
        }
        return endpoint
    }
}

extension Endpoint {
    /// Whether it is TCP at this port, at whatever address.
    func has(_ port: UInt16) -> Bool {
        if case .tcp(_, port) = self { true } else { false }
    }
}
