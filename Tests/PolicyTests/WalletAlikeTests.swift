import Policy
import Protocols
import Testing

/// Requests that wait together and ask the same: the node sees one of them.
@Suite struct WalletAlikeTests {
    /// A node with one link that is busy, and these requests behind it.
    private func queue(
        _ kinds: String, _ requests: [WalletRequest]
    ) throws -> (run: DispatchRun, link: WalletDispatch.LinkID, ids: [WalletDispatch.RequestID]) {
        let run = DispatchRun(kinds)
        run.answersProbes = false
        run.ask(.sync("first"))
        let link = try run.only(.sync).id
        run.open(link)
        let ids = requests.map { run.ask($0) }
        // A second link may be on its way: it does not come about.
        return (run, link, ids)
    }

    @Test func theFirstIsAskedForAll() throws {
        let (run, link, ids) = try queue("l", [.sync(), .sync("other"), .sync(), .sync()])
        run.answer(link, .result())
        #expect(run.sends(of: .sync()) == [0])
        let late = run.ask(.sync())
        run.answer(link, .result("\"height\": 7"))
        for id in [ids[0], ids[2], ids[3]] { #expect(run.outcomes[id] == .answered(.result("\"height\": 7"))) }
        #expect(run.outcomes[ids[1]] == nil && run.outcomes[late] == nil)
        // Who came after it was sent gets no answer that had perhaps begun already.
        run.answer(link, .result())
        #expect(run.sends(of: .sync("other")) == [0])
        run.answer(link, .result("\"height\": 8"))
        #expect(run.sends(of: .sync()) == [0, 0])
        #expect(run.outcomes[late] == .answered(.result("\"height\": 8")))
    }

    /// The id is not sent: each gets the answer, and puts his own in.
    @Test func anotherIDIsTheSameQuestion() throws {
        var other = WalletRequest.sync()
        other.id = Array("7".utf8)
        let (run, link, ids) = try queue("l", [.sync(), other])
        run.answer(link, .result())
        run.answer(link, .result("\"height\": 7"))
        #expect(ids.allSatisfy { run.outcomes[$0] == .answered(.result("\"height\": 7")) })
    }

    @Test(arguments: [WalletRequest.fee, .revealing, .blocks])
    func otherCallsAreAskedByEach(_ request: WalletRequest) throws {
        let (run, link, ids) = try queue("l", [request, request])
        run.answer(link, .result())
        for _ in ids { run.answer(link, .fits(request)) }
        #expect(ids.allSatisfy { if case .answered = run.outcomes[$0] { true } else { false } })
        #expect(run.sends(of: request) == [0, 0])
    }

    @Test func whoGoesLeavesItToTheOthers() throws {
        let (run, link, ids) = try queue("l", [.sync(), .sync(), .sync(), .sync()])
        run.answer(link, .result())
        run.leave(ids[1])
        run.leave(ids[0])
        #expect(run.link(link)?.state == .busy(.sync()))
        run.begin(link)
        run.answer(link, .result())
        #expect(ids[2...].allSatisfy { run.outcomes[$0] == .answered(.result()) })
        #expect(run.sends(of: .sync()) == [0])
    }

    @Test func theLinkIsClosedWhenNobodyIsLeft() throws {
        let (run, link, ids) = try queue("l", [.sync(), .sync()])
        run.answer(link, .result())
        run.begin(link)
        run.leave(ids[0])
        #expect(run.link(link)?.state == .busy(.sync()))
        run.leave(ids[1])
        #expect(run.link(link)?.state == .closed)
    }

    @Test(arguments: [
        WalletAnswer(status: 500, contentType: "", body: []), WalletAnswer(contentType: "", body: [1, 2, 3]),
        WalletAnswer.result("\"height\": 1", status: "BUSY"),
    ])
    func allOfThemAreAskedElsewhere(_ answer: WalletAnswer) throws {
        let (run, link, ids) = try queue("oo", [.sync(), .sync()])
        run.answer(link, .result())
        run.answer(link, answer)
        #expect(ids.allSatisfy { run.outcomes[$0] == nil })
        for _ in 0..<4 {
            for other in run.live(.sync, node: 1) {
                run.open(other.id)
                run.answer(other.id, .result())
            }
        }
        #expect(ids.allSatisfy { run.outcomes[$0] == .answered(.result()) })
        #expect(run.sends(of: .sync()).filter { $0 == 0 } == [0], "the node that failed is asked no more")
    }

    @Test func aLinkThatBreaksIsNobodysAnswer() throws {
        let (run, link, ids) = try queue("oo", [.sync(), .sync()])
        run.answer(link, .result())
        run.end(link, .broken("it broke off"))
        #expect(ids.allSatisfy { run.outcomes[$0] == nil })
        for other in run.live(.sync, node: 1) { run.open(other.id) }
        for _ in ids { for other in run.live(.sync, node: 1) { run.answer(other.id, .result()) } }
        #expect(ids.allSatisfy { run.outcomes[$0] == .answered(.result()) })
    }

    /// The node had closed the idle link: both are asked again there, still by one.
    @Test func aStaleLinkIsReplacedForBoth() throws {
        let (run, link, ids) = try queue("oo", [.sync(), .sync()])
        run.pass(.seconds(3))
        run.answer(link, .result())
        #expect(run.sends(of: .sync()) == [0])
        run.end(link, .unanswered("it closed the connection"))
        #expect(ids.allSatisfy { run.outcomes[$0] == nil })
    }

    @Test func aLongAnswerGoesToOneAsItComes() throws {
        let (run, link, ids) = try queue("l", [.sync(), .sync()])
        run.answer(link, .result())
        run.overflow(link, beginning: Array("{".utf8))
        #expect(run.streams == [ids[0]])
        #expect(run.outcomes[ids[1]] == nil)
        run.streamed(link)
        #expect(run.outcomes[ids[0]] == .forwarded)
        #expect(run.sends(of: .sync()) == [0, 0])
        run.answer(link, .result())
        #expect(run.outcomes[ids[1]] == .answered(.result()))
    }

    /// A slow answer that has begun is waited for by all, as by one.
    @Test func anAnswerThatHasBegunIsWaitedForByAll() throws {
        let (run, link, ids) = try queue("l", [.sync(), .sync()])
        run.answer(link, .result())
        run.pass(.seconds(20))
        run.begin(link)
        run.pass(.seconds(60))
        #expect(ids.allSatisfy { run.outcomes[$0] == nil })
        run.answer(link, .result())
        #expect(ids.allSatisfy { run.outcomes[$0] == .answered(.result()) })
    }

    @Test func aLockEndsThemAll() throws {
        let (run, link, ids) = try queue("l", [.sync(), .sync()])
        run.answer(link, .result())
        run.stand(.locked)
        #expect(ids.allSatisfy { run.isBusy($0) })
    }
}

extension WalletRequest {
    /// A call that no other may have the answer of, long as it may be.
    fileprivate static let blocks = WalletRequest(
        call: WalletCall(path: "/getblocks.bin", form: .portableStorage), body: [1])
}

extension WalletAnswer {
    fileprivate static func fits(_ request: WalletRequest) -> WalletAnswer {
        switch request.call.form {
        case .json: .json("OK")
        case .jsonRPC: .result("\"fee\": 20000, \"quantization_mask\": 10000")
        case .portableStorage: .outputs([])
        }
    }
}
