import Policy
import Protocols

/// Configurations and destinations that the route is asked about.
enum RouteSamples {
    static let onion = Host.onion(String(repeating: "a", count: 55) + "d.onion")
    static let i2p = Host.i2p(String(repeating: "a", count: 52) + ".b32.i2p")
    static let publicName = Host.name("node.example.org")
    static let localName = Host.name("printer.local")
    static let publicIPv4 = address("95.217.25.101")
    static let publicIPv6 = address("2a01:4f8::1")
    static let banned = address("45.9.17.3")
    static let bannedIPv6 = address("2a0e:9b00::5")
    static let own = address("81.2.69.160")
    static let ownIPv6 = address("2a02:1234::7")
    static let privates = [
        "127.0.0.1", "0.0.0.0", "10.0.0.1", "172.16.9.9", "192.168.1.1", "100.64.0.1", "169.254.1.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "fc00::1", "fe80::1", "ff02::1", "::ffff:192.168.1.1",
        "2002:0a00:0001::", "64:ff9b::10.0.0.1",
    ].map(address)
    static let localNames = ["localhost", "printer", "printer.local", "db.internal", "router.home.arpa", "nas.lan"]
        .map { Host.name($0) }

    /// Every kind of destination, with each reason to refuse one.
    static let hosts: [Host] =
        [onion, i2p, publicName, publicIPv4, publicIPv6, banned, bannedIPv6, own, ownIPv6] + privates + localNames

    static func address(_ text: String) -> Host {
        IPAddress(text).map { Host($0) } ?? .name("no address: \(text)")
    }

    static func destination(_ host: Host, port: UInt16 = 18080) -> Destination {
        Destination(host: host, port: port)
    }

    static let banList = BanList(["45.9.17.0/24", "2a0e:9b00::/32"].compactMap { Subnet($0) })

    static let ownAddresses: Set<IPAddress> = Set(
        [own, ownIPv6].compactMap { if case .address(let address) = $0 { address } else { nil } })

    static func configuration(
        onion: RouteTarget = .egress("tor"), i2p: RouteTarget = .egress("proxy.i2p"),
        clearnet: RouteTarget = .egress("tor"), allowsPrivate: Bool = false, banList: BanList = banList,
        virtualPeers: [VirtualPeer] = []
    ) -> Configuration {
        Configuration(
            network: .mainnet, egresses: [],
            route: RouteConfiguration(onion: onion, i2p: i2p, clearnet: clearnet, allowsPrivate: allowsPrivate),
            node: NodeConfiguration(virtualPeers: virtualPeers, banList: banList),
            killSwitch: KillSwitchConfiguration(), control: ControlConfiguration(), log: LogConfiguration())
    }

    static func route(_ configuration: Configuration) -> Route {
        Route(configuration, ownAddresses: ownAddresses)
    }
}
