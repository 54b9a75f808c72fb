import Policy
import Protocols
import Testing

@testable import Router

/// A node that breaks off its answer anywhere: the wallet has the whole one of another node.
@Suite(.serialized) struct WalletCutTests {
    @Test func anAnswerThatIsCutAnywhereIsAnotherNodes() throws {
        let whole = FakeNode.response(to: [])
        let ports = (try freePort(), try freePort())
        let world = try WalletWorld([.at(ports.0), .at(ports.1)])
        let (first, second) = (
            try FakeNode(on: world.loop, port: ports.0), try FakeNode(on: world.loop, port: ports.1)
        )
        for count in whole.indices {
            // A table that has changed begins anew: nothing is held against the first node.
            try world.world.reload {
                $0.wallets[0].nodes = [.at(ports.0), .at(ports.1)] + .init(repeating: .at(ports.1), count: count % 2)
            }
            first.answer = { _ in count % 3 == 0 ? .reset(Array(whole[..<count])) : .cut(Array(whole[..<count])) }
            let before = (first.asked.count, second.asked.count)
            let wallet = try world.ask()
            #expect(world.run { wallet.count >= FakeNode.ok.count }, "cut at \(count)")
            #expect(wallet.answers == 1 && wallet.results == 1 && !wallet.isBusy, "cut at \(count): \(wallet.text)")
            #expect(first.asked.count > before.0, "the first node was asked")
            #expect(second.asked.count == before.1 + 1, "and then the second, once")
        }
    }
}
