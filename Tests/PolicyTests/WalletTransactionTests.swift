import Policy
import Protocols
import Testing

/// Outputs are asked for only where the transaction that is made of them has a way, and a transaction is handed over
/// until a node takes it.
@Suite struct WalletTransactionTests {
    @Test func outputsWaitForTheTransactionsWay() throws {
        let run = DispatchRun("oo")
        run.ask(.distribution)
        let way = try run.only(.transaction)
        #expect(way.node == 1)
        let outputs = try run.only(.outputs)
        #expect(outputs.node == 0)
        run.open(outputs.id)
        run.answer(outputs.id, .outputs([]))
        let id = run.ask(.outputs())
        #expect(run.sends(of: .outputs()).isEmpty)
        run.open(way.id)
        #expect(run.sends(of: .outputs()) == [0])
        run.answer(outputs.id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
        // The second set of the same transfer goes to the same node, on the same link.
        run.ask(.outputs([2]))
        #expect(run.link(outputs.id)?.state == .busy(.outputs([2])))
    }

    @Test func withoutTheWayItIsBusyAndNothingWasShown() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.outputs())
        run.open(try run.only(.outputs).id)
        run.pass(.seconds(39))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(2))
        #expect(run.isBusy(id))
        #expect(run.sends(of: .outputs()).isEmpty)
    }

    /// A transfer asks for two sets. Between them it is not ended: built anew it would show other decoys for the first.
    @Test(arguments: [WalletRequest.distribution, .outputs([2])])
    func onceASetWasShownTheNextWaitsForTheRoutes(_ next: WalletRequest) throws {
        let run = DispatchRun("ooo")
        try run.build()
        run.routes([false, false, false])
        let id = run.ask(next)
        run.pass(.seconds(150))
        #expect(run.outcomes[id] == nil)
        run.routes([true, true, true])
        for _ in 0..<2 { for link in run.live() where link.state == .opening { run.open(link.id) } }
        try run.tellOutputs(id)
    }

    /// Another wallet's transaction, which is handed over in between, is not that one.
    @Test func anotherTransactionEndsNothingThatWasBegun() throws {
        let run = DispatchRun("ooo")
        try run.build()
        run.ask(.transaction())
        run.answer(try run.only(.transaction).id, .json("OK"))
        run.routes([false, false, false])
        let id = run.ask(.outputs([2]))
        run.pass(.seconds(100))
        #expect(run.outcomes[id] == nil)
    }

    /// What stands before a node may be in trouble for a moment: BUSY would have another set shown.
    @Test func aMomentsErrorForOutputsIsNotTheirEnd() throws {
        let run = DispatchRun("oo")
        let id = try run.askForOutputs()
        run.answer(try run.only(.outputs).id, WalletAnswer(status: 502, contentType: "text/html", body: [1]))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(3))
        for link in run.live(.outputs) where link.state == .opening { run.open(link.id) }
        #expect(run.sends(of: .outputs()) == [0, 0])
        try run.tellOutputs(id)
    }

    /// A pause of seconds is no reason to show one node both, outputs and transaction.
    @Test func outputsWaitForTheirNodesPause() throws {
        let run = DispatchRun("oo")
        let id = try run.askForOutputs()
        run.end(try run.only(.outputs).id, .unanswered("it broke"))
        #expect(run.live(.outputs).isEmpty)
        run.pass(.seconds(3))
        let again = try run.only(.outputs)
        #expect(again.node == 0)
        run.open(again.id)
        run.answer(again.id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
    }

    @Test func notForEver() throws {
        let run = DispatchRun("ooo")
        try run.build()
        run.routes([false, false, false])
        let id = run.ask(.outputs([2]))
        run.pass(.seconds(181))
        #expect(run.isBusy(id))
        // Nobody builds that transaction any more.
        #expect(run.isBusy(run.ask(.distribution)) || run.dispatch.isQuiet == false)
        run.pass(.seconds(200))
        #expect(run.isBusy(run.ask(.distribution)))
    }

    @Test func withoutAnyNodeItIsBusyAtOnce() {
        let run = DispatchRun("oo")
        run.routes([false, false])
        #expect(run.isBusy(run.ask(.outputs())))
    }

    @Test func outputsThatWereShownAreAskedAgainByteForByte() throws {
        let run = DispatchRun("ooo")
        let id = try run.askForOutputs()
        run.end(try run.only(.outputs).id, .unanswered("it broke"))
        // Not to the node that will be given the transaction.
        let second = try run.only(.outputs)
        #expect(second.node == 2)
        run.open(second.id)
        run.routes([false, false, false])
        run.pass(.seconds(100))
        #expect(run.outcomes[id] == nil)
        run.routes([true, true, true])
        for link in run.live(.outputs) { run.open(link.id) }
        run.answer(try run.only(.outputs).id, .outputs([7]))
        #expect(run.outcomes[id] == .answered(.outputs([7])))
    }

    @Test func theTransactionTakesTheWarmLinkToAnotherNode() throws {
        let run = DispatchRun("oo")
        try run.build()
        let id = run.ask(.transaction())
        #expect(run.sends(of: .transaction()) == [1])
        // What outputs were asked on serves no other transaction.
        #expect(run.live(.outputs).isEmpty)
        let link = try run.only(.transaction)
        run.answer(link.id, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
        #expect(run.link(link.id)?.state == .closed)
        run.ask(.transaction("another"))
        #expect(try run.only(.transaction).state == .opening)
    }

    @Test func aLoopbackNodeTakesItsOwnTransactions() throws {
        let run = DispatchRun("lo", fallback: true)
        try run.build()
        run.ask(.transaction())
        #expect(run.sends(of: .transaction()) == [0])
    }

    @Test func oneNodeServesAllWithTwoLinks() throws {
        let run = DispatchRun("o")
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        try run.build()
        #expect(run.live(.sync).isEmpty)
        let id = run.ask(.transaction())
        run.answer(try run.only(.transaction).id, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
        // The link for the next poll is there again.
        #expect(run.live(.sync).count == 1)
    }

    @Test func itIsHeldUntilItsRouteIsBack() throws {
        let run = DispatchRun("oo")
        try run.build()
        run.routes([false, false])
        let id = run.ask(.transaction())
        run.pass(.seconds(170))
        #expect(run.outcomes[id] == nil)
        run.routes([true, true])
        let link = try run.only(.transaction)
        #expect(link.node == 1)
        run.accept(link, of: id)
    }

    @Test func busyIsItsLastResort() {
        let run = DispatchRun("oo")
        run.routes([false, false])
        let id = run.ask(.transaction())
        run.pass(.seconds(179))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(2))
        #expect(run.isBusy(id))
        #expect(run.dispatch.isQuiet)
    }

    @Test func theSameBytesGoToTheNextNode() throws {
        let run = DispatchRun("ooo")
        try run.build()
        let id = run.ask(.transaction())
        run.end(try run.only(.transaction).id, .unanswered("it closed the connection"))
        let next = try run.only(.transaction)
        #expect(next.node == 2)
        run.accept(next, of: id)
        #expect(run.sends(of: .transaction()) == [1, 2])
    }

    @Test func whoWasShownTheOutputsIsAskedLast() throws {
        let run = DispatchRun("oo")
        try run.build()
        let id = run.ask(.transaction())
        run.end(try run.only(.transaction).id, .broken("it broke"))
        run.pass(.seconds(3))
        // Once is no reason yet to show one node both.
        #expect(try run.only(.transaction).node == 1)
        run.open(try run.only(.transaction).id)
        run.end(try run.only(.transaction).id, .broken("it broke"))
        #expect(try run.only(.transaction).node == 0)
        run.open(try run.only(.transaction).id)
        run.answer(try run.only(.transaction).id, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
    }

    @Test func aBusyNodeIsNoAnswer() throws {
        let run = DispatchRun("ooo")
        let id = run.ask(.transaction())
        run.open(try run.only(.transaction).id)
        run.answer(try run.only(.transaction).id, .json("BUSY"))
        #expect(run.outcomes[id] == nil)
        run.open(try run.only(.transaction).id)
        run.answer(try run.only(.transaction).id, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
    }

    @Test func oneRefusalIsNotBelieved() throws {
        let run = DispatchRun("ooo")
        try run.build()
        let id = run.ask(.transaction())
        run.answer(try run.only(.transaction).id, .json("Failed"))
        #expect(run.outcomes[id] == nil)
        #expect(try run.only(.transaction).node == 2)
        run.open(try run.only(.transaction).id)
        run.answer(try run.only(.transaction).id, .json("Failed"))
        #expect(run.outcomes[id] == .answered(.json("Failed")))
        #expect(run.dispatch.isQuiet)
    }

    @Test func aRefusalIsNotShownToWhoSawTheOutputs() throws {
        let run = DispatchRun("oo")
        try run.build()
        let id = run.ask(.transaction())
        run.answer(try run.only(.transaction).id, .json("Failed"))
        #expect(run.outcomes[id] == .answered(.json("Failed")))
        #expect(run.sends(of: .transaction()) == [1])
    }

    @Test func itGoesOnWithoutItsWallet() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.transaction())
        run.leave(id)
        let again = run.ask(.transaction())
        #expect(run.live(.transaction).count == 1)
        run.open(try run.only(.transaction).id)
        run.answer(try run.only(.transaction).id, .json("OK"))
        #expect(run.outcomes[again] == .answered(.json("OK")))
        #expect(run.sends(of: .transaction()).count == 1)
    }

    @Test func aLoopbackNodesTransactionDoesNotLeaveEvenWhenItIsDead() throws {
        let run = DispatchRun("lo")
        let id = run.ask(.transaction())
        for _ in 0..<200 {
            for link in run.live() { run.end(link.id, .notOpened(.connectionRefused, "nobody listens there")) }
            run.pass(.seconds(1))
        }
        #expect(run.isBusy(id))
        #expect(run.links.allSatisfy { $0.node == 0 })
    }

    @Test func itIsBroadcastToSeveral() throws {
        let run = DispatchRun("ooo", broadcast: 2)
        try run.build()
        let id = run.ask(.transaction())
        #expect(Set(run.live(.transaction).map(\.node)) == [1, 2])
        let first = try #require(run.live(.transaction, node: 1).first)
        run.answer(first.id, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
        let second = try run.only(.transaction)
        run.open(second.id)
        run.answer(second.id, .json("OK"))
        #expect(Set(run.sends(of: .transaction())) == [1, 2])
        #expect(run.dispatch.isQuiet)
    }

    @Test func aFailingNodeIsNotHammered() throws {
        let run = DispatchRun("o")
        run.ask(.transaction())
        for _ in 0..<1800 {
            for link in run.live(.transaction) {
                run.end(link.id, .notOpened(.onionUnreachable, "the onion service does not answer"))
            }
            run.pass(.milliseconds(100))
        }
        let dials = run.links.count { $0.purpose == .transaction }
        #expect(dials > 8 && dials < 40, "\(dials)")
    }
}
