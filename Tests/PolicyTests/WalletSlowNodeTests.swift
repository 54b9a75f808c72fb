import Policy
import Protocols
import Testing

/// A node that answers a byte at a time, or moves a wallet to another one, does not get to see how a transaction was made.
@Suite struct WalletSlowNodeTests {
    /// One that would be waited for to the end would have the wallet told BUSY, and build it anew with other decoys.
    @Test func aNodeThatDripsItsAnswerDoesNotKeepTheTransaction() throws {
        let run = DispatchRun("ooo")
        try run.build()
        let id = run.ask(.transaction())
        #expect(run.sends(of: .transaction()) == [1])
        run.begin(try run.only(.transaction).id)
        run.pass(.seconds(29))
        #expect(run.sends(of: .transaction()) == [1])
        run.pass(.seconds(2))
        let second = try run.only(.transaction)
        run.accept(second, of: id)
        #expect(run.sends(of: .transaction()) == [1, 2])
    }

    @Test func aNodeThatDripsOutputsIsLeftForAnother() throws {
        let run = DispatchRun("ooo")
        let id = try run.askForOutputs()
        run.begin(try run.only(.outputs).id)
        run.pass(.seconds(59))
        #expect(run.sends(of: .outputs()) == [0])
        run.pass(.seconds(2))
        let second = try run.only(.outputs)
        run.open(second.id)
        #expect(run.sends(of: .outputs()) == [0, 2])
        run.answer(second.id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
    }

    /// To be seen together by one node is less harm than BUSY, after which both sets of decoys are seen.
    @Test func dripsAreLeftForTheTransactionsNodeLast() throws {
        let run = DispatchRun("oo")
        let id = try run.askForOutputs()
        run.begin(try run.only(.outputs).id)
        run.pass(.seconds(100))
        #expect(run.sends(of: .outputs()) == [0])
        run.pass(.seconds(70))
        let second = try run.only(.outputs)
        run.open(second.id)
        #expect(run.sends(of: .outputs()) == [0, 1])
        run.answer(second.id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
    }

    @Test func aComparisonWhoseOtherNodeIsSlowIsWaitedFor() throws {
        let run = DispatchRun("oo", verifies: true)
        let id = run.ask(.outputs())
        for link in run.live() { run.open(link.id) }
        for link in run.live(.outputs) { run.open(link.id) }
        #expect(run.sends(of: .outputs()).sorted() == [0, 1])
        let links = run.live(.outputs)
        let slow = try #require(links.first { $0.node == 1 })
        run.answer(try #require(links.first { $0.node == 0 }).id, .outputs([1]))
        run.begin(slow.id)
        run.pass(.seconds(100))
        run.answer(slow.id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
        #expect(run.sends(of: .outputs()).count == 2)
    }

    @Test func aNodeThatIsBackTakesWhatDripsElsewhere() throws {
        let run = DispatchRun("ooo")
        try run.build()
        run.ask(.transaction())
        run.begin(try run.only(.transaction).id)
        run.routes([false, true, false])
        run.pass(.seconds(40))
        #expect(run.sends(of: .transaction()) == [1])
        run.routes([true, true, true])
        run.pass(.seconds(6))
        run.open(try run.only(.transaction).id)
        #expect(run.sends(of: .transaction()) == [1, 2])
    }

    @Test func theOnlyNodesSlowAnswerToATransactionIsWaitedFor() throws {
        let run = DispatchRun("o")
        try run.build()
        let id = run.ask(.transaction())
        let link = try run.only(.transaction).id
        run.begin(link)
        run.pass(.seconds(50))
        run.answer(link, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
        #expect(run.sends(of: .transaction()) == [0])
    }

    @Test func outputsThatDripFromTheOnlyNodeAreWaitedFor() throws {
        let run = DispatchRun("o")
        let id = try run.askForOutputs()
        let link = try run.only(.outputs).id
        run.begin(link)
        run.pass(.seconds(100))
        run.answer(link, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
    }

    /// Nobody is given the transaction whose outputs he told, also where the wallet has moved on meanwhile.
    @Test func theSessionsNodeTakesTheTransactionWhereItToldNoOutputs() throws {
        let run = DispatchRun("oo")
        try run.build()
        run.pass(.seconds(179))
        run.ask(.sync())
        let link = try run.only(.sync)
        #expect(link.node == 0)
        run.open(link.id)
        run.end(link.id, .broken("it broke"))
        let second = try run.only(.sync)
        #expect(second.node == 1)
        run.open(second.id)
        run.answer(second.id, .json("OK"))
        run.pass(.seconds(30))
        #expect(run.live(.transaction).isEmpty, "its way is no more")
        run.ask(.transaction())
        run.open(try run.only(.transaction).id)
        #expect(run.sends(of: .transaction()) == [1])
    }
}
