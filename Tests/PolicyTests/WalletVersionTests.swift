import Policy
import Protocols
import Testing

/// A wallet's first question on a new connection, where no node can be asked. Any status but OK it takes for "no
/// connection to daemon".
@Suite struct WalletVersionTests {
    private static func version(_ id: String = "\"0\"") -> WalletRequest {
        WalletRequest(
            call: WalletCall(path: "/json_rpc", method: "get_version", form: .jsonRPC, role: .version),
            body: Array("{}".utf8), id: Array(id.utf8))
    }

    private func text(_ run: DispatchRun, _ id: WalletDispatch.RequestID) -> String? {
        guard case .answered(let answer) = run.outcomes[id] else { return nil }
        #expect(answer.status == 200 && AnswerJudge.isOK(answer, to: Self.version()))
        return String(decoding: answer.body, as: UTF8.self)
    }

    private static func answer(_ result: String) -> String {
        "{\"id\":\"0\",\"jsonrpc\":\"2.0\",\"result\":{\(result)}}"
    }
    private static let nothingKnown = answer("\"status\":\"OK\",\"untrusted\":true,\"version\":196618")

    @Test func theCatalogueKnowsTheQuestion() {
        #expect(WalletRun.request(WalletWire.jsonRPC("get_version"))?.call.role == .version)
        #expect(WalletRun.request(WalletWire.jsonRPC("get_info"))?.call.role == .plain)
    }

    @Test(arguments: [Refusal.locked, .unguarded])
    func itIsAnsweredWhereNothingMayPassAndNoNodeSeesIt(_ refusal: Refusal) {
        let run = DispatchRun("lo")
        run.stand(refusal)
        #expect(text(run, run.ask(Self.version())) == Self.nothingKnown)
        #expect(run.isBusy(run.ask(.sync())), "whatever is asked next is busy")
        #expect(run.links.isEmpty && run.dispatch.isQuiet)
        run.pass(.seconds(600))
        #expect(run.links.isEmpty)
    }

    @Test func withoutARouteAsWell() {
        let run = DispatchRun("o")
        run.routes([false])
        #expect(text(run, run.ask(Self.version("7")))?.hasPrefix("{\"id\":7,") == true)
        #expect(run.links.isEmpty)
    }

    @Test func aLockAnswersTheOneThatWaits() {
        let run = DispatchRun("o")
        let waiting = run.ask(Self.version())
        #expect(run.live(.sync).count == 1)
        run.stand(.locked)
        #expect(text(run, waiting) == Self.nothingKnown)
    }

    @Test func withAGoodNodeThatOneIsAsked() throws {
        let run = DispatchRun("o")
        let id = run.ask(Self.version())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result("\"version\": 196626"))
        #expect(run.outcomes[id] == .answered(.result("\"version\": 196626")))
        #expect(run.sends(of: Self.version()) == [0])
    }

    @Test func whatTheLastNodeSaidIsKept() throws {
        let run = DispatchRun("o")
        let forks = "\"hard_forks\": [{\"height\": 1, \"hf_version\": 1}, {\"height\": 900, \"hf_version\": 16}]"
        run.ask(Self.version())
        run.open(try run.only(.sync).id)
        run.answer(
            try run.only(.sync).id,
            .result("\"current_height\": 1234, \(forks), \"release\": true, \"version\": 196626"))
        run.stand(.locked)
        let forksAgain = "\"hard_forks\":[{\"height\":1,\"hf_version\":1},{\"height\":900,\"hf_version\":16}]"
        #expect(
            text(run, run.ask(Self.version()))
                == Self.answer(
                    "\"current_height\":1234,\(forksAgain),\"status\":\"OK\",\"untrusted\":true,\"version\":196626"))
    }

    /// A height that is made up would have a wallet build its next transaction by the rules of that height.
    @Test(arguments: ["0", "-1", "1e3", "500000001", "\"5\"", "18446744073709551616"])
    func aHeightThatNoChainHasIsNotKept(_ height: String) throws {
        let run = DispatchRun("o")
        run.ask(Self.version())
        run.open(try run.only(.sync).id)
        run.answer(try run.only(.sync).id, .result("\"current_height\": \(height), \"version\": 196626"))
        run.stand(.locked)
        #expect(
            text(run, run.ask(Self.version()))
                == Self.answer("\"status\":\"OK\",\"untrusted\":true,\"version\":196626"))
    }

    @Test(arguments: [
        "[{\"height\": 1}]", "[{\"height\": 1, \"hf_version\": 256}]", "[1]", "{}",
        "[\(Array(repeating: "{\"height\":1,\"hf_version\":1}", count: 256).joined(separator: ","))]",
    ])
    func forksThatCannotBeReadAreNone(_ forks: String) throws {
        let run = DispatchRun("o")
        run.ask(Self.version())
        run.open(try run.only(.sync).id)
        run.answer(
            try run.only(.sync).id, .result("\"current_height\": 5, \"hard_forks\": \(forks), \"version\": 196626"))
        run.stand(.locked)
        #expect(
            text(run, run.ask(Self.version()))
                == Self.answer("\"current_height\":5,\"status\":\"OK\",\"untrusted\":true,\"version\":196626"))
    }

    @Test func whatAProbeReadIsKeptTooUnlessTheNodeIsSetAside() {
        let run = DispatchRun("oooo")
        run.chains[3].height = 2000
        run.ask(.sync())
        run.serve()
        run.pass(.seconds(70))
        #expect(run.told.contains { $0.contains("wallet.0.node.3 is set aside") })
        run.pass(.seconds(60))
        run.stand(.locked)
        #expect(
            text(run, run.ask(Self.version()))
                == Self.answer("\"current_height\":1000,\"status\":\"OK\",\"untrusted\":true,\"version\":196618"))
    }
}
