import Policy
import Protocols
import Testing

/// Which way a request goes: only one that a rule lets through has any.
@Suite struct RouteTests {
    typealias Samples = RouteSamples

    private func decide(
        _ requestClass: RequestClass, _ host: Host, port: UInt16 = 18080,
        _ configuration: Configuration = Samples.configuration()
    ) -> Route.Decision {
        Samples.route(configuration).decide(Request(requestClass, to: Samples.destination(host, port: port)))
    }

    /// What the node's streams can be; what they may reach, as monerod's zones mean it.
    private static let nodeClasses: [RequestClass] = [.p2p, .torZone, .i2pZone, .stray]

    @Test(arguments: nodeClasses)
    func aZoneTakesItsOwnKindAlone(_ requestClass: RequestClass) {
        let ways: [(Host, way: String)] = [
            (Samples.onion, "tor"), (Samples.i2p, "proxy.i2p"), (Samples.publicName, "proxy.clearnet"),
            (Samples.publicIPv4, "proxy.clearnet"), (Samples.publicIPv6, "proxy.clearnet"),
        ]
        let configuration = Samples.configuration(clearnet: .egress("proxy.clearnet"))
        for (host, way) in ways {
            let isAllowed =
                switch requestClass {
                case .p2p, .stray: true
                case .torZone: host == Samples.onion
                case .i2pZone, .torUplink, .dns, .inbound, .inboundRPC: host == Samples.i2p
                }
            let expected: Route.Decision =
                isAllowed ? .via(egress: way, Samples.destination(host)) : .refuse(.wrongZone)
            #expect(decide(requestClass, host, configuration) == expected)
        }
    }

