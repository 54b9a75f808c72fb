import Policy
import Protocols
import Testing

/// What holds in every sequence of events.
@Suite struct WalletQuorumRandomTests {
    private func anything(_ random: inout SeededGenerator) -> NodeReading {
        let heights: [UInt64] = [0, 1, 10, 994, 999, 1000, 1001, 1006, 100_000, .max]
        let height = heights.randomElement(using: &random) ?? 0
        let fees: [UInt64] = [1, 6_000, 20_000, 60_000, 60_001, 4_000_001, .max]
        return QuorumWorld.reading(
            height, chain: .random(in: 0...3, using: &random),
            at: Bool.random(using: &random) ? 990 : .random(in: 0...(.max), using: &random),
            fee: FeeTuple(
                fee: fees.randomElement(using: &random) ?? 1,
                fees: Bool.random(using: &random) ? [] : [1, 2, 3, .max], quantizationMask: 10_000),
            isSynchronized: .random(using: &random))
    }

    /// A node of this machine stays good whatever the others say, and whether they agree.
    @Test func ownIsNeverOutvoted() {
        for seed in 0..<60 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var world = QuorumWorld(.random(in: 2...6, using: &random), own: true)
            let count = world.quorum.statuses(now: world.now).count
            for _ in 0..<60 {
                let other = Int.random(in: 1..<count, using: &random)
                switch Int.random(in: 0..<8, using: &random) {
                case 0: world.note(0, QuorumWorld.reading(1000))
                case 1: _ = world.quorum.verdict(on: anything(&random).fee, from: other, now: world.now)
                case 2: world.quorum.failed("it is gone", of: other, now: world.now)
                case 3: world.quorum.answered(other, now: world.now)
                case 4: world.wait(.random(in: 0...400, using: &random))
                default: world.note(other, anything(&random))
                }
                #expect(world.quorum.isGood(0, now: world.now), "seed \(seed)")
                #expect(world.threats.allSatisfy { !$0.hasPrefix("wallet.0.node.0 is set aside") })
            }
        }
    }

    /// One liar among four nodes, whatever its place and its lies: the height, the block to compare and the fee stay
    /// those of the honest ones, and no honest one is set aside.
    @Test func aLoneLiarChangesNothing() {
        for seed in 0..<24 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let liar = Int.random(in: 0..<4, using: &random)
            let honest = (0..<4).filter { $0 != liar }
            var world = QuorumWorld(4)
            var height: UInt64 = 1000
            // Before the honest ones are read, nobody is believed alone.
            for _ in 0..<3 { world.note(liar, anything(&random)) }
            #expect(world.height == nil, "seed \(seed)")
            for _ in 0..<20 {
                for node in honest {
                    world.note(node, QuorumWorld.reading(height))
                    if Bool.random(using: &random) { world.note(liar, anything(&random)) }
                    _ = world.quorum.verdict(on: anything(&random).fee, from: liar, now: world.now)
                }
                #expect(world.height == height, "seed \(seed)")
                #expect(world.quorum.hashHeight(now: world.now) == height - 10)
                #expect(world.quorum.agreedFee(now: world.now) == QuorumWorld.fee, "seed \(seed)")
                for node in honest {
                    #expect(world.quorum.isGood(node, now: world.now), "seed \(seed)")
                    #expect(world.quorum.verdict(on: QuorumWorld.fee, from: node, now: world.now) == .agreed)
                }
                // A wallet never gets three times the honest fee from the liar.
                let verdict = world.quorum.verdict(on: QuorumWorld.fee.times(4), from: liar, now: world.now)
                #expect(verdict != .agreed && verdict != .unchecked, "seed \(seed)")
                height += .random(in: 0...2, using: &random)
                world.wait(.random(in: 1...75, using: &random))
            }
        }
    }
}
