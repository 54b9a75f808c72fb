internal import Protocols

/// What a confined user may do, and what becomes of the rest.
extension Ruleset {
    static let refuse = "refuse"

    static func chain(_ user: UInt32) -> String { "user_\(user)" }

    /// The counter of what the canary tried as this user.
    public static func canaryCounter(_ user: UInt32, _ probe: CanaryProbe) -> String {
        "canary_\(user)_\(probe.rawValue)"
    }

    /// The counter of packets to and from connections that came from outside this machine.
    public static func inbound(_ user: UInt32) -> String { "inbound_\(user)" }

    /// The counter of what is stopped when the sets are full.
    public static func rest(_ user: UInt32) -> String { "rest_\(user)" }

    /// The set that counts what is stopped, by protocol and port.
    public static func stopped(_ user: UInt32) -> String { "stopped_\(user)" }

    /// The set that counts what is stopped of protocols without ports.
    public static func other(_ user: UInt32) -> String { "other_\(user)" }

    /// The sets that count what is stopped by destination too; there only with `log.destinations`.
    public static func stoppedTo(_ user: UInt32, isIPv6: Bool) -> String { "stopped\(isIPv6 ? 6 : 4)_\(user)" }

    /// As many different ports, or destinations, are told apart.
    private static let setSize: UInt32 = 1024

    static func addUser(
        _ user: GuardedUsers.User, _ place: Int, _ configuration: Configuration, _ table: inout NftTable
    ) {
        let id = user.id
        table.counters += CanaryProbe.allCases.map { canaryCounter(id, $0) } + [inbound(id), rest(id)]
        table.sets += [
            NftTable.Set(name: stopped(id), key: .transportAndPort, size: setSize),
            NftTable.Set(name: other(id), key: .transport, size: 256),
        ]
        var rules: [[NftStatement]] = CanaryProbe.allCases.map { canaryRule($0, id) }
        rules += allowed(user.name, configuration).map { $0 + [.setConnectionMark(Mark.begun(place)), .accept] }
        // Answers of its listeners on loopback. By direction, not by port: it could send from a listener's port.
        for net in loopbacks {
            rules.append([
                .source(net.address, prefix: net.prefix), .destination(net.address, prefix: net.prefix),
                .direction(.reply), .setConnectionMark(Mark.answered(place)), .accept,
            ])
        }
        rules.append([.direction(.reply), .count(inbound(id)), .goTo(refuse)])
        if configuration.log.destinations {
            for isIPv6 in [false, true] {
                let key: NftStatement.Key = isIPv6 ? .destinationIPv6 : .destinationIPv4
                table.sets.append(
                    NftTable.Set(name: stoppedTo(id, isIPv6: isIPv6), key: key, size: setSize))
                rules.append([.hasPorts, .update(set: stoppedTo(id, isIPv6: isIPv6), key)])
            }
        }
        rules += [
            [.hasPorts, .update(set: stopped(id), .transportAndPort), .goTo(refuse)],
            [.hasNoPorts, .update(set: other(id), .transport), .goTo(refuse)],
            // A full set ends its rule.
            [.count(rest(id)), .goTo(refuse)],
        ]
        table.chains.append(NftTable.Chain(name: chain(id), rules: rules))
    }

    /// Only counts: what stops the canary is what stops everything else.
    private static func canaryRule(_ probe: CanaryProbe, _ user: UInt32) -> [NftStatement] {
        guard case .tcp(let address, let port) = probe.endpoint else { return [] }
        return [
            .dscp(CanaryProbe.dscp, isIPv6: probe.isIPv6), .destination(address, prefix: address.bitCount),
            .destinationPorts(probe.transport, [port]), .count(canaryCounter(user, probe)), .goTo(refuse),
        ]
    }

    /// Where the user may go, a rule each: listeners by address, further ports on both loopbacks.
    private static func allowed(_ user: String, _ configuration: Configuration) -> [[NftStatement]] {
        var ports: [IPAddress: Swift.Set<UInt16>] = [:]
        for case .tcp(let address, let port) in configuration.allowedEndpoints(of: user) {
            ports[address, default: []].insert(port)
        }
        var udp: Swift.Set<UInt16> = []
        if user == configuration.node.user {
            for net in loopbacks {
                ports[net.host, default: []].formUnion(configuration.node.localPorts)
                if configuration.node.strays == .redirect { ports[net.host]?.insert(NodeConfiguration.strayPort) }
                if configuration.node.dns != nil { ports[net.host]?.insert(NodeConfiguration.dnsPort) }
            }
            if configuration.node.dns != nil { udp.insert(NodeConfiguration.dnsPort) }
        }
        var rules: [[NftStatement]] = []
        for (address, open) in ports.sorted(by: { $0.key.sixteen < $1.key.sixteen }) where !open.isEmpty {
            rules.append([.destination(address, prefix: address.bitCount), .destinationPorts(.tcp, open.sorted())])
        }
        for net in loopbacks where !udp.isEmpty {
            rules.append([.destination(net.host, prefix: net.host.bitCount), .destinationPorts(.udp, udp.sorted())])
        }
        return rules
    }

    /// The two loopbacks: the net, and the address in it that programs use.
    static let loopbacks: [(address: IPAddress, prefix: UInt8, host: IPAddress)] = [
        (.v4(IPv4Address(127, 0, 0, 0)), 8, .v4(IPv4Address(127, 0, 0, 1))),
        (.v6(IPv6Address(high: 0, low: 1)), 128, .v6(IPv6Address(high: 0, low: 1))),
    ]
}

extension IPAddress {
    /// As many bits as name one address.
    var bitCount: UInt8 {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// For an order that is the same each time.
    fileprivate var sixteen: [UInt64] {
        switch self {
        case .v4(let address): [0, UInt64(address.bits)]
        case .v6(let address): [address.high, address.low]
        }
    }
}

extension [UInt64] {
    fileprivate static func < (left: [UInt64], right: [UInt64]) -> Bool { left.lexicographicallyPrecedes(right) }
}
