import Policy
import Protocols
import Testing

/// Between the two sets of outputs of one transfer: whatever a node says, the wallet does not begin anew while another way is
/// left, and what is better for its transaction by then is taken.
@Suite struct WalletBegunTests {
    /// A set that a node begins to tell late is told by a way that stands, and asked for again where it breaks off.
    @Test func whatIsAskedLateIsStillAsked() throws {
        let run = DispatchRun("o")
        try run.build()
        run.routes([false])
        let id = run.ask(.outputs([2]))
        run.pass(.seconds(150))
        run.routes([true])
        for _ in 0..<2 { for link in run.live() where link.state == .opening { run.open(link.id) } }
        run.begin(try run.only(.outputs).id)
        run.pass(.seconds(31))
        #expect(!run.live(.transaction).isEmpty)
        run.end(try run.only(.outputs).id, .broken("it broke"))
        run.pass(.seconds(3))
        let before = run.links.count
        for _ in 0..<50 {
            for link in run.live(.outputs) { run.open(link.id) }
            run.pass(.milliseconds(100))
        }
        #expect(run.links.count - before < 5)
        #expect(run.sends(of: .outputs([2])) == [0, 0])
        run.answer(try run.only(.outputs).id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
    }

    @Test(arguments: ["BUSY", "Failed"]) func anErrorIsNoAnswer(status: String) throws {
        let run = DispatchRun("o")
        try run.build()
        let id = run.ask(.distribution)
        run.answer(try run.only(.outputs).id, .outputs([], status: status))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(3))
        run.answer(try run.only(.outputs).id, .outputs([]))
        #expect(run.outcomes[id] == .answered(.outputs([])))
    }

    @Test func anErrorOfOneNodeIsAskedOfAnother() throws {
        let run = DispatchRun("ooo")
        try run.build()
        let id = run.ask(.distribution)
        run.answer(try run.only(.outputs).id, .outputs([], status: "Failed"))
        let second = try #require(run.live(.outputs).first { $0.node != 0 })
        run.open(second.id)
        run.answer(second.id, .outputs([]))
        #expect(run.outcomes[id] == .answered(.outputs([])))
    }

    @Test func aDripIsLeftForAnotherNode() throws {
        let run = DispatchRun("ooo")
        try run.build()
        run.ask(.distribution)
        run.begin(try run.only(.outputs).id)
        run.pass(.seconds(119))
        #expect(run.sends(of: .distribution) == [0])
        run.pass(.seconds(2))
        for link in run.live(.outputs) { run.open(link.id) }
        #expect(run.sends(of: .distribution).count == 2)
    }

    /// Ring members in a megabyte and more are none; given on as they come they could break off.
    @Test func ringMembersAreNeverGivenOnAsTheyCome() throws {
        let run = DispatchRun("ooo")
        let id = try run.askForOutputs()
        run.overflow(try run.only(.outputs).id, beginning: PortableStorage.signature)
        #expect(run.outcomes[id] == nil)
        let second = try run.only(.outputs)
        run.open(second.id)
        #expect(run.sends(of: .outputs()) == [0, second.node])
        run.answer(second.id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
    }

    @Test func aFullListenerStillServesIt() throws {
        let run = DispatchRun("o")
        try run.build()
        for number in 0..<64 { run.ask(.sync("\(number)")) }
        #expect(run.isBusy(run.ask(.sync("one more"))))
        let id = run.ask(.distribution)
        #expect(run.outcomes[id] == nil)
    }

    /// Between sets, and after them: a node that saw none is there again.
    @Test(arguments: [true, false]) func theWayLeavesTheNodeThatToldTheOutputs(isBetween: Bool) throws {
        let run = DispatchRun("oo")
        run.routes([true, false])
        try run.build()
        #expect(try run.only(.transaction).node == 0)
        run.routes([true, true])
        if isBetween { run.ask(.outputs([2])) }
        for _ in 0..<2 { for link in run.live() where link.state == .opening { run.open(link.id) } }
        if isBetween {
            #expect(run.sends(of: .outputs([2])) == [0])
            run.answer(try run.only(.outputs).id, .outputs([1]))
        }
        let id = run.ask(.transaction())
        #expect(run.sends(of: .transaction()) == [1])
        run.accept(try run.only(.transaction), of: id)
    }

    /// It failed once, which makes a pause of two seconds.
    @Test func ownNodesBlinkSendsNoTransactionElsewhere() throws {
        let run = DispatchRun("loo", fallback: true)
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.end(try run.only(.sync).id, .broken("it broke"))
        run.serve()
        run.ask(.distribution)
        for link in run.live(.transaction) where link.state == .opening { run.open(link.id) }
        run.pass(.seconds(3))
        run.ask(.transaction())
        #expect(run.live(.transaction).allSatisfy { $0.node == 0 })
        #expect(run.sends(of: .transaction()) == [0])
    }

    /// The way was opened in the second after a dial of it had failed.
    @Test func ownNodeThatIsBackTakesIt() throws {
        let run = DispatchRun("lo", fallback: true)
        run.ask(.sync())
        run.serve()
        run.ask(.distribution)
        run.end(try run.only(.transaction).id, .notOpened(.unreachable, "nobody listens"))
        let way = try run.only(.transaction)
        #expect(way.node == 1)
        run.open(way.id)
        run.pass(.seconds(3))
        #expect(run.link(way.id)?.state == .idle)
        run.ask(.transaction())
        for link in run.live(.transaction) { run.open(link.id) }
        #expect(run.sends(of: .transaction()) == [0])
    }

    @Test func whatAnotherSetIsToldKeepsTheLaterTime() throws {
        let old = DispatchRun("o")
        try old.build()
        let new = DispatchRun("o")
        new.takeOver(from: old)
        for run in [old, new] { run.pass(.seconds(100)) }
        old.ask(.outputs([2]))
        old.serve()
        for link in old.live(.transaction) { old.open(link.id) }
        #expect(old.sends(of: .outputs([2])) == [0])
        new.takeOver(from: old)
        for run in [old, new] { run.pass(.seconds(100)) }
        let id = new.ask(.distribution)
        new.open(try new.only(.outputs).id)
        new.answer(try new.only(.outputs).id, .outputs([], status: "BUSY"))
        #expect(new.outcomes[id] == nil)
    }
}
