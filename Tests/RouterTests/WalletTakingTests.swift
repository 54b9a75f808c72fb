import CTestSystem
import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// Wallets that send, or take, slowly: how long that is borne, and that nothing piles up meanwhile.
@Suite(.serialized) struct WalletTakingTests {
    /// A wallet that does not read, by a socket whose kernel keeps little, and our end of it.
    private func whoTakesNothing(_ world: WalletWorld) throws -> (WalletConnection, GatewayStream, Wallet) {
        var ends: (own: GatewayStream?, wallet: Wallet?)
        try Socket.pair { own, far in
            test_shrink(own.raw, 4096)
            ends = (try? GatewayStream(accepted: own, loop: world.loop), Wallet(far, on: world.loop))
        }
        let (stream, wallet) = (try #require(ends.own), try #require(ends.wallet))
        let connection = WalletConnection(
            stream, from: nil, number: 0, owner: 0, gateway: try #require(world.router.gateways.first),
            loop: world.loop)
        wallet.stream.pause()
        return (connection, stream, wallet)
    }

    /// Whoever asks ahead and takes nothing has one answer kept for him, not one for each.
    @Test func whatIsSentAheadWaitsUntilTheAnswerBeforeIsTaken() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .long(900_000) }
        let (connection, stream, wallet) = try whoTakesNothing(world)
        wallet.send(Wallet.blocks + Wallet.blocks + Wallet.blocks)
        #expect(world.run { stream.queuedBytes > WalletConnection.backlog })
        world.world.run(for: .milliseconds(300))
        #expect(node.asked.count == 1 && !connection.isIdle)
        wallet.stream.resume()
        #expect(world.run { wallet.count > 2_700_000 && node.asked.count == 3 })
        node.answer = { _ in .body(FakeNode.ok) }
        wallet.send(Wallet.hardFork)
        #expect(world.run { node.asked.count == 4 && connection.isIdle }, "and the connection is good for more")
    }

    @Test func aRequestThatDripsIsLate() {
        let began = Instant(milliseconds: 1_000_000)
        func isLate(after seconds: Int, silent: Int = 1, isInBody: Bool) -> Bool {
            let now = began + .seconds(seconds)
            return WalletConnection.isLate(
                began: began, moved: began + .seconds(seconds - silent), isInBody: isInBody, now)
        }
        #expect(!isLate(after: 29, isInBody: false) && isLate(after: 30, isInBody: false))
        #expect(!isLate(after: 119, isInBody: true) && isLate(after: 120, isInBody: true))
        #expect(!isLate(after: 100, silent: 59, isInBody: true) && isLate(after: 100, silent: 60, isInBody: true))
    }

    @Test func whoTakesSlowlyIsKeptAndWhoTakesNothingIsNot() throws {
        let (world, node) = try WalletWorld.withNode()
        node.answer = { _ in .long(5_000_000) }
        let (connection, stream, wallet) = try whoTakesNothing(world)
        wallet.send(Wallet.blocks)
        #expect(world.run { stream.queuedBytes > WalletConnection.backlog })
        var now = world.loop.now
        for _ in 0..<4 {
            connection.sweep(now)
            now = now + .seconds(170)
            let before = stream.queuedBytes
            wallet.stream.resume()
            #expect(world.run { stream.queuedBytes < before })
            wallet.stream.pause()
            #expect(stream.queuedBytes > 0)
        }
        connection.sweep(now)
        connection.sweep(now + .seconds(179))
        #expect(stream.isOpen)
        connection.sweep(now + .seconds(180))
        #expect(!stream.isOpen)
    }
}
