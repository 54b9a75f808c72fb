import Policy
import Protocols
import Testing

/// What the guard lets pass for published services, and for an I2P router that the router starts.
@Suite struct RulesetInboundTests {
    /// A service's target is dialled by the router, and answered by the node, which may not dial it itself; strangers come
    /// no nearer by it.
    @Test func inboundTargets() throws {
        var configuration = try RulesetTests.configuration()
        let plain = Ruleset(configuration, RulesetTests.guarded(configuration)).table
        configuration.inbound = InboundConfTests.configuration().inbound
        let table = Ruleset(configuration, RulesetTests.guarded(configuration)).table
        let loopback = IPAddress.v4(IPv4Address(127, 0, 0, 1))
        let targets: [UInt16] = [18084, 18089, 18080, 18085]
        func chain(_ name: String, _ table: NftTable) throws -> [[NftStatement]] {
            try #require(table.chains.first { $0.name == name }).rules
        }
        let added = try chain("router", table).filter { try !chain("router", plain).contains($0) }
        #expect(
            added
                == targets.map {
                    [
                        .destination(loopback, prefix: 32), .destinationPorts(.tcp, [$0]),
                        .setConnectionMark(0x786d_7600), .accept,
                    ]
                })
        #expect(try chain("user_107", table) == chain("user_107", plain))
        let others = { (table: NftTable) in table.chains.filter { $0.name != "router" } }
        #expect(others(table) == others(plain))
    }

    /// An i2pd that the router starts has its user too, and dials whom it wants.
    @Test func aManagedI2PRouter() throws {
        var configuration = try RulesetTests.configuration()
        #expect(RulesetTests.guarded(configuration).router == 995)
        configuration.egresses.append(EgressConfiguration(name: "i2p", kind: .i2p(I2PConfiguration(.managed))))
        #expect(RulesetTests.guarded(configuration).router == 995, "nothing is routed to it, so it is not started")
        configuration.route.i2p = .egress("i2p")
        #expect(RulesetTests.guarded(configuration).router == nil)
        #expect(
            configuration.explanation().contains(
                "the router's own user is not held: the i2pd that it starts has that user, and dials whom it wants"))
        configuration.egresses[0].kind = .tor(TorConfiguration(.managed(torrc: [])))
        #expect(
            configuration.explanation().contains(
                "not held: the Tor and i2pd that it starts have that user, and dial whom they want"))
    }
}
