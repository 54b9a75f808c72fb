import Policy
import Protocols
import Testing

/// Which node a wallet's session is at, and when it goes to another.
@Suite struct WalletSessionTests {
    @Test func onesOwnNodeIsTheBest() throws {
        let run = DispatchRun("lo", fallback: true, order: .best)
        run.ask(.sync())
        #expect(try run.only(.sync).node == 0)
    }

    /// Probes are answered by each node after so many milliseconds.
    private func probe(_ run: DispatchRun, _ waits: [Int?]) {
        run.pass(.seconds(4))
        for (node, wait) in waits.enumerated() {
            guard let wait, let link = run.live(.probe, node: node).first?.id else { continue }
            run.open(link)
            while case .busy(let request) = run.link(link)?.state {
                run.pass(.milliseconds(wait))
                run.begin(link)
                run.answer(link, run.probeAnswer(request, node))
            }
        }
    }

    @Test func theSessionGoesToTheQuickestOnce() throws {
        let run = DispatchRun("ooo", order: .best)
        run.answersProbes = false
        func sync() -> Int? {
            let request = WalletRequest.sync("\(run.links.count) \(run.now.milliseconds)")
            run.ask(request)
            for link in run.live(.sync) where link.state == .opening { run.open(link.id) }
            let node = run.sends(of: request).last
            for link in run.live(.sync) { run.answer(link.id, .result()) }
            return node
        }
        #expect(sync() == 0)
        probe(run, [300, 200, 100])
        #expect(sync() == 2)
        // Not to and fro with each probe.
        run.pass(.seconds(70))
        probe(run, [100, 200, 300])
        #expect(sync() == 2)
    }

    /// What a wallet was shown is not taken back: the next node is as high, though the file has another one first.
    @Test func heightsDoNotJumpBack() throws {
        let run = DispatchRun("ooo")
        run.chains[1].height = 998
        run.ask(.sync())
        run.serve()
        run.pass(.seconds(10))
        run.ask(.sync("shown"))
        run.serve()
        let id = run.ask(.sync("next"))
        run.end(try run.only(.sync).id, .broken("it broke off"))
        let next = try run.only(.sync)
        #expect(next.node == 2)
        run.open(next.id)
        run.answer(next.id, .result())
        #expect(run.outcomes[id] == .answered(.result()))
    }

    /// Where the height that it was shown was one node's alone, the others are not passed over for it.
    @Test func aLiarsHeightBindsNobody() throws {
        let run = DispatchRun("looo", fallback: true)
        run.answersProbes = false
        run.routes([true, true, true, true])
        run.ask(.sync())
        run.end(try run.only(.sync).id, .notOpened(.connectionRefused, "it is not there"))
        let away = try run.only(.sync)
        #expect(away.node == 1)
        run.chains[1].height = 2000
        run.open(away.id)
        run.answer(away.id, .result())
        // Until the others were read nothing is known against it.
        probe(run, [nil, 1])
        run.ask(.sync("shown"))
        run.answer(try run.only(.sync).id, .result())
        #expect(run.sends(of: .sync("shown")) == [1])
        run.answersProbes = true
        run.pass(.seconds(1))
        // It is set aside, and one's own node is not there yet: another one stands in for it, which is as high as that.
        run.ask(.sync("next"))
        run.end(try #require(run.live(.sync, node: 0).first).id, .notOpened(.connectionRefused, "it is not there"))
        run.serve()
        #expect(run.sends(of: .sync("next")) == [2])
        run.pass(.seconds(65))
        run.ask(.sync("home"))
        run.serve()
        #expect(run.sends(of: .sync("home")) == [0])
    }
}
