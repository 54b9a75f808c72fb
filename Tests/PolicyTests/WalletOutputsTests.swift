import Policy
import Protocols
import Testing

/// `verify-outs`: what two nodes tell of the same outputs, side by side, and who is believed.
@Suite struct WalletOutputsTests {
    /// One node tells, and the other breaks off until the time is over: it is said that it was silent, not that it differed.
    @Test func whoOnlyBreaksOffIsCalledSilent() throws {
        let run = DispatchRun("oo", verifies: true)
        let id = run.ask(.outputs())
        run.openComparison()
        run.answer(try #require(run.live(.outputs, node: 0).first).id, .outputs([1]))
        for _ in 0..<200 where run.outcomes[id] == nil {
            for link in run.live(node: 1) { run.end(link.id, .broken("it broke")) }
            run.pass(.seconds(1))
        }
        #expect(run.isBusy(id))
        let threats = run.dispatch.threats(now: run.now)
        #expect(threats.contains { $0.contains("node.1 did not answer which outputs there are") }, "\(threats)")
        #expect(!(run.told + threats).contains { $0.contains("differently") })
    }

    @Test func aLinkThatBrokeIsNoDispute() throws {
        let run = DispatchRun("ooo", verifies: true)
        let id = run.ask(.outputs())
        run.openComparison()
        run.answer(try #require(run.live(.outputs, node: 0).first).id, .outputs([1]))
        run.end(try #require(run.live(.outputs, node: 2).first).id, .broken("it broke"))
        run.leave(id)
        #expect(!run.told.contains { $0.contains("outputs") })
        #expect(!run.dispatch.threats(now: run.now).contains { $0.contains("outputs") })
    }

    @Test func outputsAreComparedWithASecondNodes() throws {
        let run = DispatchRun("ooo", verifies: true)
        let id = run.ask(.outputs())
        #expect(run.live(.outputs).count == 2)
        run.open(run.live(.outputs)[0].id)
        run.open(try run.only(.transaction).id)
        #expect(run.sends(of: .outputs()).isEmpty)
        run.openComparison()
        #expect(Set(run.sends(of: .outputs())) == [0, 2])
        run.answer(run.live(.outputs)[0].id, .outputs([1], topHash: "a"))
        #expect(run.outcomes[id] == nil)
        run.answer(run.live(.outputs)[1].id, .outputs([1], topHash: "b"))
        #expect(run.outcomes[id] == .answered(.outputs([1], topHash: "a")))
    }

    @Test func withoutTheSecondNodeNothingIsShown() {
        let run = DispatchRun("oo", verifies: true)
        run.routes([true, false])
        #expect(run.isBusy(run.ask(.outputs())))
        #expect(run.sends(of: .outputs()).isEmpty)
    }

    @Test func aThirdNodeDecides() throws {
        let run = DispatchRun("oooo", verifies: true)
        let id = run.ask(.outputs())
        run.openComparison()
        let nodes = run.live(.outputs).map(\.node)
        run.answer(run.live(.outputs)[0].id, .outputs([6]))
        run.answer(run.live(.outputs)[1].id, .outputs([1]))
        #expect(run.outcomes[id] == nil)
        run.openComparison()
        let third = try #require(run.live(.outputs).first { if case .busy = $0.state { true } else { false } })
        #expect(!nodes.contains(third.node))
        run.answer(third.id, .outputs([1]))
        #expect(run.outcomes[id] == .answered(.outputs([1])))
        #expect(run.dispatch.threats(now: run.now).contains { $0.contains("wallet.0.node.\(nodes[0]) lied") })
        // The liar is asked no more.
        run.ask(.outputs([2]))
        run.openComparison()
        #expect(!run.sends(of: .outputs([2])).isEmpty)
        #expect(!run.sends(of: .outputs([2])).contains(nodes[0]))
    }

    @Test func twoThatDifferEndInOneShownSet() throws {
        let run = DispatchRun("oo", verifies: true)
        let id = run.ask(.outputs())
        run.openComparison()
        run.answer(run.live(.outputs)[0].id, .outputs([6]))
        run.answer(run.live(.outputs)[1].id, .outputs([1]))
        #expect(run.isBusy(id))
        #expect(run.isBusy(run.ask(.outputs([2]))))
        #expect(run.sends(of: .outputs([2])).isEmpty)
        #expect(run.dispatch.threats(now: run.now).contains { $0.contains("no third node could decide") })
    }

    /// Who refuses what another tells makes the wallet build anew, as one does who lies.
    @Test func aRefusalAgainstAnAnswerEndsInOneShownSet() throws {
        let run = DispatchRun("oo", verifies: true)
        let id = run.ask(.outputs())
        run.openComparison()
        run.answer(run.live(.outputs)[0].id, .outputs([6]))
        run.answer(run.live(.outputs)[1].id, .outputs([], status: "Failed"))
        #expect(run.isBusy(id))
        #expect(run.isBusy(run.ask(.outputs([2]))))
        #expect(run.sends(of: .outputs([2])).isEmpty)
        let threat = run.dispatch.threats(now: run.now).first { $0.contains("no third node could decide") }
        #expect(try #require(threat).contains("wallet.0.node.0 and wallet.0.node.1"))
    }

    @Test func whatBothRefuseIsNoDispute() throws {
        let run = DispatchRun("oo", verifies: true)
        let id = run.ask(.outputs())
        run.openComparison()
        for link in run.live(.outputs) { run.answer(link.id, .outputs([], status: "Failed")) }
        #expect(run.isBusy(id))
        #expect(!run.dispatch.threats(now: run.now).contains { $0.contains("no third node could decide") })
    }

    /// Both nodes answer, the one by these, and the other by those.
    private func answer(_ run: DispatchRun, _ one: WalletAnswer, _ other: WalletAnswer) throws {
        run.openComparison()
        for (node, answer) in [(0, one), (2, other)] {
            run.answer(try #require(run.live(.outputs, node: node).first).id, answer)
        }
    }

    @Test func twoThatAreABlockApartAreAskedAgain() throws {
        let run = DispatchRun("ooo", verifies: true)
        let id = run.ask(.outputs())
        try answer(run, .output(isUnlocked: true), .output(isUnlocked: false))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(4))
        #expect(run.sends(of: .outputs()).count == 2)
        run.pass(.seconds(2))
        #expect(run.sends(of: .outputs()).sorted() == [0, 0, 2, 2])
        try answer(run, .output(isUnlocked: true), .output(isUnlocked: true))
        #expect(run.outcomes[id] == .answered(.output(isUnlocked: true)))
        #expect(run.dispatch.threats(now: run.now).isEmpty)
    }

    /// Also in the form of JSON, where the two words differ in length.
    @Test func twoThatAreABlockApartInJSON() throws {
        let request = WalletRequest(
            call: WalletCall(path: "/get_outs", form: .json, purpose: .outputs, role: .outputs), body: [1])
        func told(_ isUnlocked: Bool) -> WalletAnswer {
            WalletAnswer(
                contentType: "application/json",
                body: Array(#"{"outs": [{"key": "a", "unlocked": \#(isUnlocked)}], "status": "OK"}"#.utf8))
        }
        let run = DispatchRun("oo", verifies: true)
        let id = run.ask(request)
        run.openComparison()
        run.answer(run.live(.outputs)[0].id, told(true))
        run.answer(run.live(.outputs)[1].id, told(false))
        #expect(run.outcomes[id] == nil)
        run.pass(.seconds(6))
        run.openComparison()
        #expect(run.sends(of: request).count == 4)
        for link in run.live(.outputs) { run.answer(link.id, told(true)) }
        #expect(run.outcomes[id] == .answered(told(true)))
    }

    @Test func whoStaysApartIsOutvotedAndNotCalledALiar() throws {
        let run = DispatchRun("oooo", verifies: true)
        let id = run.ask(.outputs())
        for round in 0..<4 {
            try answer(run, .output(isUnlocked: true), .output(isUnlocked: false))
            #expect(Set(run.sends(of: .outputs())) == [0, 2], "round \(round)")
            if round < 3 { run.pass(.seconds(6)) }
        }
        run.openComparison()
        let third = try #require(run.live(.outputs).first { if case .busy = $0.state { true } else { false } })
        #expect(third.node == 3)
        run.answer(third.id, .output(isUnlocked: false))
        #expect(run.outcomes[id] == .answered(.output(isUnlocked: false)))
        #expect(run.dispatch.threats(now: run.now).isEmpty)
    }

    @Test func twoThatStayApartEndInOneShownSet() throws {
        let run = DispatchRun("oo", verifies: true)
        let id = run.ask(.outputs())
        for _ in 0..<40 where run.outcomes[id] == nil {
            run.openComparison()
            for (place, link) in run.live(.outputs).enumerated() {
                // An answer that has begun may take its time, but not anew in each round.
                run.begin(link.id)
                run.answer(link.id, .output(isUnlocked: place == 0))
            }
            run.pass(.seconds(5))
        }
        #expect(run.isBusy(id))
        #expect(run.isBusy(run.ask(.outputs([2]))))
        #expect(run.sends(of: .outputs([2])).isEmpty)
    }

    /// A wallet that loses patience would ask anew.
    @Test func whoLeavesTwoThatAreApartHasShownOneSet() throws {
        let run = DispatchRun("ooo", verifies: true)
        let id = run.ask(.outputs())
        try answer(run, .output(isUnlocked: true), .output(isUnlocked: false))
        run.leave(id)
        #expect(run.isBusy(run.ask(.outputs([2]))))
        #expect(run.sends(of: .outputs([2])).isEmpty)
    }

    /// Nor is the third one asked that will be given the transaction, nor one that is not there: the next block comes.
    @Test(arguments: ["ooo", "oooo"])
    func twoThatAreApartWaitForEachOther(_ kinds: String) throws {
        let run = DispatchRun(kinds, verifies: true)
        run.routes([true, true, true, false])
        let id = run.ask(.outputs())
        for _ in 0..<6 {
            try answer(run, .output(isUnlocked: true), .output(isUnlocked: false))
            run.pass(.seconds(6))
        }
        try answer(run, .output(isUnlocked: true), .output(isUnlocked: true))
        #expect(run.outcomes[id] == .answered(.output(isUnlocked: true)))
        #expect(Set(run.sends(of: .outputs())) == [0, 2])
    }

    @Test func whoTellsOthersThanTwoThatAreApartIsTheLiar() throws {
        let run = DispatchRun("oooo", verifies: true)
        let id = run.ask(.outputs())
        try answer(run, .output(isUnlocked: true), .output(6, isUnlocked: true))
        run.openComparison()
        run.answer(try #require(run.live(.outputs, node: 3).first).id, .output(isUnlocked: false))
        #expect(run.outcomes[id] == nil)
        #expect(run.dispatch.threats(now: run.now).contains { $0.contains("wallet.0.node.2 lied") })
        run.pass(.seconds(6))
        run.openComparison()
        for link in run.live(.outputs) { run.answer(link.id, .output(isUnlocked: true)) }
        #expect(run.outcomes[id] == .answered(.output(isUnlocked: true)))
        #expect(run.sends(of: .outputs()).count { $0 == 2 } == 1)
        // That is not for ever.
        run.pass(.seconds(3601))
        #expect(run.dispatch.threats(now: run.now).isEmpty)
    }
}
