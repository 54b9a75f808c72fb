import Policy
import Protocols
import Testing

/// Which node a wallet's request goes to, on which link, and what becomes of it.
@Suite struct WalletDispatchTests {
    @Test func aRequestOpensALinkAndTheNextUsesIt() throws {
        let run = DispatchRun("oo")
        let first = run.ask(.sync())
        let link = try run.only(.sync)
        #expect(link.node == 0)
        run.open(link.id)
        run.answer(link.id, .result())
        #expect(run.outcomes[first] == .answered(.result()))
        let second = run.ask(.sync("second"))
        run.begin(link.id)
        run.answer(link.id, .result("\"height\": 2"))
        #expect(run.outcomes[second] == .answered(.result("\"height\": 2")))
        #expect(run.live(.sync).map(\.id) == [link.id])
    }

    @Test func nothingPassesBeforeItIsAllowed() {
        let run = DispatchRun("lo", isOpen: false)
        #expect(run.isBusy(run.ask(.sync())))
        #expect(run.isBusy(run.ask(.transaction())))
        run.routes([true, true])
        #expect(run.isBusy(run.ask(.sync())))
        #expect(run.links.isEmpty)
        run.stand(nil)
        #expect(!run.isBusy(run.ask(.sync())))
    }

    @Test func aLockEndsEverything() throws {
        let run = DispatchRun("o")
        let waiting = [run.ask(.sync()), run.ask(.transaction())]
        run.open(try run.only(.transaction).id)
        run.stand(.locked)
        #expect(waiting.allSatisfy { run.isBusy($0) })
        #expect(run.isBusy(run.ask(.transaction())))
        run.stand(nil)
        run.ask(.sync("again"))
        #expect(run.live(.sync).count == 1)
    }

    @Test func withoutARouteItIsBusyAtOnceAndResumes() throws {
        let run = DispatchRun("o")
        run.open(try #require(run.asked(.sync())))
        let under = try run.only(.sync)
        run.routes([false])
        #expect(run.link(under.id)?.state == .closed)
        #expect(run.open.isEmpty)
        #expect(run.isBusy(run.ask(.sync("no way"))))
        run.routes([true])
        // The link is warmed again while the wallet polls.
        #expect(run.live(.sync).count == 1)
    }

    @Test func atMostTwoLinksAndTheRestQueues() throws {
        let run = DispatchRun("l")
        run.answersProbes = false
        let all = (0..<70).map { run.ask(.sync("\($0)")) }
        #expect(all[64...].allSatisfy { run.isBusy($0) })
        #expect(all[..<64].allSatisfy { run.outcomes[$0] == nil })
        for link in run.live(.sync) { run.open(link.id) }
        #expect(run.live(.sync).count == 2)
        for _ in 0..<64 {
            let busy = try #require(run.live(.sync).first { if case .busy = $0.state { true } else { false } })
            run.answer(busy.id, .result())
        }
        #expect(all[..<64].allSatisfy { run.outcomes[$0] == .answered(.result()) })
    }

    @Test func aFailedNodeIsLeftForTheNext() throws {
        let run = DispatchRun("ooo")
        let id = run.ask(.sync())
        run.end(try run.only(.sync).id, .notOpened(.onionUnreachable, "the onion service does not answer"))
        let next = try run.only(.sync)
        #expect(next.node == 1)
        run.open(next.id)
        run.end(next.id, .broken("it broke off"))
        let last = try run.only(.sync)
        #expect(last.node == 2)
        run.open(last.id)
        run.answer(last.id, .result())
        #expect(run.outcomes[id] == .answered(.result()))
        // The session stays there, also when the others are good again.
        run.pass(.seconds(30))
        run.ask(.sync("later"))
        #expect(run.sends(of: .sync("later")) == [2])
        #expect(run.told.contains { $0.contains("wallet.0.node.0") })
    }

    @Test(arguments: [
        WalletAnswer(status: 500, contentType: "", body: []), WalletAnswer(contentType: "", body: [1, 2, 3]),
        WalletAnswer.result("\"height\": 1", status: "BUSY"),
    ])
    func whatIsNoAnswerIsAskedElsewhere(_ answer: WalletAnswer) throws {
        let run = DispatchRun("oo")
        let id = run.ask(.sync())
        let link = try run.only(.sync)
        run.open(link.id)
        run.answer(link.id, answer)
        #expect(run.outcomes[id] == nil)
        let second = try #require(run.live(.sync, node: 1).first)
        run.open(second.id)
        run.answer(second.id, .result())
        #expect(run.outcomes[id] == .answered(.result()))
    }

    @Test func aSingleNodesOwnBusyIsPassedOn() throws {
        let run = DispatchRun("l")
        let id = run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result(status: "BUSY"))
        #expect(run.outcomes[id] == .answered(.result(status: "BUSY")))
    }

