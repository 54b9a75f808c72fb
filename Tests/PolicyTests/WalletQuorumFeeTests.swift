import Policy
import Protocols
import Testing

/// Fees that a wallet is given, and those that it is not.
@Suite struct WalletQuorumFeeTests {
    private let fee = QuorumWorld.fee

    private func isLie(_ verdict: FeeVerdict) -> Bool {
        if case .lie = verdict { true } else { false }
    }

    @Test func withNothingToCompare() {
        var world = QuorumWorld(1)
        #expect(world.quorum.verdict(on: fee, from: 0, now: world.now) == .unchecked)
        #expect(world.quorum.verdict(on: fee.times(10), from: 0, now: world.now) == .unchecked)
        #expect(world.good == [0])
        guard case .lie(let sentence) = world.quorum.verdict(on: fee.times(11), from: 0, now: world.now) else {
            return #expect(Bool(false))
        }
        #expect(
            sentence
                == "wallet.0.node.0 is set aside: it asks for a fee of 220000 atomic units a byte, and 200000 is the limit"
        )
        #expect(world.good == [])
        #expect(world.changes() == [sentence])
        #expect(world.threats.contains(sentence))
        world.wait(3600)
        #expect(world.good == [0])
    }

    /// Regtest's first block asks for 1,200,000, measured with 0.18.
    @Test func limitsLetHonestNodesPass() {
        var world = QuorumWorld(1, network: .regtest)
        let regtest = FeeTuple(
            fee: 1_200_000, fees: [1_200_000, 4_700_000, 19_000_000, 240_000_000], quantizationMask: 10_000)
        #expect(world.quorum.verdict(on: regtest, from: 0, now: world.now) == .unchecked)
    }

    /// A wallet pays by whichever of them its priority takes, rounded up to the mask.
    @Test(arguments: [
        FeeTuple(fee: 20_000, fees: [20_000, 80_000, 320_000, 50_000_001], quantizationMask: 10_000),
        FeeTuple(fee: 20_000, fees: [20_000, 1_000_001, 1_000_001, 1_000_001], quantizationMask: 10_000),
        FeeTuple(fee: 20_000, fees: [20_000, 80_000, 4_000_001, 4_000_001], quantizationMask: 10_000),
        FeeTuple(fee: 20_000, quantizationMask: 1_000_001), FeeTuple(fee: .max),
        FeeTuple(fee: 1, quantizationMask: .max),
    ])
    func everyValueHasALimit(_ tuple: FeeTuple) {
        var world = QuorumWorld(1)
        #expect(isLie(world.quorum.verdict(on: tuple, from: 0, now: world.now)))
    }

    @Test(arguments: [
        (QuorumWorld.fee, false), (QuorumWorld.fee.times(3), false), (QuorumWorld.fee.times(4), true),
        (FeeTuple(fee: 6_666, quantizationMask: 10_000), true), (FeeTuple(fee: 6_667, quantizationMask: 10_000), false),
        (FeeTuple(fee: 20_000, quantizationMask: 30_001), true),
        (FeeTuple(fee: 20_000, quantizationMask: 10_000), false),
        (FeeTuple(fee: 20_000, fees: [20_000, 80_000, 320_000, 12_000_001], quantizationMask: 10_000), true),
    ])
    func againstTwoOthers(_ tuple: FeeTuple, _ expected: Bool) {
        var world = QuorumWorld(3)
        world.note(1, QuorumWorld.reading(1000))
        world.note(2, QuorumWorld.reading(1000))
        #expect(isLie(world.quorum.verdict(on: tuple, from: 0, now: world.now)) == expected)
        #expect(world.quorum.isGood(0, now: world.now) == !expected)
        #expect(world.quorum.agreedFee(now: world.now) == fee)
    }

    /// It tells probes one fee and wallets another: no vote is needed, and no probe acquits it.
    @Test func twoFaces() {
        var world = QuorumWorld(2)
        world.note([QuorumWorld.reading(1000), QuorumWorld.reading(1000)])
        #expect(world.quorum.verdict(on: fee, from: 0, now: world.now) == .agreed)
        #expect(
            world.quorum.verdict(on: fee.times(4), from: 0, now: world.now)
                == .lie("wallet.0.node.0 is set aside: it tells a wallet another fee than it tells when it is probed"))
        for _ in 0..<50 {
            world.wait(60)
            world.note([QuorumWorld.reading(1000), QuorumWorld.reading(1000)])
            #expect(world.good == [1])
        }
        world.wait(700)
        world.note([QuorumWorld.reading(1000), QuorumWorld.reading(1000)])
        #expect(world.good == [0, 1])
    }

    /// Without a majority the first of the file is believed, and it alone.
    @Test func oneAgainstOne() {
        var world = QuorumWorld(2)
        world.note(1, QuorumWorld.reading(1000))
        #expect(world.quorum.verdict(on: fee.times(4), from: 0, now: world.now) == .agreed)
        world = QuorumWorld(2)
        world.note(0, QuorumWorld.reading(1000))
        #expect(isLie(world.quorum.verdict(on: fee.times(4), from: 1, now: world.now)))
        // A third one may still be about to answer its probe: for a minute nothing is decided.
        for (asked, answered) in [(0, 1), (1, 0)] {
            world = QuorumWorld(3)
            world.note(answered, QuorumWorld.reading(1000))
            #expect(world.quorum.verdict(on: fee.times(4), from: asked, now: world.now) == .unchecked)
            world.wait(60)
            let verdict = world.quorum.verdict(on: fee.times(4), from: asked, now: world.now)
            #expect(isLie(verdict) == (asked == 1))
            // Nothing is proven against it.
            #expect(world.good == [0, 1, 2])
        }
    }

    /// Near to its own probe, which is near to the other's, is not near to the other.
    @Test func driftIsNotBelieved() {
        var world = QuorumWorld(2)
        world.note([QuorumWorld.reading(1000, fee: fee.times(3)), QuorumWorld.reading(1000)])
        #expect(world.good == [0, 1])
        #expect(isLie(world.quorum.verdict(on: fee.times(6), from: 0, now: world.now)))
    }

    /// Who is far from half of the others only is not outvoted: a low liar makes nobody dear.
    @Test func farFromHalf() {
        var world = QuorumWorld(3)
        world.note([20_000, 22_000, 6_700].map { QuorumWorld.reading(1000, fee: FeeTuple(fee: $0)) })
        #expect(world.good == [0, 1, 2])
    }

    /// A node of this machine is believed against all, up to the limit.
    @Test func onesOwn() {
        var world = QuorumWorld(4, own: true)
        world.note([1, 1, 1, 1].map { QuorumWorld.reading(1000, fee: fee.times($0)) })
        #expect(world.quorum.verdict(on: fee.times(10), from: 0, now: world.now) == .agreed)
        #expect(
            world.quorum.verdict(on: fee.times(100), from: 0, now: world.now)
                == .lie(
                    "wallet.0.node.0 gave an answer that is not used: it asks for a fee of 2000000 atomic units a byte, "
                        + "and 200000 is the limit"))
        #expect(world.good == [0, 1, 2, 3])
        #expect(world.threats.count == 1)
        #expect(world.quorum.verdict(on: fee, from: 0, now: world.now) == .agreed)
        #expect(world.threats == [])
    }

    /// What is given in another's place is one node's answer, never values of several.
    @Test func theAgreedFeeIsOneNodesWhole() {
        func tuple(_ base: UInt64, _ mask: UInt64) -> FeeTuple { FeeTuple(fee: base, quantizationMask: mask) }
        func agreed(_ tuples: [FeeTuple]) -> FeeTuple? {
            var world = QuorumWorld(tuples.count)
            world.note(tuples.map { QuorumWorld.reading(1000, fee: $0) })
            return world.quorum.agreedFee(now: world.now)
        }
        #expect(agreed([tuple(20_000, 9), tuple(21_000, 10), tuple(21_000, 10)]) == tuple(21_000, 10))
        #expect(agreed([tuple(20_000, 9), tuple(22_000, 11), tuple(21_000, 10)]) == tuple(21_000, 10))
        #expect(agreed([tuple(21_000, 9), tuple(21_000, 10)]) == tuple(21_000, 9))
        #expect(agreed([tuple(20_000, 10), tuple(20_000, 10), tuple(2_000_000, 10)]) == tuple(20_000, 10))
        #expect(agreed([tuple(5_000_000, 10), tuple(20_000, 10)]) == tuple(20_000, 10))
        #expect(agreed([tuple(5_000_000, 10)]) == nil)
        #expect(agreed([]) == nil)
    }
}
