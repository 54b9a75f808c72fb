import Policy
import Protocols
import Testing

/// Who is good, by what all say.
@Suite struct WalletQuorumTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        var own = false
        let readings: [NodeReading]
        let good: [Int]
        let height: UInt64?
        /// Words of the threats, one for each, in their order.
        var threats: [String] = []
        var testDescription: String { what }
    }

    private static func at(_ height: UInt64, _ chain: UInt8 = 1, at hashHeight: UInt64? = nil) -> NodeReading {
        QuorumWorld.reading(height, chain: chain, at: hashHeight)
    }
    private static func fee(_ times: UInt64) -> NodeReading {
        QuorumWorld.reading(1000, fee: QuorumWorld.fee.times(times))
    }
    private static let noMajority = "no majority: the first in the file is used"

    static let cases: [Case] = [
        Case(
            what: "one node", readings: [at(1000)], good: [0], height: 1000,
            threats: ["wallet.0 has one node that nobody checks"]),
        Case(what: "one node of one's own", own: true, readings: [at(1000)], good: [0], height: 1000),
        Case(what: "two that agree", readings: [at(1000), at(1001, at: 990)], good: [0, 1], height: 1000),
        Case(
            what: "two of different heights", readings: [at(1000), at(1006)], good: [0], height: 1000,
            threats: ["wallet.0.node.0 disagrees with wallet.0.node.1 about the height, and there is \(noMajority)"]),
        Case(
            what: "two on different chains", readings: [at(1000), at(1000, 2)], good: [0], height: 1000,
            threats: ["wallet.0.node.0 disagrees with wallet.0.node.1 about the chain"]),
        Case(
            what: "two with different fees", readings: [fee(1), fee(4)], good: [0], height: 1000,
            threats: ["wallet.0.node.0 disagrees with wallet.0.node.1 about the fee"]),
        Case(
            what: "the first of two is taken, though it is dearer", readings: [fee(4), fee(1)], good: [0], height: 1000,
            threats: ["disagrees with wallet.0.node.1 about the fee"]),
        Case(
            what: "one's own, and another that differs", own: true, readings: [at(1000), at(1000, 2)], good: [0],
            height: 1000, threats: ["with wallet.0.node.1"]),
        Case(
            what: "a tip race", readings: [at(1000), at(1001), at(1000), at(1002)], good: [0, 1, 2, 3], height: 1000),
        Case(
            what: "one five blocks behind and one five ahead is honest",
            readings: [at(1000), at(995, at: 990), at(1000), at(1005, at: 990)], good: [0, 1, 2, 3], height: 1000),
        Case(
            what: "one behind", readings: [at(994, at: 984), at(1000), at(1000)], good: [1, 2], height: 1000,
            threats: ["wallet.0.node.0 is set aside: it is 6 blocks behind what most nodes say"]),
        Case(
            what: "one ahead", readings: [at(1000), at(1006, at: 990), at(1000)], good: [0, 2], height: 1000,
            threats: ["wallet.0.node.1 is set aside: it is 6 blocks ahead of what most nodes say"]),
        Case(
            what: "the first lies of a huge height", readings: [at(.max), at(1000), at(1000)], good: [1, 2],
            height: 1000, threats: ["wallet.0.node.0 is set aside: it is 18446744073709550615 blocks ahead"]),
        Case(
            what: "one on another chain", readings: [at(1000, 2), at(1000), at(1001, at: 990)], good: [1, 2],
            height: 1000, threats: ["wallet.0.node.0 is set aside: it has another block than most nodes"]),
        Case(
            what: "two pairs on two chains", readings: [at(1000), at(1000, 2), at(1000, 2), at(1000)], good: [0, 3],
            height: 1000,
            threats: [
                "wallet.0.node.0 and wallet.0.node.3 disagree with wallet.0.node.1 and wallet.0.node.2 about the chain"
            ]),
        Case(
            what: "two pairs, one of them with one's own", own: true,
            readings: [at(1000, 2), at(1000), at(1000), at(1000, 2)], good: [0, 3], height: 1000,
            threats: ["with wallet.0.node.1"]),
        Case(
            what: "three that all differ", readings: [at(1000), at(2000), at(3000)], good: [0], height: 1000,
            threats: ["wallet.0.node.0 disagrees with wallet.0.node.1 and wallet.0.node.2 about the height"]),
        Case(
            what: "one's own against all", own: true, readings: [at(1000), at(1100), at(1100), at(1100)],
            good: [0, 1, 2, 3], height: 1100,
            threats: ["wallet.0.node.0 is this machine's own and is used, but it is 100 blocks behind"]),
        Case(
            what: "one's own on another chain than all", own: true, readings: [at(1000, 2), at(1000), at(1000)],
            good: [0, 1, 2], height: 1000, threats: ["is used, but it has another block than most"]),
        Case(
            what: "one is four times as dear", readings: [fee(1), fee(1), fee(4)], good: [0, 1], height: 1000,
            threats: ["wallet.0.node.2 is set aside: it asks for a fee of 80000 atomic units a byte where most"]),
        Case(what: "one is three times as dear", readings: [fee(1), fee(1), fee(3)], good: [0, 1, 2], height: 1000),
        Case(
            what: "one is a fifth as dear", readings: [fee(5), fee(1), fee(5)], good: [0, 2], height: 1000,
            threats: ["wallet.0.node.1 is set aside: it says that a fee of 20000 atomic units a byte is enough"]),
        Case(
            what: "the fee is over the cap, and nobody else is there", readings: [fee(201)], good: [], height: 1000,
            threats: ["nobody checks", "asks for a fee of 4020000 atomic units a byte, and 200000 is the limit"]),
        Case(
            what: "one's own fee is over the cap", own: true, readings: [fee(201), fee(1)], good: [0, 1], height: 1000,
            threats: ["wallet.0.node.0 is this machine's own and is used, but it asks for a fee of 4020000"]),
    ]

    @Test(arguments: cases) func whoIsGood(_ test: Case) {
        var world = QuorumWorld(test.readings.count, own: test.own)
        // The order in which the probes end makes no difference.
        for order in [Array(test.readings.indices), test.readings.indices.reversed()] {
            world = QuorumWorld(test.readings.count, own: test.own)
            for node in order { world.note(node, test.readings[node]) }
            // Nobody is called bad before it is clear.
            let told = Set(world.quorum.takeChanges().map(\.node))
            #expect(told == Set(test.readings.indices).subtracting(test.good))
            #expect(world.good == test.good)
            #expect(world.height == test.height)
            #expect(world.threats.count == test.threats.count, "\(world.threats)")
            for (threat, words) in zip(world.threats, test.threats) { #expect(threat.contains(words), "\(threat)") }
        }
    }

    /// Nodes are probed at different moments, so that each tells the hash of another block: those of the same one
    /// are compared, and the last few are kept for that.
    @Test func hashesOfDifferentHeightsAreNotCompared() {
        var world = QuorumWorld(3)
        world.note([Self.at(1000), Self.at(1001, 2), Self.at(1000)])
        #expect(world.good == [0, 1, 2])
        // The others are asked for the block that the fork told of.
        world.note(0, Self.at(1001))
        world.note(2, Self.at(1001))
        #expect(world.good == [0, 2])
        // It has left the fork, and another node is on the chain that it is on now.
        world.note(1, Self.at(1002))
        world.note(0, Self.at(1002))
        #expect(world.good == [0, 1, 2])
    }

    /// What a node said of blocks above those that it tells now is of a chain that it may have left.
    @Test func laterBlocksAreForgotten() {
        var world = QuorumWorld(3)
        world.note([Self.at(1005), Self.at(1005, 2), Self.at(1005)])
        #expect(world.good == [0, 2])
        world.note(1, Self.at(1003))
        #expect(world.good == [0, 1, 2])
    }

    @Test func anEarlierHashStillCompares() {
        var world = QuorumWorld(3)
        for height in 1000..<1010 as Range<UInt64> {
            world.note(0, Self.at(height))
            world.note(2, Self.at(height))
        }
        // Five blocks behind all the time.
        world.note(1, Self.at(1004, 2))
        #expect(world.good == [0, 2])
    }

    @Test func oldReadingsDoNotVote() {
        var world = QuorumWorld(3)
        world.note([Self.at(1000), Self.at(1000), Self.at(1000)])
        world.wait(301)
        #expect(world.height == nil)
        #expect(world.threats == [])
        #expect(world.good == [0, 1, 2])
        // Of several the first one alone is not believed before the others had their time.
        world.note(0, Self.at(5000))
        #expect(world.height == nil)
        world.wait(60)
        #expect(world.height == 5000)
        #expect(world.threats.first?.contains("wallet.0.node.0 is the only node") == true)
        world.note(1, Self.at(1000))
        world.note(2, Self.at(1000))
        #expect(world.height == 1000)
        #expect(world.good == [1, 2])
    }

    @Test func aNodeThatFailsIsNotWaitedFor() {
        var world = QuorumWorld(2)
        world.note(0, Self.at(1000))
        #expect(world.height == nil)
        #expect(world.quorum.hashHeight(now: world.now) == nil)
        world.quorum.failed("the connection was refused", of: 1, now: world.now)
        #expect(world.height == 1000)
        #expect(world.quorum.hashHeight(now: world.now) == 990)
    }

    /// A liar does not come back because the honest ones cannot be asked for a while.
    @Test func whoWasSetAsideByMostStaysSo() {
        var world = QuorumWorld(3)
        world.note([Self.at(1000), Self.at(1000), Self.at(1000, 2)])
        #expect(
            world.changes() == [
                "wallet.0.node.2 is set aside: it has another block than most nodes at the same height: it is on another chain"
            ])
        world.wait(600)
        #expect(world.good == [0, 1])
        world.note(2, Self.at(1003, 2))
        #expect(world.good == [0, 1])
        #expect(world.changes() == [])
        // It is acquitted by another node, or by time.
        world.note(0, Self.at(1003))
        world.note(2, Self.at(1003))
        #expect(world.good == [0, 1, 2])
        #expect(world.changes() == ["wallet.0.node.2 is good again"])
        world.note(1, Self.at(1003))
        world.note(2, Self.at(1003, 2))
        #expect(world.good == [0, 1])
        world.wait(3601)
        #expect(world.good == [0, 1, 2])
    }

    /// It is acquitted by another node that agrees with it, as soon as there is one.
    @Test func anotherOneAcquits() {
        var world = QuorumWorld(4)
        world.quorum.failed("it is gone", of: 3, now: world.now)
        world.note([Self.at(1000), Self.at(1000, 2), Self.at(1000, 2)])
        #expect(world.good == [1, 2])
        world.note(3, Self.at(1000))
        #expect(world.good == [0, 3])
    }

    /// Where two differed, the second is used when nothing is known of the first any more.
    @Test func theSecondOfTwoIsNotLostForGood() {
        var world = QuorumWorld(2)
        world.note([Self.at(1000), Self.at(1000, 2)])
        #expect(world.good == [0])
        world.quorum.failed("the connection was refused", of: 0, now: world.now)
        #expect(world.good == [])
        world.wait(301)
        world.quorum.failed("the connection was refused", of: 0, now: world.now)
        world.note(1, Self.at(1001, 2))
        #expect(world.good == [1])
        #expect(
            world.threats == [
                "wallet.0.node.1 is the only node of wallet.0 that counts now, and nobody checks what it says"
            ])
    }

    @Test func oneThatSynchronisesIsNotUsed() {
        var world = QuorumWorld(3)
        let young = QuorumWorld.reading(1000, isSynchronized: false)
        world.note([young, Self.at(1000), Self.at(1000)])
        #expect(world.good == [1, 2])
        #expect(
            world.quorum.problem(of: 0, now: world.now)
                == "wallet.0.node.0 is set aside: it says that it has not all blocks yet")
        world = QuorumWorld(2, own: true)
        world.note([young, Self.at(1000)])
        #expect(world.good == [0, 1])
        #expect(
            world.threats.contains(
                "wallet.0.node.0 is this machine's own and is used, but it says that it has not all blocks yet"))
        #expect(world.quorum.statuses(now: world.now).map(\.state) == [.failing, .ready])
    }

    @Test func hashHeightOfAShortChain() {
        var world = QuorumWorld(1)
        #expect(world.quorum.hashHeight(now: world.now) == nil)
        for (height, expected) in [(1, 0), (9, 0), (10, 0), (11, 1), (1000, 990)] as [(UInt64, UInt64)] {
            world.note(0, Self.at(height))
            #expect(world.quorum.hashHeight(now: world.now) == expected)
        }
    }
}
