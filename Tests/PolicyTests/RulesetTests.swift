import Policy
import Protocols
import Testing

@Suite struct RulesetTests {
    static let ids: [String: UInt32] = ["monero": 107, "p2pool": 108, "zero": 0, "twin": 107, "xmr-routed": 995]

    static func guarded(_ configuration: Configuration, router: UInt32? = 995) -> GuardedUsers {
        GuardedUsers(configuration, idOf: { ids[$0] }, router: router)
    }

    static func configuration() throws -> Configuration {
        var configuration = Configuration.builtIn
        configuration.egresses = [
            EgressConfiguration(
                name: "tor",
                kind: .tor(
                    TorConfiguration(
                        .running(
                            socks: try #require(Endpoint("127.0.0.1:9050")),
                            control: Endpoint("unix:/run/tor/control"))))),
            EgressConfiguration(
                name: "proxy.far", kind: .proxy(ProxyConfiguration(socks: try #require(Endpoint("192.0.2.7:1080"))))),
            EgressConfiguration(
                name: "proxy.behind",
                kind: .proxy(ProxyConfiguration(socks: try #require(Endpoint("192.0.2.8:1080")), via: "vpn.wg"))),
            EgressConfiguration(
                name: "vpn.wg", kind: .vpn(VPNConfiguration(interface: "wg0", probe: Endpoint("10.8.0.1:53")))),
        ]
        configuration.node.localPorts = [18081]
        return configuration
    }

    /// Whom nobody can hold is said, and nothing is proven while there is one.
    @Test func usersWhoCannotBeHeld() throws {
        var configuration = try Self.configuration()
        configuration.killSwitch.confine = ["nobody-there", "zero", "twin", "xmr-routed", "p2pool"].map {
            ConfinedUserConfiguration(user: $0, listeners: [])
        }
        let guarded = Self.guarded(configuration)
        #expect(guarded.users.map(\.name) == ["monero", "p2pool"])
        #expect(guarded.router == 995)
        #expect(
            guarded.problems == [
                "there is no user nobody-there, who is to be held: create that user, or name the one that exists",
                "zero has the number 0 and so is root, whom nothing holds: name another user",
                "twin and monero have the same number, 107: name one of them",
                "xmr-routed is the router's own user (id 995): give it a user of its own",
            ])
    }

    /// A Tor that the router starts has its user, and dials whom it wants; root is held by nothing.
    @Test func routersOwnUser() throws {
        #expect(Self.guarded(.builtIn).router == nil)
        let configuration = try Self.configuration()
        #expect(Self.guarded(configuration, router: 0).router == nil)
        #expect(Self.guarded(configuration, router: nil).router == nil)
        let table = Ruleset(configuration, Self.guarded(configuration, router: nil)).table
        #expect(!table.chains.contains { $0.name == "router" })
    }

    /// What the router begins in a tunnel leaves by it or not at all, also where its own user is not held otherwise.
    @Test func tunnels() throws {
        var configuration = try Self.configuration()
        configuration.egresses[0].kind = .tor(TorConfiguration(.managed(torrc: [])))
        let guarded = Self.guarded(configuration)
        #expect(guarded.router == nil && guarded.routerUser == 995)
        let output = try #require(Ruleset(configuration, guarded).table.chains.first)
        #expect(
            output.rules.prefix(3) == [
                [.user(995), .outInterface("wg0"), .setConnectionMark(0x786d_7400)],
                [.connectionMark(0x786d_7400), .outInterface("wg0", isNot: true), .drop],
                [
                    .connectionMark(0x786d_7300), .outInterface("wg0", isNot: true), .tcpFlags(4, areSet: true), .drop,
                ],
            ])
    }

    /// No rule of a base chain accepts or drops anything but for a user or a mark, and every way to a user's chain ends.
    @Test func nobodyElseIsTouched() throws {
        let configuration = try Self.configuration()
        let table = Ruleset(configuration, Self.guarded(configuration)).table
        for chain in table.chains where chain.hook != nil {
            for rule in chain.rules {
                let isOurs = rule.contains {
                    switch $0 {
                    case .user, .connectionMark, .connectionMarkFamily: true
                    default: false
                    }
                }
                let onlyMarks = rule.contains {
                    if case .setConnectionMark = $0 { true } else { false }
                }
                #expect(isOurs || onlyMarks, "\(chain.name): \(rule)")
            }
        }
        for chain in table.chains where chain.hook == nil {
            let last = try #require(chain.rules.last)
            #expect(last.last == .goTo("refuse") || chain.name == "refuse" && last == [.drop])
        }
        // Every chain that is gone to is there, and every counter and set.
        let names = table.chains.map(\.name)
        for statement in table.chains.flatMap({ $0.rules.flatMap(\.self) }) {
            switch statement {
            case .goTo(let chain): #expect(names.contains(chain))
            case .count(let counter): #expect(table.counters.contains(counter))
            case .update(let set, let key): #expect(table.sets.contains { $0.name == set && $0.key == key })
            default: break
            }
        }
    }

    /// What the user's chain lets through, all of it.
    @Test func whatPasses() throws {
        var configuration = try Self.configuration()
        configuration.killSwitch.confine = [ConfinedUserConfiguration(user: "p2pool", listeners: ["node.proxy"])]
        func accepted(_ chain: String) throws -> [[NftStatement]] {
            let table = Ruleset(configuration, Self.guarded(configuration)).table
            return try #require(table.chains.first { $0.name == chain }).rules.filter { $0.last == .accept }
                .map { $0.filter { if case .setConnectionMark = $0 { false } else { $0 != .accept } } }
        }
        let loopback4 = IPAddress.v4(IPv4Address(127, 0, 0, 1))
        let net4 = IPAddress.v4(IPv4Address(127, 0, 0, 0))
        let loopback6 = IPAddress.v6(IPv6Address(high: 0, low: 1))
        let replies: [[NftStatement]] = [
            [.source(net4, prefix: 8), .destination(net4, prefix: 8), .direction(.reply)],
            [.source(loopback6, prefix: 128), .destination(loopback6, prefix: 128), .direction(.reply)],
        ]
        #expect(
            try accepted("user_107")
                == [
                    [.destination(loopback6, prefix: 128), .destinationPorts(.tcp, [18081])],
                    [
                        .destination(loopback4, prefix: 32),
                        .destinationPorts(.tcp, [18081, 18950, 18951, 18952]),
                    ],
                ] + replies)
        #expect(
            try accepted("user_108")
                == [[.destination(loopback4, prefix: 32), .destinationPorts(.tcp, [18950])]] + replies)
        #expect(
            try accepted("router") == [
                [.direction(.reply), .outInterface("lo")],
                [.destination(loopback4, prefix: 32), .destinationPorts(.tcp, [9050])],
                [.destination(.v4(IPv4Address(192, 0, 2, 7)), prefix: 32), .destinationPorts(.tcp, [1080])],
                // The wallets' node on this machine.
                [.destination(loopback4, prefix: 32), .destinationPorts(.tcp, [18081])],
                [.outInterface("wg0")],
            ])
        configuration.node.dns = Endpoint("9.9.9.9:53")
        configuration.node.strays = .redirect
        let with = try accepted("user_107")
        #expect(with.contains([.destination(loopback4, prefix: 32), .destinationPorts(.udp, [18954])]))
        #expect(
            with.contains([.destination(loopback6, prefix: 128), .destinationPorts(.tcp, [18081, 18953, 18954])]))
    }

