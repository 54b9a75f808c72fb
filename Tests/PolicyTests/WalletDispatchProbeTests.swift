import Policy
import Protocols
import Testing

/// When nodes are probed, and what a test of them tells.
@Suite struct WalletDispatchProbeTests {
    @Test func onlyWhileAWalletPolls() {
        let run = DispatchRun("oo")
        run.pass(.seconds(600))
        #expect(run.links.isEmpty)
        for _ in 0..<30 {
            run.ask(.sync())
            run.serve()
            run.pass(.seconds(20))
        }
        let probes = run.links.filter { $0.purpose == .probe }
        // Each minute, spread by a quarter, each on a link of its own.
        for node in 0..<2 {
            let count = probes.count { $0.node == node }
            #expect(count >= 8 && count <= 14, "\(count)")
        }
        #expect(run.dispatch.quorumHeight(now: run.now) == 1000)
        run.pass(.seconds(240))
        let silent = run.links.count
        run.pass(.seconds(600))
        #expect(run.links.count == silent)
    }

    /// Two links that idle leave a probe its place.
    @Test func aSecondIdleLinkGivesWayToAProbe() throws {
        let run = DispatchRun("o")
        for text in ["a", "b"] { run.ask(.sync(text)) }
        for link in run.live(.sync) { run.open(link.id) }
        for link in run.live(.sync) { run.answer(link.id, .result()) }
        #expect(run.live(.sync).count == 2)
        run.pass(.seconds(5))
        #expect(run.links.contains { $0.purpose == .probe })
        #expect(run.live(.sync).count == 1)
    }

    /// Nor is a node that wallets ask without a pause left unread.
    @Test func aBusyNodeIsProbedBeforeItsReadingIsWorthless() throws {
        let run = DispatchRun("o")
        var asked = 0
        func more() {
            asked += 1
            run.ask(.sync("\(asked)"))
        }
        for _ in 0..<4 { more() }
        for link in run.live(.sync) { run.open(link.id) }
        for _ in 0..<600 {
            run.pass(.milliseconds(500))
            // Both are in use at any time, and another request waits.
            let inUse = run.live(.sync).filter { $0.state != .idle && $0.state != .opening }
            guard let first = inUse.min(by: { $0.sentAt < $1.sentAt }) else { break }
            run.answer(first.id, .result())
            more()
            for link in run.live(.sync) where link.state == .opening { run.open(link.id) }
        }
        let probes = run.links.count { $0.purpose == .probe }
        #expect(asked > 600 && probes >= 2, "\(probes)")
        #expect(run.live(.sync).count == 2 && run.links.count < 10, "no link was lost")
    }

    /// What a test reads while no wallet polls is not what the next session's nodes say.
    @Test func aTestInBetweenDoesNotTakeTheFirstFeesCheckAway() throws {
        let run = DispatchRun("oo")
        run.test()
        run.pass(.seconds(400))
        #expect(run.reports.count == 1)
        let fee = run.ask(.fee)
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result("\"fee\": 20000, \"quantization_mask\": 10000"))
        #expect(run.outcomes[fee] == nil, "another node's first reading is awaited")
        run.pass(.seconds(5))
        #expect(run.outcomes[fee] != nil)
    }

    @Test func nodesThatNothingGoesToAreNotProbed() {
        let run = DispatchRun("lo")
        run.ask(.sync())
        run.pass(.seconds(100))
        #expect(run.links.contains { $0.purpose == .probe })
        #expect(run.links.allSatisfy { $0.node == 0 })
    }

    @Test func aProbeGivesWayToAWallet() throws {
        let run = DispatchRun("o")
        run.answersProbes = false
        run.ask(.sync())
        run.pass(.seconds(5))
        let probe = try run.only(.probe)
        run.ask(.distribution)
        #expect(run.link(probe.id)?.state == .closed)
        #expect(run.live(.outputs).count + run.live(.transaction).count >= 1)
    }

    /// A fee that waits for a probe is told when that gives way, and never in the midst of placing the request that
    /// it gives way to: requests are placed by their index.
    @Test func aProbeThatGivesWaySettlesAFee() throws {
        let run = DispatchRun("oo", verifies: true)
        run.answersProbes = false
        let fee = run.ask(.fee)
        let first = try run.only(.sync)
        run.open(first.id)
        run.pass(.seconds(5))
        let answer = WalletAnswer.result("\"fee\": 20000, \"quantization_mask\": 10000")
        run.answer(first.id, answer)
        #expect(run.outcomes[fee] == nil)
        run.end(first.id, .broken("it went"))
        run.ask(.sync())
        run.end(try run.only(.sync).id, .notOpened(.connectionRefused, "nobody listens there"))
        run.open(try #require(run.live(.sync, node: 1).first).id)
        let probe = try #require(run.live(.probe, node: 1).first)
        let outputs = run.ask(.outputs())
        #expect(run.link(probe.id)?.state == .closed)
        run.pass(.milliseconds(1))
        #expect(run.outcomes[fee] == .answered(answer))
        // No second node tells outputs now: the wallet is told to wait, or is asked to.
        run.pass(.seconds(60))
        #expect(run.outcomes[outputs] != nil)
    }

    @Test func whoLiesIsLeft() throws {
        let run = DispatchRun("oooo")
        run.chains[0].hash = 2
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        run.pass(.seconds(5))
        run.ask(.sync("second"))
        #expect(run.live(.sync).map(\.node) == [1])
        #expect(run.told.contains { $0.contains("wallet.0.node.0 is set aside") })
    }

    @Test func aTestAsksAllAndTellsTheSteps() throws {
        let run = DispatchRun("lo")
        run.answersProbes = false
        run.test()
        #expect(run.live(.probe).map(\.node) == [0, 1])
        let onion = try #require(run.live(.probe, node: 1).first)
        run.end(
            try #require(run.live(.probe, node: 0).first).id, .notOpened(.connectionRefused, "nobody listens there"))
        run.pass(.milliseconds(700))
        run.open(onion.id)
        for _ in 0..<4 {
            run.pass(.milliseconds(300))
            guard case .busy(let request) = run.link(onion.id)?.state else { break }
            run.begin(onion.id)
            run.answer(onion.id, run.probeAnswer(request, 1))
        }
        let reports = try #require(run.reports.first)
        #expect(reports.map(\.node) == [0, 1])
        #expect(reports[0].problem == "nobody listens there")
        #expect(reports[1].problem == nil)
        #expect(reports[1].wayMilliseconds == 700)
        #expect(reports[1].firstByteMilliseconds == 300)
        #expect(reports[1].reading?.height == 1000)
        #expect(run.live().isEmpty)
        #expect(run.dispatch.isQuiet)
    }

    @Test func aTestEndsWhateverHappens() throws {
        let run = DispatchRun("oo")
        run.answersProbes = false
        run.routes([true, false])
        run.test()
        run.pass(.seconds(101))
        #expect(run.reports.count == 1)
        #expect(run.reports.first?.allSatisfy { $0.problem != nil } == true)
        run.test()
        run.stand(.locked)
        #expect(run.reports.count == 2)
        run.test()
        #expect(run.reports.last?.map(\.problem) == Array(repeating: Refusal.locked.sentence(), count: 2))
    }
}
