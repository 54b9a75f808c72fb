import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// What the router and its gateways tell each other: egresses, reloads, the end, and what is shown.
@Suite(.serialized) struct WalletRouterTests {
    /// A router with one node behind "proxy.b".
    private struct Remote {
        let world: WalletWorld
        let proxyA: FakeProxy
        let proxyB: FakeProxy

        init() throws {
            let onion = Destination(host: .onion(RouterSamples.onion), port: 18081)
            world = try WalletWorld([WalletNodeConfiguration(destination: onion)])
            proxyA = try FakeProxy(on: world.loop, port: world.samples.proxyA)
            proxyB = try FakeProxy(on: world.loop, port: world.samples.proxyB)
            proxyB.destination = { FakeNode.response(to: $0) }
            let isReady = world.world.waitUntilReady()
            #expect(isReady)
        }
    }

    @Test func aRemoteNodeIsReachedByItsEgressAlone() throws {
        let remote = try Remote()
        let wallet = try remote.world.ask()
        #expect(remote.world.run { wallet.results == 1 })
        #expect(!remote.proxyB.requests.isEmpty)
        #expect(remote.proxyB.requests.allSatisfy { $0.count == 66 }, "the onion's name and its port, nothing resolved")
        #expect(remote.proxyA.requests.isEmpty)
    }

    /// It was sent before the request.
    @Test func whatComesWithTheProxysReplyIsNoAnswer() throws {
        let remote = try Remote()
        remote.proxyB.greeting = FakeNode.response(to: [])
        remote.proxyB.destination = { _ in nil }
        let wallet = try remote.world.ask()
        #expect(remote.world.run { wallet.answers == 1 })
        #expect(wallet.isBusy && !wallet.text.contains("\"OK\""))
        #expect(remote.proxyB.lastStream.isEmpty, "nothing was asked of it")
    }

    @Test func withoutItsEgressItIsBusyAndNothingIsDialled() throws {
        let onion = Destination(host: .onion(RouterSamples.onion), port: 18081)
        let world = try WalletWorld([WalletNodeConfiguration(destination: onion)])
        let wallet = try world.ask()
        #expect(world.run { wallet.isBusy })
        let proxy = try FakeProxy(on: world.loop, port: world.samples.proxyB)
        proxy.destination = { FakeNode.response(to: $0) }
        #expect(world.run { world.router.egresses.last?.readiness.isReady == true })
        wallet.send(Wallet.hardFork)
        #expect(world.run { wallet.answers == 2 && wallet.text.contains("OK") })
    }

    @Test func anEgressThatIsLostCutsItsLinks() throws {
        let remote = try Remote()
        let wallet = try remote.world.ask()
        #expect(remote.world.run { wallet.results == 1 })
        remote.proxyB.destination = { _ in nil }
        wallet.send(Wallet.hardFork)
        remote.world.world.run(for: .milliseconds(50))
        remote.proxyB.end()
        #expect(remote.world.run(for: .seconds(5)) { wallet.answers == 2 }, "at once, not at a time-out")
        #expect(wallet.isBusy)
    }

    @Test func aRouteThatIsBlockedCutsItsLinks() throws {
        let remote = try Remote()
        let wallet = try remote.world.ask()
        #expect(remote.world.run { wallet.results == 1 && remote.proxyB.open > 0 })
        try remote.world.world.reload { $0.route.onion = .block }
        // The egress itself keeps the connection of its last probe, which asked for nothing.
        #expect(remote.world.run { remote.proxyB.open == 0 })
        wallet.send(Wallet.hardFork)
        #expect(remote.world.run { wallet.answers == 2 && wallet.isBusy })
    }

