import Policy
import Protocols
import Testing

/// Which onion services stand, when, and with which key.
@Suite struct OnionServicesTests {
    static let address = OnionKeyFileTests.address
    private static let other = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion"
    private static let directory = String(repeating: "A", count: 40)

    static func service(_ kind: InboundKind, port: UInt16? = nil) -> OnionServiceConfiguration {
        OnionServiceConfiguration(
            kind: kind, port: port ?? kind.defaultPort,
            target: .tcp(.v4(IPv4Address(127, 0, 0, 1)), port: kind.defaultPort))
    }

    /// A world where all may stand and Tor runs as 107; its p2p service has a key.
    private func ready(_ services: [OnionServiceConfiguration] = [service(.p2p)], hasKey: Bool = true) throws
        -> OnionServicesWorld
    {
        var world = OnionServicesWorld()
        if hasKey { world.files[.p2p] = .success(try OnionKeyFileTests.file()) }
        world.configure(services)
        world.hear(.open(user: 107))
        world.judge()
        return world
    }

    private func standing() throws -> OnionServicesWorld {
        var world = try ready()
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: nil))
        return world
    }

    @Test func aKeptKeyIsUsedAndItsAddressKnownBefore() throws {
        var world = OnionServicesWorld()
        world.files[.p2p] = .success(try OnionKeyFileTests.file())
        world.configure([Self.service(.p2p)])
        #expect(
            world.machine.statuses
                == [
                    InboundStatus(
                        name: "tor.p2p", address: Self.address + ":18084", published: false,
                        detail: "not while nothing passes")
                ])
        #expect(world.asked.isEmpty && world.listening.isEmpty)
        world.hear(.open(user: 107))
        #expect(world.asked.isEmpty, "Tor is not proven yet")
        world.judge()
        #expect(world.listening == [.p2p: 107])
        #expect(world.asked.map(\.key?.text) == [OnionKeyFileTests.keyText])
        #expect(world.asked.map(\.target) == [.unix("/x/p2p")] && world.asked.map(\.port) == [18084])
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: nil))
        #expect(world.published == [false], "no directory has it yet")
        world.upload(Self.address, at: Self.directory)
        #expect(world.published == [true] && world.written.isEmpty)
        #expect(world.machine.statuses.first?.detail == nil)
    }

    @Test func aKeyIsMadeOnceAndKept() throws {
        var world = try ready(hasKey: false)
        #expect(world.asked.count == 1 && world.asked.last?.key == nil)
        #expect(world.machine.statuses.first?.address == nil)
        let file = try OnionKeyFileTests.file()
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: file.key))
        #expect(world.written == [file])
        #expect(world.machine.statuses.first?.address == Self.address + ":18084")
        // Tor starts anew.
        world.hear(.closed)
        #expect(world.listening.isEmpty)
        world.hear(.open(user: 107))
        #expect(world.asked.count == 2 && world.asked.last?.key == file.key)
    }

    @Test(arguments: [
        OnionKeyFailure.malformed(path: "/state/inbound/tor.p2p.key"), .exposed(path: "/k"),
        .unreadable(path: "/k", "x"),
    ])
    func aKeyThatCannotBeReadIsNotReplaced(failure: OnionKeyFailure) throws {
        var world = OnionServicesWorld()
        world.files[.p2p] = .failure(failure)
        world.configure([Self.service(.p2p)])
        world.hear(.open(user: 107))
        world.judge()
        for _ in 0..<100 { world.pass(.seconds(10)) }
        #expect(world.asked.isEmpty && world.listening.isEmpty && world.written.isEmpty)
        #expect(world.published == [false])
        #expect(world.machine.problems == ["tor.p2p is not published: \(failure.sentence)"])
        // Mended, it stands within a minute.
        world.files[.p2p] = .success(try OnionKeyFileTests.file())
        world.pass(.seconds(60))
        #expect(world.asked.count == 1 && world.asked.last?.key != nil)
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: nil))
        #expect(world.machine.problems.isEmpty)
    }

    @Test func aKeyThatCannotBeKeptIsNotPublishedWith() throws {
        var world = try ready(hasKey: false)
        world.writeFailure = .unwritable(path: "/k", "No space left on device")
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: try OnionKeyFileTests.file().key))
        #expect(world.unpublished == [Self.address] && world.listening.isEmpty)
        #expect(world.machine.statuses.first?.address == nil)
        #expect(world.machine.problems.first?.contains("No space left on device") == true)
        world.hear(.deleted(address: Self.address))
        #expect(world.asked.count == 1, "not at once")
        world.writeFailure = nil
        world.pass(.seconds(2))
        #expect(world.asked.count == 2 && world.asked.last?.key == nil)
    }

    /// A damaged key is another key: its address would be another.
    @Test func aKeyOfAnotherAddressIsTakenDown() throws {
        var world = try ready()
        world.hear(.added(name: "tor.p2p", address: Self.other, newKey: nil))
        #expect(world.unpublished == [Self.other] && world.listening.isEmpty && world.published == [false])
        #expect(world.machine.problems.first?.contains("/state/inbound/tor.p2p.key") == true)
        world.upload(Self.other, at: Self.directory)
        #expect(world.published == [false])
    }

    @Test func theLockTakesDownAndUnlockPublishesAgain() throws {
        var world = try standing()
        world.upload(Self.address, at: Self.directory)
        world.judge(mayStand: false)
        #expect(world.listening.isEmpty && world.unpublished == [Self.address] && world.published == [false])
        #expect(world.machine.problems.isEmpty, "the lock says enough")
        // Unlocked before Tor has answered: it would say that the address is there.
        world.judge()
        #expect(world.asked.count == 1)
        world.hear(.deleted(address: Self.address))
        #expect(world.asked.count == 2 && world.listening == [.p2p: 107])
        #expect(world.asked.last?.key?.text == OnionKeyFileTests.keyText)
    }

    @Test func aLockWhileTorIsAskedTakesDownWhatComes() throws {
        var world = try ready()
        world.judge(mayStand: false)
        #expect(world.listening.isEmpty && world.unpublished.isEmpty)
        world.judge()
        #expect(world.listening.isEmpty, "what comes by the old request has nowhere to go")
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: nil))
        #expect(world.unpublished == [Self.address] && world.published == [false])
        world.hear(.deleted(address: Self.address))
        #expect(world.listening == [.p2p: 107] && world.asked.count == 2)
    }

    @Test func aNewKeyIsKeptAlsoWhereTheLockCameBetween() throws {
        var world = try ready(hasKey: false)
        world.judge(mayStand: false)
        let file = try OnionKeyFileTests.file()
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: file.key))
        #expect(world.written == [file] && world.unpublished == [Self.address] && world.listening.isEmpty)
    }

    @Test func nothingStandsWhereItMayNot() throws {
        var world = OnionServicesWorld()
        world.files[.p2p] = .success(try OnionKeyFileTests.file())
        world.configure([Self.service(.p2p)])
        world.hear(.open(user: 107))
        world.judge(mayStand: false)
        for _ in 0..<20 { world.pass(.seconds(60)) }
        #expect(world.asked.isEmpty && world.listening.isEmpty)
    }

    /// Tor itself keeps the service: its address is found again sooner. But nobody is told that it is published.
    @Test func aTorThatLosesTheNetworkKeepsItsServices() throws {
        var world = try standing()
        world.upload(Self.address, at: Self.directory)
        world.judge(isTorReady: false)
        #expect(world.unpublished.isEmpty && world.listening == [.p2p: 107] && world.published == [false])
        world.judge()
        #expect(world.published == [true] && world.asked.count == 1)
    }

    @Test func aTorThatDoesNotSayWhoItIsPublishesNothing() throws {
        var world = OnionServicesWorld()
        world.configure([Self.service(.p2p)])
        world.hear(.open(user: nil))
        world.judge()
        world.pass(.seconds(100))
        #expect(world.asked.isEmpty && world.listening.isEmpty)
        #expect(world.machine.problems.first?.contains("as which user it runs") == true)
    }

    @Test func aReloadAddsChangesAndRemoves() throws {
        var world = try standing()
        world.configure([Self.service(.p2p), Self.service(.sync)])
        #expect(world.unpublished.isEmpty && world.asked.map(\.name) == ["tor.p2p", "tor.sync"])
        #expect(world.machine.statuses.map(\.name) == ["tor.p2p", "tor.sync"])
        // Another port: the same key, as soon as Tor has taken the old one down.
        world.configure([Self.service(.p2p, port: 18099), Self.service(.sync)])
        #expect(world.unpublished == [Self.address] && world.asked.count == 2)
        world.hear(.deleted(address: Self.address))
        #expect(world.asked.last?.port == 18099 && world.asked.last?.key?.text == OnionKeyFileTests.keyText)
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: nil))
        world.configure([Self.service(.sync)])
        #expect(world.unpublished.count == 2 && world.listening.keys.contains(.p2p) == false)
        #expect(world.machine.statuses.map(\.name) == ["tor.sync"])
        world.hear(.deleted(address: Self.address))
        #expect(world.asked.count == 3)
    }

    @Test func aCollisionIsTriedAgainLaterAndLater() throws {
        var world = try ready()
        var asked: [Int] = []
        for _ in 0..<130 {
            if world.listening[.p2p] != nil {
                asked.append(Int((world.now - Instant(milliseconds: 1_000_000)).milliseconds / 1000))
                world.hear(
                    .refused(name: "tor.p2p", TorOnionRefusal(code: 550, sentence: "Onion address collision")))
            }
            world.pass(.seconds(1))
        }
        #expect(asked == [0, 1, 3, 7, 15, 31, 63, 123])
        #expect(world.machine.problems.first?.contains("another router") == true)
        #expect(!world.asked.contains { !$0.asksForWork }, "a collision says nothing of it")
    }

    @Test func aTorWithoutProofOfWorkPublishesWithoutItAndThatIsSaid() throws {
        var world = try ready()
        #expect(world.asked.last?.asksForWork == true)
        world.hear(.refused(name: "tor.p2p", TorOnionRefusal(code: 512, sentence: "Unrecognized keyword")))
        #expect(world.asked.count == 2 && world.asked.last?.asksForWork == false && world.told.isEmpty)
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: nil))
        #expect(world.told.count == 1 && world.told.first?.contains("Unrecognized keyword") == true)
        #expect(world.machine.problems.isEmpty)
        // Said once; another Tor is asked anew.
        world.hear(.closed)
        world.hear(.open(user: 107))
        #expect(world.asked.last?.asksForWork == true)
        world.hear(.refused(name: "tor.p2p", TorOnionRefusal(code: 512, sentence: "Unrecognized keyword")))
        world.hear(.added(name: "tor.p2p", address: Self.address, newKey: nil))
        #expect(world.told.count == 1)
    }

    @Test func whatIsRefusedWithoutItTooIsAProblem() throws {
        var world = try ready([Self.service(.p2p), Self.service(.rpc)])
        for name in ["tor.p2p", "tor.rpc"] {
            world.hear(.refused(name: name, TorOnionRefusal(code: 513, sentence: "No")))
        }
        #expect(world.asked.map(\.asksForWork) == [true, true, false, false])
        world.hear(.refused(name: "tor.p2p", TorOnionRefusal(code: 513, sentence: "No")))
        #expect(world.machine.problems.count == 1 && world.machine.problems.first?.contains("(No)") == true)
        #expect(world.listening.keys.sorted { $0.rawValue < $1.rawValue } == [.rpc])
        world.configure([Self.service(.p2p), Self.service(.rpc)])
        #expect(world.asked.last?.asksForWork == true)
    }

    @Test func aListenerThatCannotBeHadIsSaidAndTriedAgain() throws {
        var world = OnionServicesWorld()
        world.listenFailure = "tor.p2p cannot listen"
        world.configure([Self.service(.p2p)])
        world.hear(.open(user: 107))
        world.judge()
        #expect(world.machine.problems == ["tor.p2p is not published: tor.p2p cannot listen"])
        world.listenFailure = nil
        world.pass(.seconds(1))
        #expect(world.asked.count == 1)
    }

    @Test func whatNoDirectoryHasIsSaidAfterTwoMinutes() throws {
        var world = try standing()
        world.pass(.seconds(119))
        #expect(world.machine.problems.isEmpty)
        #expect(world.machine.deadline == world.now + .seconds(1))
        world.pass(.seconds(1))
        #expect(world.machine.problems.first?.contains("no directory of Tor's") == true)
        world.upload(Self.address, at: Self.directory)
        #expect(world.machine.problems.isEmpty && world.published == [true])
    }

    @Test func anUploadIsLostByFailureOrAfterThreeHours() throws {
        var world = try standing()
        world.upload(Self.address, at: "A")
        world.upload(Self.address, at: "B")
        world.upload(Self.address, .failed, at: "A")
        #expect(world.published == [true])
        world.upload(Self.address, .failed, at: "B")
        #expect(world.published == [false])
        world.upload(Self.address, at: "B")
        world.pass(.seconds(3 * 3600 - 1))
        #expect(world.published == [true])
        world.pass(.seconds(1))
        #expect(world.published == [false])
    }

    /// Whoever makes Tor name directories without end fills no memory.
    @Test func directoriesAreBounded() throws {
        var world = try standing()
        for index in 0..<1000 { world.upload(Self.address, at: "\(index)") }
        for index in 0..<64 { world.upload(Self.address, .failed, at: "\(index)") }
        #expect(world.published == [false])
    }

    /// A Tor that answers what nobody asked, or in another order, leaves nothing standing that should not.
    @Test func whatNobodyAskedForIsTakenDown() throws {
        var world = try standing()
        world.hear(.added(name: "tor.rpc", address: Self.other, newKey: nil))
        #expect(world.unpublished == [Self.other])
        world.hear(.deleted(address: Self.other))
        world.hear(.refused(name: "tor.p2p", TorOnionRefusal(code: 550, sentence: "x")))
        world.hear(.descriptor(TorDescriptorEvent(address: Self.other, status: .uploaded, directory: "A")))
        #expect(world.listening == [.p2p: 107] && world.machine.problems.isEmpty)
    }
}
