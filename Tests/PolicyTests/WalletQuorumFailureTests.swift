import Policy
import Protocols
import Testing

/// Nodes that fail, what the status shows, and what is told.
@Suite struct WalletQuorumFailureTests {
    private let dead = "the connection was refused"

    @Test func aDeadNodeIsNotTriedAtEachRequest() {
        var world = QuorumWorld(2)
        for pause in [2, 4, 8, 16, 32, 60, 60, 60] as [Int64] {
            world.quorum.failed(dead, of: 0, now: world.now)
            // Another connection to it breaks at the same time: that is no further try.
            world.quorum.failed(dead, of: 0, now: world.now)
            #expect(world.good == [1])
            #expect(world.quorum.nextTry(of: 0) == world.now + .seconds(pause))
            world.wait(pause - 1)
            #expect(world.good == [1])
            world.wait(1)
            #expect(world.good == [0, 1])
        }
        world.quorum.answered(0, now: world.now)
        #expect(world.quorum.nextTry(of: 0) == nil)
        world.quorum.failed(dead, of: 0, now: world.now)
        #expect(world.quorum.nextTry(of: 0) == world.now + .seconds(2))
        world.note(0, QuorumWorld.reading(1000))
        #expect(world.good == [0, 1])
    }

    @Test func aNodeOfThisMachineIsTriedSoonAgain() {
        var world = QuorumWorld(1, own: true)
        for _ in 0..<5 {
            world.quorum.failed(dead, of: 0, now: world.now)
            #expect(world.good == [])
            world.wait(4)
            #expect(world.good == [0])
        }
    }

    /// One of another network may answer each call of a wallet well: it is not used before a probe is in order.
    @Test func anOddProbe() {
        var world = QuorumWorld(3)
        world.note([QuorumWorld.reading(1000), QuorumWorld.reading(1000), QuorumWorld.reading(1000)])
        let sentence = "it is a node of stagenet, and `network` is mainnet"
        world.quorum.failedProbe(sentence, of: 2, now: world.now)
        #expect(world.changes() == ["wallet.0.node.2 is set aside: \(sentence)"])
        world.quorum.answered(2, now: world.now)
        world.wait(200)
        #expect(world.good == [0, 1])
        #expect(world.quorum.statuses(now: world.now).last?.state == .failing)
        #expect(world.threats == ["wallet.0.node.2 is set aside: \(sentence)"])
        #expect(world.quorum.problem(of: 2, now: world.now) == "wallet.0.node.2 is set aside: \(sentence)")
        world.note(2, QuorumWorld.reading(1000))
        #expect(world.good == [0, 1, 2])
        #expect(world.changes() == ["wallet.0.node.2 is good again"])
        // Where no probe is made any more, it is tried again.
        world.quorum.failedProbe(sentence, of: 2, now: world.now)
        world.wait(300)
        #expect(world.good == [0, 1, 2])
        world = QuorumWorld(1, own: true)
        world.quorum.failedProbe(sentence, of: 0, now: world.now)
        #expect(world.changes() == ["wallet.0.node.0 does not answer as a node does: \(sentence)"])
        world.quorum.answered(0, now: world.now)
        #expect(world.good == [0])
        // It is used, and called what it is however well it answers a wallet, until a probe is in order.
        #expect(world.changes() == [])
        #expect(world.quorum.statuses(now: world.now).first?.state == .failing)
        #expect(world.threats == ["wallet.0.node.0 is this machine's own and is used, but \(sentence)"])
        world.note(0, QuorumWorld.reading(1000))
        #expect(world.changes() == ["wallet.0.node.0 answers again"])
        #expect(world.quorum.statuses(now: world.now).first?.state == .ready)
        #expect(world.threats == [])
    }

    @Test func statusesFollow() {
        var world = QuorumWorld(3)
        func states() -> [Readiness] { world.quorum.statuses(now: world.now).map(\.state) }
        #expect(states() == [.starting, .starting, .starting])
        world.quorum.failed(dead, of: 0, now: world.now)
        world.quorum.failed("its answer to get_info has HTTP status 500", of: 1, answers: true, now: world.now)
        world.note(2, QuorumWorld.reading(1000))
        #expect(states() == [.down, .failing, .ready])
        #expect(
            world.quorum.statuses(now: world.now).last
                == WalletNodeStatus(
                    name: "wallet.0.node.2", kind: "clearnet", state: .ready, height: 1000, latencyMilliseconds: 300))
        #expect(
            world.quorum.problem(of: 0, now: world.now) == "wallet.0.node.0 does not answer: the connection was refused"
        )
        #expect(
            world.quorum.problem(of: 1, now: world.now)
                == "wallet.0.node.1 does not answer as a node does: its answer to get_info has HTTP status 500")
        #expect(world.quorum.problem(of: 2, now: world.now) == nil)
        #expect(world.quorum.latency(of: 2, now: world.now) == 300)
        world.wait(300)
        // Nobody asks the nodes of an idle wallet: what they do now is not known.
        #expect(states() == [.down, .failing, .starting])
        #expect(world.quorum.statuses(now: world.now).last?.height == nil)
        world.quorum.answered(2, now: world.now)
        #expect(states() == [.down, .failing, .ready])
    }

    @Test func failuresAreToldOnce() {
        var world = QuorumWorld(2)
        world.quorum.failed(dead, of: 1, now: world.now)
        world.wait(10)
        world.quorum.failed(dead, of: 1, now: world.now)
        #expect(world.changes() == ["wallet.0.node.1 does not answer: the connection was refused"])
        world.quorum.answered(1, now: world.now)
        #expect(world.changes() == ["wallet.0.node.1 answers again"])
        // One that comes and goes tells so once a minute.
        for _ in 0..<100 {
            world.quorum.failed(dead, of: 1, now: world.now)
            world.wait(2)
            world.quorum.answered(1, now: world.now)
        }
        #expect((2...8).contains(world.changes().count))
    }

    /// Nobody may take the changes: they do not grow.
    @Test func changesAreBounded() {
        var world = QuorumWorld(3)
        for round in 0..<500 as Range<UInt64> {
            world.note([
                QuorumWorld.reading(1000 + round), QuorumWorld.reading(1000 + round),
                QuorumWorld.reading(1000 + round, chain: round % 2 == 0 ? 2 : 1),
            ])
        }
        #expect(world.changes().count == 64)
    }

    @Test func longSentencesAreCut() {
        var world = QuorumWorld(1)
        world.quorum.failed("\u{1b}[2J" + String(repeating: "a", count: 5000), of: 0, now: world.now)
        let sentence = world.quorum.problem(of: 0, now: world.now) ?? ""
        #expect(sentence.utf8.count < 400 && !sentence.contains("\u{1b}"))
    }

    /// An index that is none of its nodes is no node.
    @Test func unknownNodes() {
        var world = QuorumWorld(1)
        for node in [-1, 1, .max] {
            world.quorum.failed(dead, of: node, now: world.now)
            world.quorum.answered(node, now: world.now)
            world.note(node, QuorumWorld.reading(7))
            #expect(!world.quorum.isGood(node, now: world.now))
            #expect(world.quorum.problem(of: node, now: world.now) == nil)
            #expect(world.quorum.verdict(on: QuorumWorld.fee, from: node, now: world.now) == .unchecked)
        }
        #expect(world.height == nil)
    }
}