    /// A wallet's node goes by the route of its kind: also one that is on the ban list of peers, but to nothing private
    /// unless that is wanted, and never to loopback by an egress.
    @Test func aWalletsNodeGoesByTheRouteOfItsKind() {
        for allowsPrivate in [false, true] {
            let configuration = Samples.configuration(clearnet: .egress("proxy.c"), allowsPrivate: allowsPrivate)
            let route = Samples.route(configuration)
            func decide(_ host: Host) -> Route.Decision { route.decide(walletNode: Samples.destination(host)) }
            #expect(decide(Samples.onion) == .via(egress: "tor", Samples.destination(Samples.onion)))
            #expect(decide(Samples.i2p) == .via(egress: "proxy.i2p", Samples.destination(Samples.i2p)))
            for host in [Samples.publicName, Samples.publicIPv4, Samples.banned] {
                #expect(decide(host) == .via(egress: "proxy.c", Samples.destination(host)))
            }
            for host in [Samples.localName, Samples.address("192.168.1.1")] {
                let expected: Route.Decision =
                    allowsPrivate
                    ? .via(egress: "proxy.c", Samples.destination(host)) : .refuse(.privateDestination)
                #expect(decide(host) == expected)
            }
            for loopback in ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0"] {
                #expect(decide(Samples.address(loopback)) == .refuse(.privateDestination))
            }
            #expect(allowsPrivate || decide(Samples.own) == .refuse(.ownAddress))
        }
        let blocked = Samples.route(Samples.configuration(onion: .block))
        #expect(blocked.decide(walletNode: Samples.destination(Samples.onion)) == .refuse(.blocked))
    }

    /// What comes in ends at this machine: by no egress does it go anywhere, and no reload of the routes ends it.
    @Test(arguments: [RequestClass.inbound, .inboundRPC])
    func whatComesInHasNoRoute(_ requestClass: RequestClass) {
        for host in [Samples.onion, Samples.i2p, Samples.publicName, Samples.publicIPv4, Samples.own] {
            #expect(decide(requestClass, host) == .refuse(.blocked))
        }
        let blocked = Samples.route(Samples.configuration(onion: .block, clearnet: .block))
        #expect(
            blocked.stillAllows(requestClass, .clearnet, address: nil, isLocalName: false, egress: "tor"))
        #expect(requestClass.isInbound && !RequestClass.p2p.isInbound)
        #expect(requestClass.opensAsLevin == (requestClass == .inbound))
    }

    /// Our own Tor's relays go by the egress that Tor is reached through and no other, wherever the node's go.
    @Test func aTorOfOursReachesItsRelaysByItsVia() {
        let relay = Samples.destination(Samples.address("192.168.1.1"), port: 9001)
        var configuration = Samples.configuration()
        #expect(Samples.route(configuration).decide(Request(.torUplink, to: relay)) == .refuse(.blocked))
        configuration.egresses = [
            EgressConfiguration(name: "tor", kind: .tor(TorConfiguration(.managed(torrc: []), via: "vpn.wg")))
        ]
        let route = Samples.route(configuration)
        #expect(route.decide(Request(.torUplink, to: relay)) == .via(egress: "vpn.wg", relay))
        for egress in ["vpn.wg", "tor", "proxy.i2p"] {
            #expect(
                route.stillAllows(.torUplink, .clearnet, address: nil, isLocalName: false, egress: egress)
                    == (egress == "vpn.wg"))
        }
    }

    /// The operator chose the resolver: it goes by the clearnet route, wherever it is, and by no other.
    @Test func questionsForNamesGoByTheClearnetRoute() {
        let resolver = Samples.destination(Samples.address("10.64.0.1"), port: 53)
        let configuration = Samples.configuration(clearnet: .egress("proxy.clearnet"))
        let route = Samples.route(configuration)
        #expect(route.decide(Request(.dns, to: resolver)) == .via(egress: "proxy.clearnet", resolver))
        for egress in ["tor", "proxy.clearnet"] {
            #expect(
                route.stillAllows(.dns, .clearnet, address: nil, isLocalName: false, egress: egress)
                    == (egress == "proxy.clearnet"))
        }
        let blocked = Samples.route(Samples.configuration(clearnet: .block))
        #expect(blocked.decide(Request(.dns, to: resolver)) == .refuse(.blocked))
    }

    /// A stray is under the same rules as a peer that was named.
    @Test func aStrayIsHeldAgainstTheSameRules() {
        #expect(decide(.stray, Samples.address("192.168.1.1")) == .refuse(.privateDestination))
        #expect(decide(.stray, Samples.address("127.0.0.1")) == .refuse(.privateDestination))
        #expect(decide(.stray, Samples.publicIPv4, port: 443) == decide(.p2p, Samples.publicIPv4, port: 443))
    }

    @Test func aBlockedKindIsRefusedAndTheOthersAreNot() {
        for blocked in DestinationKind.allCases {
            func target(_ kind: DestinationKind) -> RouteTarget { kind == blocked ? .block : .egress("tor") }
            let configuration = Samples.configuration(
                onion: target(.onion), i2p: target(.i2p), clearnet: target(.clearnet))
            for host in [Samples.onion, Samples.i2p, Samples.publicName, Samples.publicIPv4, Samples.publicIPv6] {
                let isBlocked = DestinationKind(host) == blocked
                #expect(
                    decide(.p2p, host, configuration)
                        == (isBlocked ? .refuse(.blocked) : .via(egress: "tor", Samples.destination(host))))
            }
        }
    }

    @Test(arguments: Samples.privates + Samples.localNames)
    func privateDestinationsAreRefusedUnlessAllowed(_ host: Host) {
        #expect(decide(.p2p, host) == .refuse(.privateDestination))
        #expect(
            decide(.p2p, host, Samples.configuration(allowsPrivate: true))
                == .via(egress: "tor", Samples.destination(host)))
    }

    @Test(arguments: [Samples.own, Samples.ownIPv6])
    func ownAddressesAreRefusedUnlessPrivateIsAllowed(_ host: Host) {
        #expect(decide(.p2p, host) == .refuse(.ownAddress))
        #expect(
            decide(.p2p, host, Samples.configuration(allowsPrivate: true))
                == .via(egress: "tor", Samples.destination(host)))
        let elsewhere = Route(Samples.configuration(), ownAddresses: [])
        #expect(
            elsewhere.decide(Request(.p2p, to: Samples.destination(host)))
                == .via(egress: "tor", Samples.destination(host)))
    }

    @Test func anOwnIPv4AddressIsRefusedInItsIPv6FormToo() {
        #expect(decide(.p2p, Samples.address("::ffff:81.2.69.160")) == .refuse(.ownAddress))
        #expect(decide(.p2p, Samples.address("64:ff9b::81.2.69.160")) == .refuse(.ownAddress))
    }

    @Test(arguments: [Samples.banned, Samples.bannedIPv6, Samples.address("::ffff:45.9.17.3")])
    func bannedPeersAreRefusedWhateverElseIsAllowed(_ host: Host) {
        for allowsPrivate in [false, true] {
            #expect(decide(.p2p, host, Samples.configuration(allowsPrivate: allowsPrivate)) == .refuse(.banned))
        }
        #expect(
            decide(.p2p, host, Samples.configuration(banList: BanList()))
                == .via(egress: "tor", Samples.destination(host)))
    }

    static let virtual = VirtualPeer(
        address: IPv4Address(10, 192, 0, 1), port: 18080,
        destination: Destination(host: Samples.onion, port: 18084))

    @Test func aVirtualPeerIsItsOnionForTheNodeAlone() {
        let configuration = Samples.configuration(virtualPeers: [Self.virtual])
        let host = Samples.address("10.192.0.1")
        #expect(decide(.p2p, host, configuration) == .via(egress: "tor", Self.virtual.destination))
        #expect(decide(.torZone, host, configuration) == .refuse(.wrongZone))
        #expect(decide(.i2pZone, host, configuration) == .refuse(.wrongZone))
        #expect(decide(.p2p, host, port: 18081, configuration) == .refuse(.privateDestination))
        #expect(decide(.p2p, Samples.address("10.192.0.2"), configuration) == .refuse(.privateDestination))
    }

    @Test func aVirtualPeerFollowsTheRouteOfWhatItStandsFor() {
        let host = Samples.address("10.192.0.1")
        let blocked = Samples.configuration(onion: .block, virtualPeers: [Self.virtual])
        #expect(decide(.p2p, host, blocked) == .refuse(.blocked))
        let overI2P = VirtualPeer(
            address: IPv4Address(10, 192, 0, 1), port: 18080, destination: Samples.destination(Samples.i2p))
        #expect(
            decide(.p2p, host, Samples.configuration(virtualPeers: [overI2P]))
                == .via(egress: "proxy.i2p", overI2P.destination))
    }

    /// Every relay that a reload finds open is judged as its request would be judged now.
    @Test func whatStaysAfterAReloadIsWhatWouldBeLetThroughAnew() {
        let configurations: [Configuration] = [RouteTarget.egress("tor"), .egress("proxy.a"), .block].flatMap {
            target in
            [false, true].flatMap { allowsPrivate in
                [BanList(), Samples.banList].map { banList in
                    Samples.configuration(
                        onion: target, i2p: target == .block ? .egress("proxy.a") : .block, clearnet: target,
                        allowsPrivate: allowsPrivate, banList: banList, virtualPeers: [Self.virtual])
                }
            }
        }
        var kept = 0
        var cut = 0
        for before in configurations {
            for requestClass in Self.nodeClasses {
                for host in Samples.hosts + [Samples.address("10.192.0.1")] {
                    guard case .via(let egress, let target) = decide(requestClass, host, before) else { continue }
                    for after in configurations {
                        let anew = Samples.route(after).decide(Request(requestClass, to: target))
                        let stays = Samples.route(after).stillAllows(target.host, by: egress)
                        #expect(
                            stays == (anew == .via(egress: egress, target)),
                            "\(target) by \(egress): stays \(stays), but anew \(anew)")
                        if stays { kept += 1 } else { cut += 1 }
                    }
                }
            }
        }
        #expect(kept > 100 && cut > 100)
    }
}

extension Route {
    /// Asks as the router does, who keeps of a relay no more than this.
    fileprivate func stillAllows(_ host: Host, by egress: String) -> Bool {
        let address: IPAddress? = if case .address(let address) = host { address } else { nil }
        return stillAllows(.p2p, DestinationKind(host), address: address, isLocalName: host.isLocalName, egress: egress)
    }
}