    /// A wallet's user reaches the listeners that he is named for, and no node; the router the nodes on this machine, and
    /// no other of them.
    @Test func walletsUsers() throws {
        var configuration = try Self.configuration()
        let onion = Destination(host: RouteSamples.onion, port: 18089)
        configuration.wallets = try [
            WalletConfiguration(
                listen: #require(Endpoint("127.0.0.1:18989")),
                nodes: [
                    WalletNodeConfiguration(
                        destination: RouteSamples.destination(RouteSamples.address("127.0.0.1"), port: 18081)),
                    WalletNodeConfiguration(
                        destination: RouteSamples.destination(RouteSamples.address("::1"), port: 18082)),
                    WalletNodeConfiguration(destination: onion),
                    WalletNodeConfiguration(
                        destination: RouteSamples.destination(RouteSamples.address("192.0.2.9"), port: 18089),
                        isInsecure: true),
                ]),
            WalletConfiguration(
                listen: #require(Endpoint("[::1]:18990")), nodes: [WalletNodeConfiguration(destination: onion)]),
        ]
        configuration.killSwitch.confine = [
            ConfinedUserConfiguration(user: "p2pool", listeners: ["wallet.1", "wallet.0"])
        ]
        let table = Ruleset(configuration, Self.guarded(configuration)).table
        func places(_ chain: String) throws -> [[NftStatement]] {
            try #require(table.chains.first { $0.name == chain }).rules.compactMap { rule in
                let place = rule.filter {
                    switch $0 {
                    case .destination, .destinationPorts: true
                    default: false
                    }
                }
                return rule.last == .accept && place.count == 2 ? place : nil
            }
        }
        let loopback4 = IPAddress.v4(IPv4Address(127, 0, 0, 1))
        let loopback6 = IPAddress.v6(IPv6Address(high: 0, low: 1))
        #expect(
            try places("user_108") == [
                [.destination(loopback6, prefix: 128), .destinationPorts(.tcp, [18990])],
                [.destination(loopback4, prefix: 32), .destinationPorts(.tcp, [18989])],
            ])
        #expect(
            try places("router").suffix(2) == [
                [.destination(loopback4, prefix: 32), .destinationPorts(.tcp, [18081])],
                [.destination(loopback6, prefix: 128), .destinationPorts(.tcp, [18082])],
            ])
        #expect(try !places("user_107").joined().contains(.destinationPorts(.tcp, [18989])))
        // Wallets of other machines are answered from their listener, and from no other socket.
        let outside = IPAddress.v4(IPv4Address(192, 0, 2, 1))
        var open = configuration
        open.wallets[1].listen = .tcp(outside, port: 18990)
        let router = try #require(
            Ruleset(open, Self.guarded(open)).table.chains.first { $0.name == "router" }
        ).rules
        #expect(
            router.prefix(2) == [
                [.direction(.reply), .outInterface("lo"), .accept],
                [.direction(.reply), .source(outside, prefix: 32), .sourcePort(.tcp, 18990), .accept],
            ])
        #expect(!router.dropFirst(2).joined().contains(.direction(.reply)))
        // What a wallet's nodes are beyond that is no matter of the guard's, which reads no secret of them.
        configuration.wallets[0].nodes[2].isTrusted = true
        configuration.wallets[0].nodes[0].credentials = Credentials(username: [1], password: [2])
        configuration.wallets[0].order = .best
        #expect(Ruleset(configuration, Self.guarded(configuration)).table == table)
    }

    /// Nothing is redirected but the node's own, and only when asked for; the canary never.
    @Test func redirections() throws {
        var configuration = try Self.configuration()
        func rules() -> [[NftStatement]]? {
            Ruleset(configuration, Self.guarded(configuration)).table.chains.first { $0.hook == .natOutput }?.rules
        }
        #expect(rules() == nil)
        configuration.node.strays = .redirect
        let strays = try #require(rules())
        #expect(strays.allSatisfy { $0.first == .user(107) })
        #expect(strays.prefix(2).allSatisfy { $0.last == .goBack })
        #expect(strays.dropFirst(2).allSatisfy { $0.last == .redirect(18953) } && strays.count == 4)
        configuration.node.strays = .count
        configuration.node.dns = Endpoint("9.9.9.9:53")
        #expect(try #require(rules()).dropFirst(2).map(\.last) == [.redirect(18954), .redirect(18954)])
    }

    /// The same configuration and users give the same table: the router reckons with it.
    @Test func followsFromNothingElse() throws {
        let configuration = try Self.configuration()
        let first = Ruleset(configuration, Self.guarded(configuration))
        var other = configuration
        other.control.socket = "/elsewhere"
        other.route.hold = .seconds(1)
        other.route.clearnet = .block
        #expect(Ruleset(other, Self.guarded(other)) == first)
        other.node.localPorts = [18083]
        #expect(Ruleset(other, Self.guarded(other)) != first)
        #expect(Ruleset(configuration, Self.guarded(configuration, router: nil)) != first)
    }
}
