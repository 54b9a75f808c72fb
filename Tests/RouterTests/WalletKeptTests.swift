import CTestSystem
import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// Kept connections and answers on their way, over time, a reload and the end: a wallet does not see that one was closed,
/// and one in mid-transfer would draw other decoys.
@Suite(.serialized) struct WalletKeptTests {
    private static let transaction = Wallet.post("/sendrawtransaction", Array(#"{"tx_as_hex":"abcd"}"#.utf8))
    private static let head = transaction.count - 15

    private static func answer(to asked: FakeNode.Asked) -> FakeNode.Answer {
        .body(asked.path == "/sendrawtransaction" ? Array(#"{"status":"OK"}"#.utf8) : FakeNode.ok)
    }

    /// Its first answer has come.
    private func asked(_ world: WalletWorld) throws -> Wallet {
        let wallet = try world.ask()
        #expect(world.run { wallet.results == 1 })
        return wallet
    }

    /// A wallet whose first answer has come, and whose transaction is here without its body.
    private func halfAsked() throws -> (WalletWorld, FakeNode, Wallet) {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try asked(world)
        node.answer = Self.answer
        wallet.send(Array(Self.transaction[..<Self.head]))
        world.world.run(for: .milliseconds(50))
        return (world, node, wallet)
    }

    /// One that reads nothing for now, with little room in the kernel; its node has begun to answer.
    private func slow(_ world: WalletWorld, _ node: FakeNode, _ request: [UInt8], _ size: Int) throws -> Wallet {
        node.answer = { _ in .long(size) }
        let socket = try Socket.connect(to: loopback(world.port))
        test_shrink(socket.raw, 65536)
        let wallet = Wallet(socket, on: world.loop)
        wallet.stream.pause()
        wallet.send(request)
        #expect(world.run { node.written > size / 5 })
        world.world.run(for: .milliseconds(500))
        return wallet
    }

    @Test func anIdleConnectionIsKeptAndASilentOneIsNot() throws {
        let (world, _) = try WalletWorld.withNode()
        let silent = try world.wallet()
        let wallet = try asked(world)
        let gateway = try #require(world.router.gateways.first)
        gateway.sweep(world.loop.now + .seconds(660))
        #expect(world.run { silent.hasEnded })
        wallet.send(Wallet.hardFork)
        #expect(world.run { wallet.results == 2 })
    }

    @Test func anIdleConnectionIsTheNextTables() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try asked(world)
        let other = try FakeNode(on: world.loop, port: try freePort())
        try world.world.reload { $0.wallets[0].nodes = [.at(other.port)] }
        #expect(world.run { world.router.retiredGateways.isEmpty })
        wallet.send(Wallet.hardFork)
        #expect(world.run { wallet.results == 2 })
        #expect(node.asked.count == 1 && other.asked.count == 1)
        #expect(world.router.budget.open == 1)
        wallet.stream.close()
        #expect(world.run { world.router.budget.open == 0 })
    }

    /// Also what it sent ahead, and over several reloads.
    @Test(arguments: [false, true]) func aBusyConnectionIsTheNextTablesAfterItsAnswer(_ sendsAhead: Bool) throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .silence }
        let wallet = try world.ask(Wallet.hardFork + (sendsAhead ? Wallet.hardFork : []))
        #expect(world.run { node.asked.count == 1 })
        let last = try FakeNode(on: world.loop, port: try freePort())
        for port in [try freePort(), last.port] {
            try world.world.reload { $0.wallets[0].nodes = [.at(port)] }
        }
        world.world.run(for: .milliseconds(50))
        #expect(wallet.answers == 0 && !wallet.hasEnded)
        node.sayToAll(FakeNode.response(to: []))
        #expect(world.run { wallet.results == (sendsAhead ? 2 : 1) })
        #expect(world.run { world.router.retiredGateways.isEmpty })
        if !sendsAhead { wallet.send(Wallet.hardFork) }
        #expect(world.run { wallet.results == 2 })
        #expect(node.asked.count == 1 && last.asked.count == 1)
    }

    /// Outputs that nobody was asked for yet, and what was sent ahead of their answer: both are asked of the next table's nodes.
    @Test func whatNobodyWasAskedForIsTheNextTables() throws {
        let onion = WalletNodeConfiguration(destination: Destination(host: .onion(RouterSamples.onion), port: 1))
        let world = try WalletWorld([onion])
        let proxies = try [world.samples.proxyA, world.samples.proxyB].map { try FakeProxy(on: world.loop, port: $0) }
        #expect(world.world.waitUntilReady())
        proxies[1].answersRequests = false
        let outputs = Wallet.post("/get_outs", Array(#"{"outputs":[{"amount":0,"index":900}]}"#.utf8))
        let wallet = try world.ask(outputs + Wallet.hardFork)
        world.world.run(for: .milliseconds(200))
        #expect(wallet.answers == 0)
        let other = try FakeNode(on: world.loop, port: try freePort())
        other.answer = { .body($0.path == "/get_outs" ? Array(#"{"status":"OK","outs":[]}"#.utf8) : FakeNode.ok) }
        try world.world.reload { $0.wallets[0].nodes = [.at(other.port)] }
        #expect(world.run { wallet.answers == 2 })
        #expect(!wallet.isBusy && wallet.text.contains(#""outs":[]"#), "\(wallet.text)")
        #expect(other.asked.contains { $0.path == "/get_outs" })
    }

    @Test func aRequestThatIsHalfThereAtAReloadIsTheNextTables() throws {
        let (world, node, wallet) = try halfAsked()
        let other = try FakeNode(on: world.loop, port: try freePort())
        other.answer = Self.answer
        try world.world.reload { $0.wallets[0].nodes = [.at(other.port)] }
        world.world.run(for: .milliseconds(50))
        wallet.send(Array(Self.transaction[Self.head...]))
        #expect(world.run { wallet.results == 2 })
        #expect(node.asked.count == 1 && other.asked.map(\.path) == ["/sendrawtransaction"])
    }

    /// A signed transaction whose node is gone: the reload that names another one brings it there.
    @Test func whatIsHeldGoesToTheNodesThatAReloadNames() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try asked(world)
        let dead = try freePort()
        try world.world.reload { $0.wallets[0].nodes = [.at(dead)] }
        wallet.send(Self.transaction)
        world.world.run(for: .milliseconds(1500))
        #expect(wallet.answers == 1)
        let other = try FakeNode(on: world.loop, port: try freePort())
        other.answer = Self.answer
        try world.world.reload { $0.wallets[0].nodes = [.at(other.port)] }
        #expect(world.run { wallet.results == 2 })
        #expect(node.asked.map(\.path) == ["/json_rpc"], "the one that was taken out")
        // Beside it, probes.
        #expect(other.asked.count { $0.path == "/sendrawtransaction" } == 1)
        #expect(world.run { world.router.retiredGateways.isEmpty })
    }

    @Test func aRequestThatIsHalfThereAtTheEndIsAnswered() throws {
        let (world, node, wallet) = try halfAsked()
        var isDone = false
        #expect(world.router.drain { isDone = true })
        wallet.send(Array(Self.transaction[Self.head...]))
        #expect(world.run { isDone })
        #expect(world.run { wallet.hasEnded })
        #expect(wallet.results == 2 && node.asked.count == 2)
    }

    /// What is forwarded, and what is held whole and given in one piece.
    @Test(arguments: [(Wallet.blocks, 5_000_000), (Wallet.distribution, 8_000_000)])
    func aReloadLeavesTheTailOfAnAnswerToASlowWallet(_ request: [UInt8], _ size: Int) throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try slow(world, node, request, size)
        try world.world.reload { $0.wallets[0].nodes.append(.at(node.port)) }
        world.world.run(for: .milliseconds(300))
        wallet.stream.resume()
        #expect(world.run(for: .seconds(30)) { wallet.count > size || wallet.hasEnded })
        #expect(wallet.count > size && !wallet.hasEnded)
        #expect(world.run { world.router.retiredGateways.isEmpty })
    }

    @Test func theEndWaitsForTheTailOfAnAnswerToASlowWallet() throws {
        let (world, node) = try WalletWorld.withNode()
        let wallet = try slow(world, node, Wallet.distribution, 8_000_000)
        var isDone = false
        #expect(world.router.drain { isDone = true })
        world.world.run(for: .milliseconds(300))
        #expect(!isDone)
        wallet.stream.resume()
        #expect(world.run(for: .seconds(30)) { isDone })
        #expect(world.run { wallet.hasEnded })
        #expect(wallet.count > 8_000_000)
    }

    /// Two nodes differ about outputs only after the reload: nobody is shown a second set by the table in force.
    @Test func whatARetiredTableLearnsLastIsKnownToTheNext() throws {
        let nodes = [18081, 18082].map {
            WalletNodeConfiguration(destination: Destination(host: .onion(RouterSamples.onion), port: $0))
        }
        let world = try WalletWorld(nodes) { $0.verifiesOutputs = true }
        let proxy = try FakeProxy(on: world.loop, port: world.samples.proxyB)
        let other = try FakeProxy(on: world.loop, port: world.samples.proxyA)
        var asked = 0
        proxy.destination = {
            guard String(decoding: $0, as: UTF8.self).contains("/get_outs") else { return FakeNode.response(to: $0) }
            asked += 1
            return nil
        }
        #expect(world.world.waitUntilReady())
        let outputs = Wallet.post("/get_outs", Array(#"{"outputs":[{"amount":0,"index":900}]}"#.utf8))
        let wallet = try world.ask(Wallet.hardFork)
        #expect(world.run { wallet.results == 1 })
        wallet.send(outputs)
        #expect(world.run { asked == 2 })
        try world.world.reload { $0.wallets[0].broadcast = 2 }
        proxy.say(toWhoSent: "/get_outs") {
            let body = Array(#"{"outs":[{"key":"\#($0)","unlocked":true}],"status":"OK"}"#.utf8)
            return FakeNode.head(body.count) + body
        }
        #expect(world.run { wallet.results == 2 && world.router.retiredGateways.isEmpty })
        #expect(wallet.isBusy)
        wallet.send(outputs)
        #expect(world.run { wallet.results == 3 || asked > 2 })
        #expect(asked == 2, "another set would show the real output")
        _ = other.endpoint
    }

    @Test func aTableThatIsTakenOutListensNoMoreAndMayComeBack() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .silence }
        let wallet = try world.ask()
        #expect(world.run { node.asked.count == 1 })
        let tables = world.world.configuration.wallets
        try world.world.reload { $0.wallets = [] }
        let refused = try world.wallet()
        #expect(world.run(for: .seconds(1)) { refused.hasEnded })
        #expect(!wallet.hasEnded)
        try world.world.reload { $0.wallets = tables }
        node.answer = { _ in .body(FakeNode.ok) }
        let next = try world.ask()
        #expect(world.run { next.results == 1 })
        node.sayToAll(FakeNode.response(to: []))
        #expect(world.run { wallet.results == 1 })
        wallet.send(Wallet.hardFork)
        #expect(world.run { wallet.results == 2 }, "it is the new table's")
    }

    @Test func theLongestIdleGoesForOneMore() throws {
        let (world, node) = try WalletWorld.withNode()
        let first = try asked(world)
        world.world.run(for: .milliseconds(20))
        let wallets = try (1..<WalletListener.limit).map { _ in try asked(world) }
        let late = try asked(world)
        #expect(first.hasEnded && wallets.allSatisfy { !$0.hasEnded } && !late.hasEnded)
        #expect(node.asked.count == WalletListener.limit + 1)
    }

    @Test func whereAllAreBusyOneMoreIsClosedAndTold() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .silence }
        let wallets = try (0..<WalletListener.limit).map { _ in try world.ask() }
        #expect(world.run { world.router.budget.open == WalletListener.limit })
        world.world.run(for: .milliseconds(100))
        let late = try world.ask()
        #expect(world.run { late.hasEnded })
        #expect(wallets.allSatisfy { !$0.hasEnded })
        world.router.tellRefusals()
        #expect(world.world.events.count { $0.sentence.contains(Refusal.connectionLimit.sentence()) } == 1)
    }
}
