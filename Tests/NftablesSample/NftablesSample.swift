public import Protocols

/// A table with every statement, every hook and every key that this project uses, as the guard arranges them.
public enum NftablesSample {
    /// The table, under some name.
    public static func table(named name: String = "xmr_routed") -> NftTable {
        NftTable(
            name: name, counters: ["inbound_107", "canary_107_tcp4", "rest_107"],
            sets: [
                .init(name: "stopped_107", key: .transportAndPort, size: 1024),
                .init(name: "other_107", key: .transport, size: 256),
                .init(name: "stopped4_107", key: .destinationIPv4, size: 1024),
                .init(name: "stopped6_107", key: .destinationIPv6, size: 1024),
            ],
            chains: [
                .init(name: "output", hook: .filterOutput, rules: output),
                .init(name: "input", hook: .filterInput, rules: input),
                .init(name: "out", hook: .filterPostrouting, rules: out),
                .init(name: "user_107", rules: user),
                .init(name: "refuse", rules: [[.transport(.tcp), .reset], [.drop]]),
                .init(name: "nat", hook: .natOutput, rules: nat),
                .init(name: "empty"),
            ])
    }

    private static let output: [[NftStatement]] = [
        [.user(107), .goTo("user_107")],
        [.connectionMark(0x786d_7201), .direction(.original), .goTo("user_107")],
        [.connectionMark(0x786d_7202), .direction(.reply), .goTo("user_107")],
        [.connectionMark(0x786d_72f1), .outInterface("wg0", isNot: true), .tcpFlags(4, areSet: true), .drop],
    ]

    private static let input: [[NftStatement]] = [
        [.inInterface("lo", isNot: true), .user(107), .count("inbound_107"), .drop],
        [.inInterface("wg0"), .isNewConnection, .tcpFlags(2, areSet: false), .setConnectionMark(0x786d_72f1)],
    ]

    private static let out: [[NftStatement]] = [
        [.outInterface("lo", isNot: true), .user(107), .drop],
        [.outInterface("lo", isNot: true), .connectionMarkFamily(0x786d_7200), .drop],
        [.outInterface("tun*"), .tcpFlags(0x12, areSet: true), .goBack],
    ]

    private static let user: [[NftStatement]] = [
        [
            .dscp(42, isIPv6: false), .destination(address("192.0.2.1"), prefix: 32), .destinationPorts(.tcp, [18080]),
            .count("canary_107_tcp4"), .goTo("refuse"),
        ],
        [
            .dscp(42, isIPv6: true), .destination(address("2001:db8::1"), prefix: 128), .destinationPorts(.udp, [53]),
            .goTo("refuse"),
        ],
        [
            .destination(address("127.0.0.1"), prefix: 32), .destinationPorts(.tcp, [18950, 18951, 18081]),
            .setConnectionMark(0x786d_7201), .accept,
        ],
        [
            .source(address("127.0.0.0"), prefix: 8), .destination(address("127.0.0.0"), prefix: 8), .direction(.reply),
            .setConnectionMark(0x786d_7202), .accept,
        ],
        [.source(address("::1"), prefix: 128), .destination(address("::1"), prefix: 128), .accept],
        [.direction(.reply), .source(address("192.0.2.1"), prefix: 32), .sourcePort(.tcp, 18989), .accept],
        [.source(address("10.128.0.0"), prefix: 9), .destination(address("10.0.0.0"), prefix: 12, isNot: true), .drop],
        [.source(address("fe80::"), prefix: 10), .destination(address("2001:db8::"), prefix: 32, isNot: true), .drop],
        [.hasPorts, .update(set: "stopped4_107", .destinationIPv4), .direction(.original)],
        [.update(set: "stopped6_107", .destinationIPv6)],
        [.hasPorts, .update(set: "stopped_107", .transportAndPort), .goTo("refuse")],
        [.hasNoPorts, .update(set: "other_107", .transport), .goTo("refuse")],
        [.count("rest_107"), .goTo("refuse")],
    ]

    private static let nat: [[NftStatement]] = [
        [.user(107), .dscp(42, isIPv6: false), .goBack],
        [.user(107), .destinationPorts(.udp, [53]), .redirect(18954)],
        [.user(107), .destinationPorts(.tcp, [53]), .redirect(18954)],
        [.destination(address("127.0.0.0"), prefix: 8, isNot: true), .transport(.tcp), .redirect(18953)],
        [.destination(address("::1"), prefix: 128, isNot: true), .transport(.tcp), .redirect(18953)],
    ]

    private static func address(_ text: String) -> IPAddress {
        IPAddress(text) ?? .v4(IPv4Address(bits: 0))
    }
}
