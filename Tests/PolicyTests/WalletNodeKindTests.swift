import Policy
import Protocols
import Testing

/// Which nodes are dialled straight, past every egress: those to whom nothing leaves this machine, and no others.
@Suite struct WalletNodeKindTests {
    private func kind(_ address: String) throws -> WalletNodeConfiguration.Kind {
        let address = try #require(IPAddress(address))
        return WalletNodeConfiguration(destination: Destination(host: Host(address), port: 18081)).kind
    }

    @Test(arguments: ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"])
    func onThisMachine(_ address: String) throws {
        #expect(try kind(address) == .loopback)
    }

    /// Linux sends 0.1.2.3 out by the default route.
    @Test(arguments: [
        "0.1.2.3", "0.0.0.1", "::ffff:0.1.2.3", "64:ff9b::1", "10.0.0.1", "192.168.1.5", "fe80::1", "8.8.8.8",
    ])
    func notOnThisMachine(_ address: String) throws {
        #expect(try kind(address) == .clearnet)
    }

    @Test func whatIsNotOnThisMachineAndNowhereElseIsRefused() throws {
        let route = Route(RouteSamples.configuration(allowsPrivate: true))
        let host = Host(try #require(IPAddress("0.1.2.3")))
        #expect(route.decide(walletNode: Destination(host: host, port: 18081)) == .refuse(.privateDestination))
    }
}
