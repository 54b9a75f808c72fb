import CTestSystem
import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// Who uses a wallet's listener to which somebody is confined, by real sockets of several users.
@Suite(.serialized, .enabled(if: ThisProcess.user == 0, "needs root to make another user's socket"))
struct WalletOwnerTests {
    /// A user whom every Debian has; here the wallet's.
    private static let owner: UInt32 = 1
    /// A number that no user has.
    private static let stranger: UInt32 = 4_000_102

    /// A router whose wallet.0 is for "daemon" and whose wallet.1 is for anybody, with one node on this machine.
    private final class Running {
        let world: RouterWorld
        let node: FakeNode
        private let ports: [UInt16]
        private var fake: FakeGuard?

        init(_ mode: KillSwitchConfiguration.GuardMode) throws {
            ports = [try freePort(), try freePort()]
            let place = try freePort()
            var configuration = try RouterSamples(guardMode: mode).configuration
            configuration.wallets = ports.map { WalletConfiguration(listen: loopback($0), nodes: [.at(place)]) }
            configuration.killSwitch.confine = [ConfinedUserConfiguration(user: "daemon", listeners: ["wallet.0"])]
            world = try RouterWorld(configuration)
            node = try FakeNode(on: world.loop, port: place)
            if mode == .required { try prove() }
        }

        private func prove() throws {
            fake = try FakeGuard(at: world.directory.path + "/guard.sock", on: world.loop)
            #expect(world.run { fake?.isHeard == true && world.router.guardClient.machine.isUp })
            beat()
            #expect(world.run { world.router.guardProof.isProvenOrOff })
        }

        func beat() { fake?.beat(for: world.router) }

        /// A wallet of this user, that has asked.
        func ask(as user: UInt32, at listener: Int = 0) throws -> Wallet {
            let before = test_acts_as()
            test_act_as(user)
            defer { test_act_as(before) }
            let wallet = Wallet(try Socket.connect(to: loopback(ports[listener])), on: world.loop)
            wallet.send(Wallet.hardFork)
            return wallet
        }

        var threats: [String] { world.router.status.threats.filter { $0.hasPrefix("wallet.") } }
        var told: [String] { world.events.map(\.sentence).filter { $0.hasPrefix("wallet.") } }
    }

    @Test func whomItIsForIsServed() throws {
        let running = try Running(.required)
        let wallet = try running.ask(as: Self.owner)
        #expect(running.world.run { wallet.results == 1 })
        #expect(running.threats.isEmpty && running.told.isEmpty)
    }

    @Test(arguments: [0, stranger])
    func anotherIsClosedUnansweredAndNamedAndNoNodeIsAsked(_ user: UInt32) throws {
        let running = try Running(.required)
        let wallet = try running.ask(as: user)
        #expect(running.world.run(for: .seconds(1)) { wallet.hasEnded })
        #expect(wallet.heard.isEmpty)
        #expect(running.node.accepted == 0)
        let who = user == 0 ? "user root (id 0)" : "the user with id \(user)"
        let sentence = "wallet.0 was used by \(who), whom no guard holds: run what uses it as daemon"
        #expect(running.threats == [sentence])
        #expect(running.told == [sentence])
        // The other listener is for anybody.
        running.beat()
        let other = try running.ask(as: user, at: 1)
        #expect(running.world.run { other.results == 1 })
        #expect(running.threats == [sentence])
    }

    @Test func withoutAGuardHeIsServedAndNamed() throws {
        let running = try Running(.off)
        let wallet = try running.ask(as: Self.stranger)
        #expect(running.world.run { wallet.results == 1 })
        #expect(running.threats.count == 1)
    }

    /// A reload gives two tables each other's names: whoever was let in is held against the users of his own.
    @Test func aReloadThatRenumbersTablesClosesNobody() throws {
        let running = try Running(.required)
        running.node.answer = { _ in .silence }
        let wallet = try running.ask(as: 0, at: 1)
        #expect(running.world.run { running.node.asked.count == 1 })
        try running.world.reload {
            $0.wallets.reverse()
            $0.killSwitch.confine = [ConfinedUserConfiguration(user: "daemon", listeners: ["wallet.1"])]
        }
        running.world.run(for: .milliseconds(300))
        #expect(!wallet.hasEnded)
    }

    /// It was for anybody, and is for one from now on: who has each connection is looked up then.
    @Test func aReloadThatGivesATableToOneClosesTheOthersAlone() throws {
        let running = try Running(.required)
        let stranger = try running.ask(as: 0, at: 1)
        let owner = try running.ask(as: Self.owner, at: 1)
        #expect(running.world.run { stranger.results == 1 && owner.results == 1 })
        try running.world.reload { $0.wallets.reverse() }
        #expect(running.world.run(for: .seconds(2)) { stranger.hasEnded })
        #expect(!owner.hasEnded)
        owner.send(Wallet.hardFork)
        #expect(running.world.run { owner.results == 2 })
    }

    /// He was served while the guard was off; a new file requires it.
    @Test func aReloadThatRequiresTheGuardClosesHisConnection() throws {
        let running = try Running(.off)
        let stranger = try running.ask(as: Self.stranger)
        let owner = try running.ask(as: Self.owner)
        #expect(running.world.run { stranger.results == 1 && owner.results == 1 })
        try running.world.reload { $0.killSwitch.guardMode = .required }
        #expect(running.world.run(for: .seconds(2)) { stranger.hasEnded })
        #expect(!owner.hasEnded, "nothing is proven, so he is told that his daemon is busy")
        owner.send(Wallet.hardFork)
        #expect(running.world.run { owner.isBusy })
    }
}
