import CTestSystem
import EventLoop
import LoopTurns
import Policy
import Protocols
import Testing

@testable import Router

/// Answers that are longer than is held: they pass as they come, and no faster than they are taken.
@Suite(.serialized) struct WalletStreamingTests {
    private static let size = 100_000_000

    /// Has a hundred megabytes pass.
    ///
    /// - Returns: who took them, and by how much the process grew meanwhile.
    private func grow(_ world: WalletWorld, _ node: FakeNode) throws -> (Wallet, Int) {
        node.answer = { _ in .long(Self.size) }
        let before = try residentBytes()
        let wallet = try world.ask(Wallet.blocks)
        var most = before
        #expect(
            world.run(for: .seconds(60)) {
                most = max(most, (try? residentBytes()) ?? 0)
                return wallet.count > Self.size
            })
        return (wallet, most - before)
    }

    @Test func aHundredMegabytesPassWithFlatMemory() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .long(5_000_000) }
        let warm = try world.ask(Wallet.blocks)
        #expect(world.run { warm.count > 5_000_000 })
        // Other suites run in this process meanwhile, and grow it too: what this one takes, it takes each time.
        var (wallet, grown) = try grow(world, node)
        for _ in 0..<2 where grown >= 8 << 20 { (wallet, grown) = try grow(world, node) }
        #expect(grown < 8 << 20, "it grew by \(grown >> 10) KiB")
        let head = try #require(wallet.text.firstRange(of: "\r\n\r\n"))
        let headLength = wallet.text[..<head.upperBound].utf8.count
        #expect(wallet.text.hasPrefix("HTTP/1.1 200"))
        #expect(wallet.text[..<head.upperBound].contains("\(Self.size)"))
        #expect(world.run { wallet.count == Self.size + headLength })
        #expect(!wallet.hasEnded)
        node.answer = { _ in .body(FakeNode.ok) }
        wallet.send(Wallet.hardFork)
        #expect(world.run { wallet.count > Self.size + headLength + 50 }, "the connection is good for more")
    }

    @Test func aWalletThatDoesNotReadHoldsItsNodeBack() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .long(Self.size) }
        let wallet = try world.ask(Wallet.blocks)
        #expect(world.run { wallet.count > 1 << 20 })
        wallet.stream.pause()
        var last = -1
        world.run(for: .seconds(10)) {
            world.world.run(for: .milliseconds(300))
            defer { last = node.written }
            return node.written == last
        }
        #expect(node.written == last)
        #expect(node.written < Self.size / 2, "\(node.written) were taken")
        // Others go on meanwhile.
        node.answer = { _ in .body(FakeNode.ok) }
        let other = try world.ask()
        #expect(world.run { other.results == 1 })
        wallet.stream.resume()
        #expect(world.run(for: .seconds(60)) { wallet.count > Self.size })
    }

    /// What one read brings of a long answer is given in one piece, however it is cut.
    @Test func chunksOfOneByteAreGatheredUp() throws {
        let (world, node) = try WalletWorld.withNode()
        let size = 1_500_000
        let beginning = FakeNode.beginning(ofLength: size)
        let body = beginning + [UInt8](repeating: 0x61, count: size - beginning.count)
        var chunks: [UInt8] = []
        for byte in body { chunks += [0x31, 0x0d, 0x0a, byte, 0x0d, 0x0a] }
        chunks += Array("0\r\n\r\n".utf8)
        node.answer = { _ in
            .raw(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8) + chunks)
        }
        let wallet = try world.ask(Wallet.blocks)
        #expect(world.run(for: .seconds(60)) { wallet.count > size })
        world.world.run(for: .milliseconds(300))
        #expect(wallet.count < size + size / 100, "\(wallet.count - size) bytes around them")
        #expect(!wallet.hasEnded)
    }

    @Test func aNodeThatBreaksOffALongAnswerEndsTheConnection() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .long(10_000_000, until: 6_000_000) }
        let wallet = try world.ask(Wallet.blocks)
        #expect(world.run { wallet.hasEnded })
        #expect(wallet.count < 10_000_000)
        #expect(node.asked.count == 1, "what was begun is not asked again")
    }

    /// Mainnet's distribution of outputs has megabytes, and no wallet asks for it twice in one transfer.
    @Test func aNodeThatBreaksOffALongDistributionIsAskedAgain() throws {
        let (world, node) = try WalletWorld.withNode()
        var left = 1
        node.answer = { _ in
            left -= 1
            return .long(3_000_000, until: left < 0 ? nil : 2_000_000)
        }
        let wallet = try world.ask(Wallet.distribution)
        #expect(world.run(for: .seconds(20)) { wallet.count > 3_000_000 })
        #expect(wallet.answers == 1 && !wallet.hasEnded)
        #expect(node.asked.count == 2)
    }

    /// It is given in one piece, to a wallet that has not read a byte of it yet, whatever the kernel takes of it.
    @Test func theLongestThatIsHeldComesToASlowWallet() throws {
        let loop = try EventLoop()
        var ends: (own: GatewayStream?, wallet: Wallet?)
        try Socket.pair { own, far in
            test_shrink(own.raw, 4096)
            ends = (try? GatewayStream(accepted: own, loop: loop), Wallet(far, on: loop))
        }
        let stream = try #require(ends.own)
        let wallet = try #require(ends.wallet)
        wallet.stream.pause()
        var ending: GatewayStream.Ending?
        stream.onEnded = { ending = $0 }
        let answer = [UInt8](repeating: 7, count: WalletCall.longestHeld + 1000)
        stream.write(answer)
        #expect(ending == nil)
        wallet.stream.resume()
        loop.turn(for: .seconds(20)) { wallet.count == answer.count }
        #expect(wallet.count == answer.count)
    }

    @Test func aNodeThatBreaksOffAShortAnswerIsAskedAgain() throws {
        let (world, node) = try WalletWorld.withNode()
        var left = 1
        node.answer = { _ in
            left -= 1
            guard left < 0 else { return .cut(Array("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{\"id".utf8)) }
            return .body(FakeNode.ok)
        }
        let wallet = try world.ask()
        #expect(world.run(for: .seconds(20)) { wallet.answers == 1 })
        #expect(wallet.results == 1, "whole or busy, never half")
        #expect(!wallet.hasEnded)
    }

    @Test func aWalletThatGoesWhileItIsGivenAnAnswerFreesAll() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .long(Self.size) }
        let wallet = try world.ask(Wallet.blocks)
        #expect(world.run { wallet.count > 2 << 20 })
        wallet.stream.close()
        #expect(world.run { world.router.budget.open == 0 })
        world.world.run(for: .milliseconds(200))
        #expect(node.written < Self.size, "the node is not read for nobody")
        node.answer = { _ in .body(FakeNode.ok) }
        let next = try world.ask()
        #expect(world.run { next.results == 1 })
    }

    @Test func theLockCutsAnAnswerAndAllThatFollows() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .long(Self.size) }
        let wallet = try world.ask(Wallet.blocks)
        #expect(world.run { wallet.count > 2 << 20 })
        try world.router.lockAll()
        #expect(world.run { wallet.hasEnded })
        #expect(world.run { node.open == 0 })
        #expect(wallet.count < Self.size)
        let accepted = node.accepted
        let locked = try world.ask()
        #expect(world.run { locked.isBusy })
        world.world.run(for: .milliseconds(100))
        #expect(node.accepted == accepted, "not even dialled")
        try world.router.unlock()
        node.answer = { _ in .body(FakeNode.ok) }
        locked.send(Wallet.hardFork)
        #expect(world.run { locked.answers == 2 && locked.text.contains("OK") })
    }
}
