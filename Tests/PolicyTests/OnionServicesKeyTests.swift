import Policy
import Protocols
import Testing

/// Whose key a service has that is not published yet.
@Suite struct OnionServicesKeyTests {
    @Test func aKeyThatIsPutBackBeforeTheServiceStandsIsTheServices() throws {
        let service = OnionServiceConfiguration(
            kind: .p2p, port: 18084, target: .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 18084))
        var world = OnionServicesWorld()
        world.configure([service])
        #expect(world.machine.statuses.first?.address == nil, "there is no file")
        world.files[.p2p] = .success(try OnionKeyFileTests.file())
        world.configure([service])
        #expect(world.machine.statuses.first?.address == OnionKeyFileTests.address + ":18084")
        world.hear(.open(user: 107))
        world.judge()
        #expect(world.asked.map(\.key?.text) == [OnionKeyFileTests.keyText])
    }
}
