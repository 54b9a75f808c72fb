import Policy
import Protocols
import Testing

/// A service that is to be tried again, while others do well.
@Suite struct OnionServicesRetryTests {
    /// A descriptor's event may come in the moment that the retry is due, before the timer's own.
    @Test func aDescriptorOfAnotherDoesNotLoseARetry() throws {
        var world = OnionServicesWorld()
        world.files[.p2p] = .success(try OnionKeyFileTests.file())
        world.files[.sync] = .failure(.exposed(path: "k"))
        world.configure([OnionServicesTests.service(.p2p), OnionServicesTests.service(.sync)])
        world.hear(.open(user: 107))
        world.judge()
        world.hear(.added(name: "tor.p2p", address: OnionServicesTests.address, newKey: nil))
        let due = try #require(world.machine.deadline)
        world.files[.sync] = .success(nil)
        world.now = due
        world.upload(OnionServicesTests.address, at: "A")
        #expect(world.asked.contains { $0.name == "tor.sync" })
    }
}