    @Test func aLinkThatIdledMayHaveBeenClosedMeanwhile() throws {
        let run = DispatchRun("oo")
        run.ask(.sync())
        let link = try run.only(.sync)
        run.open(link.id)
        run.answer(link.id, .result())
        run.pass(.seconds(20))
        let id = run.ask(.sync("second"))
        run.end(link.id, .unanswered("it closed the connection"))
        // The same node, on a new link, and nobody is blamed.
        let again = try run.only(.sync)
        #expect(again.node == 0)
        run.open(again.id)
        run.end(again.id, .unanswered("it closed the connection"))
        #expect(try run.only(.sync).node == 1)
        #expect(run.outcomes[id] == nil)
    }

    @Test func aStoppedNodeIsLeftAfterHalfAMinute() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.pass(.seconds(29))
        #expect(run.live(.sync).map(\.node) == [0])
        run.pass(.seconds(2))
        #expect(run.live(.sync).map(\.node) == [1])
        run.pass(.seconds(30))
        #expect(run.isBusy(id))
    }

    @Test func aSingleNodeIsWaitedForLonger() throws {
        let run = DispatchRun("o")
        let id = run.ask(.sync())
        run.pass(.seconds(44))
        run.open(try run.only(.sync).id)
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(15))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(2))
        #expect(run.isBusy(id))
        #expect(run.live(.sync).count <= 1)
    }

    @Test func aWayThatDoesNotComeAboutIsGivenUp() throws {
        let run = DispatchRun("o")
        let id = run.ask(.sync())
        let link = try run.only(.sync)
        run.pass(.seconds(46))
        #expect(run.link(link.id)?.state == .closed)
        #expect(run.isBusy(id))
    }

    @Test func fromALoopbackNodeNothingLeavesWithoutFallback() throws {
        let run = DispatchRun("lo")
        let requests = [run.ask(.sync()), run.ask(.fee), run.ask(.outputs())]
        for _ in 0..<100 {
            for link in run.live() where link.state == .opening {
                run.end(link.id, .notOpened(.connectionRefused, "nobody listens there"))
            }
            run.pass(.seconds(1))
        }
        #expect(requests.allSatisfy { run.isBusy($0) })
        #expect(run.links.allSatisfy { $0.node == 0 })
    }

    @Test func aDeadLoopbackNodesListenerIsSoonBusy() throws {
        let run = DispatchRun("l")
        let id = run.ask(.sync())
        for _ in 0..<6 {
            for link in run.live(.sync) where link.state == .opening {
                run.end(link.id, .notOpened(.connectionRefused, "nobody listens there"))
            }
            run.pass(.seconds(1))
        }
        #expect(run.isBusy(id))
    }

    @Test func withFallbackItGoesToOthersAndComesHome() throws {
        let run = DispatchRun("lo", fallback: true)
        let first = run.ask(.sync())
        run.end(try run.only(.sync).id, .notOpened(.connectionRefused, "nobody listens there"))
        let away = try run.only(.sync)
        #expect(away.node == 1)
        run.open(away.id)
        run.answer(away.id, .result())
        #expect(run.outcomes[first] == .answered(.result()))
        for _ in 0..<8 {
            run.pass(.seconds(20))
            let id = run.ask(.sync("poll"))
            for link in run.live(.sync) { run.open(link.id) }
            for link in run.live(.sync) { run.answer(link.id, .result()) }
            #expect(run.outcomes[id] == .answered(.result()))
        }
        #expect(run.live(.sync).map(\.node) == [0])
    }

    @Test func whatShowsKeyImagesGoesToTrustedNodesAlone() throws {
        let run = DispatchRun("ot")
        let id = run.ask(.revealing)
        let link = try run.only(.sync)
        #expect(link.node == 1)
        run.open(link.id)
        run.answer(link.id, .json("OK"))
        #expect(run.outcomes[id] == .answered(.json("OK")))
        run.ask(.sync())
        #expect(run.live(.sync).contains { $0.node == 0 })

        let none = DispatchRun("oo")
        let refused = none.ask(.revealing)
        guard case .answered = none.outcomes[refused] else {
            Issue.record("no answer")
            return
        }
        #expect(!none.isBusy(refused))
        #expect(none.live(.sync).isEmpty)
    }

    @Test func aLongAnswerIsGivenAsItComes() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.sync())
        let link = try run.only(.sync)
        run.open(link.id)
        run.begin(link.id)
        run.overflow(link.id, beginning: Array("{".utf8))
        #expect(run.streams == [id])
        run.pass(.seconds(600))
        #expect(run.link(link.id)?.state == .forwarding(id))
        run.streamed(link.id)
        #expect(run.outcomes[id] == .forwarded)
        run.ask(.sync("next"))
        #expect(run.sends(of: .sync("next")) == [0])
    }

    @Test func aLongAnswerThatBreaksOffIsNotAskedAgain() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.sync())
        let link = try run.only(.sync)
        run.open(link.id)
        run.overflow(link.id, beginning: Array("{".utf8))
        run.end(link.id, .broken("it broke off"))
        #expect(run.outcomes[id] == .brokeOff)
        #expect(run.sends(of: .sync()) == [0])
    }

    @Test func aLongAnswerThatBeginsWronglyIsAskedElsewhere() throws {
        let run = DispatchRun("oo")
        let id = run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.overflow(try run.only(.sync).id, beginning: Array("<html>".utf8))
        #expect(run.outcomes[id] == nil)
        #expect(try run.only(.sync).node == 1)
    }

    @Test func aWalletThatGoesTakesItsLinkAlong() throws {
        let run = DispatchRun("o")
        let id = run.ask(.sync())
        let link = try run.only(.sync)
        run.open(link.id)
        run.leave(id)
        #expect(run.link(link.id)?.state == .closed)
    }

    @Test func anIdleListenerIsSilent() throws {
        let run = DispatchRun("oo")
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        run.pass(.seconds(179))
        #expect(run.live(.sync).count == 1)
        run.pass(.seconds(2))
        #expect(run.live().isEmpty)
        #expect(run.dispatch.deadline == nil)
    }

    @Test func theWarmLinkIsOpenedAgainAndLessAndLessOften() throws {
        let run = DispatchRun("o")
        run.ask(.sync())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result())
        var opened = 0
        for _ in 0..<100 {
            if let link = run.live(.sync).first {
                opened += 1
                run.open(link.id)
                run.end(link.id, .idleClosed)
            }
            run.pass(.seconds(1))
        }
        #expect(opened > 3 && opened < 12)
    }

    @Test func aFeeFarAboveWhatOthersSayIsTakenFromAnother() throws {
        let run = DispatchRun("ooo")
        run.ask(.sync())
        run.serve()
        run.pass(.seconds(10))
        let id = run.ask(.fee)
        run.answer(try run.only(.sync).id, .result("\"fee\": 2000000, \"quantization_mask\": 10000"))
        #expect(run.outcomes[id] == nil)
        let other = try #require(run.live(.sync, node: 1).first)
        run.open(other.id)
        let honest = WalletAnswer.result("\"fee\": 21000, \"quantization_mask\": 10000")
        run.answer(other.id, honest)
        #expect(run.outcomes[id] == .answered(honest))
        #expect(run.told.contains { $0.contains("wallet.0.node.0") })
    }

    @Test func theFirstFeeWaitsForWhatOthersSay() throws {
        let run = DispatchRun("ooo")
        let id = run.ask(.fee)
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result("\"fee\": 2000000, \"quantization_mask\": 10000"))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(10))
        let other = try #require(run.live(.sync).first { $0.node != 0 })
        run.open(other.id)
        run.answer(other.id, .result("\"fee\": 20000, \"quantization_mask\": 10000"))
        #expect(run.outcomes[id] == .answered(.result("\"fee\": 20000, \"quantization_mask\": 10000")))
    }
}