    @Test func aReloadKeepsWhatItDoesNotChange() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try world.ask()
        #expect(world.run { wallet.results == 1 })
        let gateway = try #require(world.router.gateways.first)
        try world.world.reload { $0.route.clearnet = .block }
        #expect(world.router.gateways.first === gateway)
        wallet.send(Wallet.hardFork)
        #expect(world.run { wallet.results == 2 })
        #expect(Set(node.asked.map(\.connection)).count == 1)
    }

    @Test func aChangedTableTakesItsListenerOverAndLetsTheOldRequestsEnd() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .silence }
        let idle = try world.wallet()
        let wallet = try world.ask()
        #expect(world.run { node.asked.count == 1 })
        let other = try FakeNode(on: world.loop, port: try freePort())
        try world.world.reload { $0.wallets[0].nodes = [.at(other.port)] }
        idle.send(Wallet.hardFork)
        #expect(world.run { idle.results == 1 }, "its connection is the new one's")
        #expect(!wallet.hasEnded && !idle.hasEnded)
        let next = try world.ask()
        #expect(world.run { next.results == 1 })
        #expect(other.asked.count == 2 && node.asked.count == 1)
        #expect(!world.run(for: .seconds(6)) { wallet.hasEnded }, "it has the time that it would have had")
        node.sayToAll(FakeNode.response(to: []))
        #expect(world.run { wallet.results == 1 })
        #expect(world.run { world.router.retiredGateways.isEmpty })
        #expect(!wallet.hasEnded)
        #expect(world.run { node.open == 0 })
        let later = try world.ask()
        #expect(world.run { later.results == 1 }, "the end of the old one has not stopped the new one's listening")
    }

    @Test func aChangedTableWithNothingUnderWayGoesOnListening() throws {
        let (world, node) = try WalletWorld.withNode()
        for _ in 0..<3 {
            try world.world.reload { $0.wallets[0].nodes.append(.at(node.port)) }
            #expect(world.run { world.router.retiredGateways.isEmpty })
            let wallet = try world.ask()
            #expect(world.run { wallet.results == 1 })
        }
    }

    @Test func anAddressThatIsTakenRefusesTheReload() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try world.ask()
        #expect(world.run { wallet.results == 1 })
        let taken = try freePort()
        let holder = try Socket.listen(at: loopback(taken))
        var sentence = ""
        do {
            try world.world.reload {
                $0.wallets[0].nodes.append(.at(1))
                $0.wallets.append(WalletConfiguration(listen: loopback(taken), nodes: [.at(node.port)]))
            }
        } catch {
            sentence = "\(error)"
        }
        #expect(sentence.hasPrefix("wallet.1 cannot listen at"))
        wallet.send(Wallet.hardFork)
        #expect(world.run { wallet.results == 2 }, "the old one is in force")
        _ = holder.raw
    }

    @Test func atTheEndARequestUnderWayIsAnswered() throws {
        let (world, node) = try WalletWorld.withNode()
        let idle = try world.wallet()
        node.answer = { _ in .silence }
        let wallet = try world.ask()
        #expect(world.run { node.asked.count == 1 })
        var isDone = false
        #expect(world.router.drain { isDone = true })
        #expect(world.run { idle.hasEnded })
        #expect(!isDone)
        node.sayToAll(FakeNode.response(to: []))
        #expect(world.run { isDone })
        #expect(world.run { wallet.hasEnded })
        #expect(wallet.results == 1)
    }

    /// Also of a table that a reload has changed since.
    @Test func atTheEndARequestOfARetiredListenerIsWaitedFor() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .silence }
        let wallet = try world.ask()
        #expect(world.run { node.asked.count == 1 })
        try world.world.reload { $0.wallets[0].nodes.append(.at(node.port)) }
        var isDone = false
        #expect(world.router.drain { isDone = true })
        #expect(!world.run(for: .milliseconds(300)) { isDone })
        node.sayToAll(FakeNode.response(to: []))
        #expect(world.run { isDone && wallet.results == 1 })
    }

    @Test func theStatusNamesPlacesAndCountsNothing() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try world.ask()
        #expect(world.run { wallet.results == 1 })
        let status = world.router.status
        #expect(status.listeners.last == ListenerStatus(name: "wallet.0", address: "127.0.0.1:\(world.port)"))
        #expect(status.wallet.nodes.map(\.name) == ["wallet.0.node.0"])
        let text = String(decoding: status.encode().encoded(), as: UTF8.self)
        #expect(!text.contains("\(node.port)"))
    }

    @Test func aTestOfTheNodesReportsEach() throws {
        let port = try freePort()
        let world = try WalletWorld([.at(port), .at(try freePort())], change: { $0.fallback = true })
        let node = try FakeNode(on: world.loop, port: port)
        var document: NodeTestDocument?
        try world.router.testNodes { document = $0 }
        #expect(world.run(for: .seconds(60)) { document != nil })
        let text = String(decoding: document?.encode().encoded() ?? [], as: UTF8.self)
        #expect(text.contains("wallet.0.node.0") && text.contains("wallet.0.node.1"))
        #expect(text.contains("3000000"), "\(text)")
        #expect(node.asked.isEmpty)
        #expect(throws: StartFailure.self) {
            try RouterWorld(RouterSamples().configuration).router.testNodes { _ in }
        }
    }
}
