import Policy
import Protocols
import Testing

/// How long a node that has stopped is waited for, by how quick it was.
@Suite struct WalletPatienceTests {
    /// A run whose session is at node 0, which has answered once after so long.
    private func run(_ kinds: String, answeredAfter wait: Duration, fallback: Bool = false) throws -> DispatchRun {
        let run = DispatchRun(kinds, fallback: fallback)
        run.ask(.sync("first"))
        let link = try run.only(.sync)
        #expect(link.node == 0)
        run.open(link.id)
        run.pass(wait)
        run.begin(link.id)
        // What follows the first byte does not count.
        run.pass(.seconds(3))
        run.answer(link.id, .result())
        return run
    }

    /// When a second request, which is never answered, goes to the next node.
    private func leaves(_ run: DispatchRun, after limit: Duration) throws {
        run.ask(.sync("second"))
        run.pass(limit - .milliseconds(500))
        #expect(run.sends(of: .sync("second")) == [0] && run.live(.sync).map(\.node) == [0])
        run.pass(.seconds(1))
        let next = try #require(run.live(.sync, node: 1).first)
        run.open(next.id)
        #expect(run.sends(of: .sync("second")) == [0, 1])
        run.answer(next.id, .result())
        #expect(run.open.isEmpty)
    }

    @Test func aQuickNodeIsLeftAfterTenSeconds() throws {
        try leaves(try run("oo", answeredAfter: .milliseconds(300)), after: .seconds(10))
    }

    @Test func aSlowerOneAfterEightTimesItsLongest() throws {
        try leaves(try run("oo", answeredAfter: .seconds(2)), after: .seconds(16))
    }

    @Test func aSlowOneAfterThirtyAsBefore() throws {
        try leaves(try run("oo", answeredAfter: .seconds(9)), after: .seconds(30))
    }

    @Test func anAnswerThatComesAtOnceCountsToo() throws {
        let run = DispatchRun("oo")
        run.ask(.sync("first"))
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        try leaves(run, after: .seconds(10))
    }

    @Test func oneOfThisMachineIsGivenTwentySeconds() throws {
        try leaves(try run("lo", answeredAfter: .milliseconds(1), fallback: true), after: .seconds(20))
    }

    @Test func whereThereIsNoOtherItIsAMinute() throws {
        let run = try run("o", answeredAfter: .milliseconds(1))
        let id = run.ask(.sync("second"))
        run.pass(.seconds(59))
        #expect(run.outcomes[id] == nil && run.live(.sync).count == 1)
        run.pass(.seconds(2))
        #expect(run.isBusy(id))
    }

    /// A set of outputs that was shown to one node is not shown to a second one sooner than before.
    @Test func outputsAreWaitedForAsBefore() throws {
        let run = try run("ooo", answeredAfter: .milliseconds(1))
        run.ask(.outputs())
        run.pass(.seconds(1))
        run.open(try run.only(.transaction).id)
        for link in run.live(.outputs) { run.open(link.id) }
        #expect(run.sends(of: .outputs()).count == 1)
        run.pass(.seconds(28))
        #expect(run.sends(of: .outputs()).count == 1 && run.live(.outputs).count == 1)
    }

    @Test func theNextSessionKnowsNothingOfIt() throws {
        let run = try run("oo", answeredAfter: .milliseconds(1))
        run.pass(.seconds(200))
        #expect(run.live().isEmpty)
        run.ask(.sync("second"))
        run.open(try run.only(.sync).id)
        run.pass(.seconds(29))
        #expect(run.sends(of: .sync("second")) == [0] && run.live(.sync).map(\.node) == [0])
    }

    /// Both links were in use for a minute, and it was sent in the last second of that.
    @Test func whoWaitedInLineBlamesNobody() throws {
        let run = DispatchRun("lo", fallback: true)
        for text in ["a", "b"] {
            run.ask(.sync(text))
            for link in run.live(.sync) { run.open(link.id) }
        }
        for link in run.live(.sync) { run.overflow(link.id, beginning: Array("{".utf8)) }
        let late = run.ask(.sync("late"))
        run.pass(.seconds(59))
        run.streamed(try #require(run.live(.sync).first).id)
        #expect(run.sends(of: .sync("late")) == [0])
        run.pass(.seconds(2))
        #expect(run.isBusy(late))
        run.ask(.sync("next"))
        #expect(run.live(.sync).allSatisfy { $0.node == 0 })
    }

    @Test func twoThatWaitForAnotherLinkHoldBackNoPoll() throws {
        let run = DispatchRun("oo")
        run.ask(.sync("first"))
        run.serve()
        for _ in 0..<2 { run.ask(.distribution) }
        #expect(try run.only(.outputs).state == .opening)
        run.ask(.sync("poll"))
        #expect(run.sends(of: .sync("poll")) == [0])
    }

    /// Each would be a fresh circuit.
    @Test func aNodeThatClosesWhatItLetBeOpenedIsGivenAPause() throws {
        let run = DispatchRun("oo")
        run.ask(.outputs())
        var dials = 0
        for _ in 0..<400 {
            for link in run.live(.outputs) {
                dials += 1
                run.open(link.id)
                run.end(link.id, .idleClosed)
            }
            run.pass(.milliseconds(100))
        }
        #expect(dials > 1 && dials < 20)
    }
}
