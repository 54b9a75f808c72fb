import Policy
import Protocols
import Testing

/// Links whose way our own egress is still at work on, as an I2P session of the wallet's own that takes a minute: the node was
/// not dialled, and is not blamed.
@Suite struct WalletHeldUpTests {
    /// So many seconds pass, in which the egress has no way to a node.
    private func pass(_ run: DispatchRun, _ seconds: Int, node: Int = 0) {
        for _ in 0..<seconds {
            for link in run.live(node: node) where link.state == .opening { run.waits(link.id) }
            run.pass(.seconds(1))
        }
    }

    @Test func aNodeThatWasNotDialledIsNotBlamed() throws {
        let run = DispatchRun("o")
        run.answersProbes = false
        let id = run.ask(.sync())
        let link = try run.only(.sync).id
        pass(run, 59)
        #expect(run.outcomes[id] == nil && run.live(.sync).map(\.id) == [link])
        let probe = try run.only(.probe).id
        pass(run, 60)
        #expect(run.isBusy(id))
        #expect(run.link(probe)?.state == .closed)
        #expect(run.told.isEmpty)
        #expect(run.dispatch.statuses(now: run.now).allSatisfy { $0.state == .starting })
    }

    @Test func oneThatWasDialledIs() throws {
        let run = DispatchRun("o")
        run.answersProbes = false
        run.ask(.sync())
        run.pass(.seconds(59))
        #expect(run.dispatch.statuses(now: run.now).allSatisfy { $0.state == .down })
    }

    @Test func itsTimeBeginsWhenItIsDialled() throws {
        let run = DispatchRun("o")
        let id = run.ask(.sync())
        let link = try run.only(.sync).id
        run.waits(link)
        run.pass(.seconds(50))
        run.dials(link)
        run.pass(.seconds(9))
        #expect(run.live(.sync).map(\.id) == [link])
        run.open(link)
        run.answer(link, .result())
        #expect(run.open.isEmpty && !run.isBusy(id))
    }

    @Test func itIsBlamedAfterItsOwnTime() throws {
        let run = DispatchRun("o")
        run.answersProbes = false
        run.ask(.sync())
        let link = try run.only(.sync).id
        run.waits(link)
        run.pass(.seconds(30))
        run.dials(link)
        run.pass(.seconds(44))
        #expect(run.live(.sync).map(\.id) == [link])
        run.pass(.seconds(2))
        #expect(run.live(.sync).map(\.id) != [link])
        #expect(run.dispatch.statuses(now: run.now).allSatisfy { $0.state == .down })
    }

    @Test func anotherNodeIsAskedAfterTwentySeconds() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.sync())
        #expect(try run.only(.sync).node == 0)
        run.answersProbes = false
        pass(run, 19)
        #expect(try run.only(.sync).node == 0)
        pass(run, 2)
        let other = try run.only(.sync)
        #expect(other.node == 1)
        run.open(other.id)
        run.answer(other.id, .result())
        #expect(run.open.isEmpty && !run.isBusy(id) && run.told.isEmpty)
        #expect(run.dispatch.statuses(now: run.now)[0].state == .starting)
    }

    /// A transaction whose outputs were shown is not told BUSY because our way to one node does not come about.
    @Test func aHeldUpWayIsNotWaitedForUntilBusy() throws {
        let run = DispatchRun("oo")
        try run.build()
        run.end(try run.only(.transaction).id, .idleClosed)
        let id = run.ask(.transaction())
        for _ in 0..<175 where run.outcomes[id] == nil {
            for link in run.live(.transaction, node: 0) { run.accept(link, of: id) }
            for link in run.live(.transaction, node: 1) where link.state == .opening { run.waits(link.id) }
            run.pass(.seconds(1))
        }
        #expect(run.sends(of: .transaction()) == [0])
        #expect(!run.told.contains { $0.contains("node.1") })
    }

    /// Nor because the proxy on the way to it fails, or the resolver.
    @Test(arguments: [Refusal.proxyFailed, .noResolver])
    func anotherNodeTakesItWhereOurOwnWayFails(_ refusal: Refusal) throws {
        let run = DispatchRun("oo")
        try run.build()
        run.end(try run.only(.transaction).id, .idleClosed)
        let id = run.ask(.transaction())
        for _ in 0..<20 where run.outcomes[id] == nil {
            for link in run.live(.transaction, node: 0) { run.accept(link, of: id) }
            for link in run.live(.transaction, node: 1) { run.end(link.id, .notOpened(refusal, "no way")) }
            run.pass(.seconds(1))
        }
        #expect(run.sends(of: .transaction()) == [0])
        #expect(!run.told.contains { $0.contains("node.1") })
    }

    @Test func aProbeThatIsDialledLateBlamesNobody() throws {
        let run = DispatchRun("o")
        run.answersProbes = false
        run.ask(.sync())
        pass(run, 84)
        for link in run.live() { run.dials(link.id) }
        run.pass(.seconds(10))
        #expect(run.told.isEmpty)
        #expect(run.dispatch.statuses(now: run.now)[0].state == .starting)
    }

    @Test func aFeeDoesNotWaitForAHeldUpProbe() throws {
        let run = DispatchRun("oo")
        run.answersProbes = false
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        pass(run, 5, node: 1)
        let id = run.ask(.fee)
        let link = try #require(run.live(.sync, node: 0).first)
        run.answer(link.id, .result("\"fee\": 20000, \"quantization_mask\": 10000"))
        run.pass(.milliseconds(100))
        #expect(run.outcomes[id] != nil)
    }

    @Test func aTestSaysThatItWasNotDialled() throws {
        let run = DispatchRun("o")
        run.answersProbes = false
        run.test()
        run.waits(try run.only(.probe).id)
        run.pass(.seconds(89))
        #expect(run.reports.isEmpty)
        run.pass(.seconds(12))
        let report = try #require(run.reports.first?.first)
        #expect(report.problem == "our way to it was not ready in time; it was not dialled")
        #expect(run.dispatch.statuses(now: run.now)[0].state == .starting)
    }
}
