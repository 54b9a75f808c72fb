import Policy
import Protocols
import Testing

/// Whom a transaction is given, where the node that comes first has no room, a pause or was set aside; and what becomes of
/// it when a reload puts another dispatcher in this one's place.
@Suite struct WalletHandOverTests {
    /// One's own node with both links in use.
    private func busyOwnNode() throws -> DispatchRun {
        let run = DispatchRun("lo", fallback: true)
        run.ask(.sync("a"))
        run.open(try run.only(.sync).id)
        run.ask(.sync("b"))
        for link in run.live(.sync) { run.open(link.id) }
        #expect(run.live(node: 0).count == 2)
        return run
    }

    @Test func ownNodesCallsUnderWaySendNoTransactionElsewhere() throws {
        let run = try busyOwnNode()
        run.ask(.transaction())
        run.pass(.seconds(1))
        #expect(run.live(.transaction).isEmpty)
        run.answer(run.live(.sync)[0].id, .result())
        #expect(try run.only(.transaction).node == 0)
    }

    @Test func norTheWayOfTheNext() throws {
        let run = try busyOwnNode()
        run.ask(.distribution)
        run.pass(.seconds(1))
        #expect(run.live(.transaction).isEmpty)
        run.answer(run.live(.sync)[0].id, .result())
        run.answer(try #require(run.live(.sync).first { $0.state != .idle }).id, .result())
        #expect(try run.only(.transaction).node == 0)
    }

    /// Where both links are given to wallets that read slowly, it is not waited for without end.
    @Test func ownNodeIsNotWaitedForForEver() throws {
        let run = try busyOwnNode()
        for link in run.live(.sync) { run.overflow(link.id, beginning: Array("{".utf8)) }
        #expect(run.streams.count == 2)
        let id = run.ask(.transaction())
        run.pass(.seconds(59))
        #expect(run.live(.transaction).isEmpty)
        run.pass(.seconds(2))
        let link = try run.only(.transaction)
        #expect(link.node == 1)
        run.accept(link, of: id)
    }

    /// Refused by one node, while the second has a pause of a second: it is waited for.
    @Test func oneRefusalIsNotBelievedInAPause() throws {
        let run = DispatchRun("ooo")
        run.answersProbes = false
        try run.build()
        run.pass(.seconds(5))
        let probe = try #require(run.live(.probe, node: 2).first)
        run.end(probe.id, .notOpened(.onionUnreachable, "it is not there"))
        let id = run.ask(.transaction())
        run.answer(try #require(run.live(.transaction, node: 1).first).id, .json("Failed"))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(3))
        let second = try #require(run.live(.transaction, node: 2).first)
        run.accept(second, of: id)
    }

    @Test func whereTheSecondNodeIsDeadOneRefusalIsTold() throws {
        let run = DispatchRun("ooo")
        run.answersProbes = false
        try run.build()
        let id = run.ask(.transaction())
        run.answer(try run.only(.transaction).id, .json("Failed"))
        for _ in 0..<20 where run.outcomes[id] == nil {
            for link in run.live(node: 2) { run.end(link.id, .notOpened(.onionUnreachable, "it is not there")) }
            run.pass(.seconds(1))
        }
        #expect(run.outcomes[id] == .answered(.json("Failed")))
    }

    @Test func theWayLeavesANodeThatWasSetAside() throws {
        let run = DispatchRun("oooo")
        run.ask(.distribution)
        let way = try run.only(.transaction)
        #expect(way.node == 1)
        run.open(way.id)
        run.chains[1].height = 2000
        run.pass(.seconds(10))
        #expect(run.told.contains { $0.contains("wallet.0.node.1 is set aside") })
        #expect(run.link(way.id)?.state == .closed)
        #expect(try run.only(.transaction).node == 2)
    }

    /// Who was shown the outputs is no other node for a transaction that drips, but at the last.
    @Test func whatDripsGoesToWhoWasShownTheOutputsLast() throws {
        let run = DispatchRun("oo")
        try run.build()
        let id = run.ask(.transaction())
        run.begin(try run.only(.transaction).id)
        run.pass(.seconds(160))
        #expect(run.sends(of: .transaction()) == [1])
        #expect(try run.only(.transaction).node == 1)
        run.pass(.seconds(8))
        let last = try run.only(.transaction)
        run.accept(last, of: id)
        #expect(run.sends(of: .transaction()) == [1, 0])
    }

    @Test func aRetiredOneHandsOverWhatItHoldsAndDoesNothingElse() throws {
        let run = DispatchRun("oo")
        run.answersProbes = false
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        let id = run.ask(.transaction())
        run.retire()
        #expect(run.live().allSatisfy { $0.purpose == .transaction } && !run.live().isEmpty)
        run.end(try run.only(.transaction).id, .unanswered("it broke"))
        run.pass(.seconds(100))
        #expect(run.outcomes[id] == nil)
        #expect(run.live().allSatisfy { $0.purpose == .transaction })
        for link in run.live() { run.open(link.id) }
        run.answer(try run.only(.transaction).id, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
        #expect(run.dispatch.isQuiet)
        run.pass(.seconds(300))
        #expect(run.live().isEmpty)
    }

    @Test func aRetiredOneLeavesNoProbeAndNothingThatOpens() throws {
        let run = DispatchRun("oo")
        run.answersProbes = false
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        run.pass(.seconds(4))
        #expect(!run.live(.probe).isEmpty)
        run.end(try run.only(.sync).id, .idleClosed)
        #expect(try run.only(.sync).state == .opening)
        run.retire()
        #expect(run.live().isEmpty)
    }

    @Test func aRetiredOneDialsNoNodeThatWasTakenOut() throws {
        let run = DispatchRun("ooo")
        try run.build()
        let id = run.ask(.transaction())
        run.retire(keeping: [0, 1])
        for _ in 0..<200 {
            for link in run.live(.transaction) { run.end(link.id, .notOpened(.onionUnreachable, "it is not there")) }
            run.pass(.seconds(1))
        }
        #expect(run.isBusy(id))
        #expect(run.links.allSatisfy { $0.node != 2 || $0.purpose == .probe })
    }

    /// Its only node was replaced: the one that is named in its place can take it.
    @Test func aRetiredOneWithoutANodePassesOnWhatItHolds() throws {
        let run = DispatchRun("o")
        try run.build()
        run.routes([false])
        let held = run.ask(.transaction())
        let begun = run.ask(.outputs([2]))
        run.pass(.seconds(20))
        #expect(run.outcomes[held] == nil && run.outcomes[begun] == nil)
        run.retire(keeping: [])
        #expect(run.outcomes[held] == .passedOn && run.outcomes[begun] == .passedOn)
    }

    /// What is on its way to a node is not sent to another one beside it.
    @Test func whatIsUnderWayIsPassedOnWhenThatHasFailed() throws {
        let run = DispatchRun("oo")
        try run.build()
        let id = run.ask(.transaction())
        let link = try run.only(.transaction)
        run.retire(keeping: [])
        #expect(run.outcomes[id] == nil)
        run.end(link.id, .unanswered("it broke"))
        #expect(run.outcomes[id] == .passedOn)
        #expect(run.sends(of: .transaction()) == [1])
    }

    /// What no node has seen is asked of the one in its place.
    @Test func aRetiredOneShowsNoOutputs() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.outputs())
        run.retire()
        #expect(run.outcomes[id] == .passedOn)
        for link in run.live() { run.open(link.id) }
        #expect(run.sends(of: .outputs()).isEmpty)
    }

    @Test func whoIsInItsPlaceKnowsWhoWasShownTheOutputs() throws {
        let old = DispatchRun("oo")
        try old.build()
        old.retire()
        #expect(old.live().isEmpty)
        let run = DispatchRun("oo")
        run.takeOver(from: old)
        run.ask(.transaction())
        run.open(try run.only(.transaction).id)
        #expect(run.sends(of: .transaction()) == [1])
    }

    /// The second set of a transfer is of one that was begun, also where a reload came between both.
    @Test func whoIsInItsPlaceKnowsWhatWasBegun() throws {
        let old = DispatchRun("oo")
        try old.build()
        let run = DispatchRun("oo")
        run.takeOver(from: old)
        run.routes([false, false])
        let id = run.ask(.outputs([2]))
        run.pass(.seconds(100))
        #expect(run.outcomes[id] == nil)
    }
}
