import Protocols
import Testing

@testable import Policy

@Suite("Wallet: what was asked lately") struct RecentVerdictsTests {
    private let info = WalletRequest(call: WalletCall(path: "/getinfo", form: .json), body: [1])

    @Test("is known again, until four others came")
    func kept() {
        var recent = RecentVerdicts()
        for byte in UInt8(0)..<5 {
            #expect(recent.request(.jsonRPC, body: [byte]) == nil)
            recent.keep(.jsonRPC, body: [byte], info)
            #expect(recent.request(.jsonRPC, body: [byte]) == info)
        }
        #expect(recent.request(.jsonRPC, body: [0]) == nil && recent.request(.jsonRPC, body: [1]) != nil)
        recent.keep(.jsonRPC, body: [5], info)
        #expect(recent.request(.jsonRPC, body: [1]) == nil && recent.request(.jsonRPC, body: [2]) != nil)
    }

    @Test("only these calls are kept, and none of them passes an identifier on")
    func named() {
        let kept = WalletCalls.all.filter(\.mayBeRemembered)
        #expect(
            kept.map { $0.method ?? $0.path } == [
                "/getheight", "/getinfo", "/get_transaction_pool_hashes.bin", "/get_transaction_pool_hashes",
                "get_info", "get_version", "hard_fork_info", "get_fee_estimate", "getblockcount", "getlastblockheader",
            ])
        #expect(kept.allSatisfy { $0.purpose == .sync && $0.form != .portableStorage })
        for call in WalletCalls.all where !call.mayBeRemembered {
            var recent = RecentVerdicts()
            recent.keep(.jsonRPC, body: [7], WalletRequest(call: call, body: []))
            #expect(recent.request(.jsonRPC, body: [7]) == nil, "\(call.method ?? call.path)")
        }
    }

    @Test("what is long is not kept")
    func long() {
        var recent = RecentVerdicts()
        let long = [UInt8](repeating: 7, count: 2049)
        recent.keep(.jsonRPC, body: long, info)
        #expect(recent.request(.jsonRPC, body: long) == nil)
        recent.keep(.jsonRPC, body: Array(long.dropLast()), info)
        #expect(recent.request(.jsonRPC, body: Array(long.dropLast())) != nil)
    }

    @Test("what begins like it, or is aimed elsewhere, is not it")
    func others() throws {
        var recent = RecentVerdicts()
        let target = try #require(WalletCalls.entry(path: "/getinfo"))
        let height = try #require(WalletCalls.entry(path: "/getheight"))
        recent.keep(.path(target), body: [1, 2, 3], info)
        #expect(recent.request(.path(target), body: [1, 2, 3]) != nil)
        for body in [[1, 2], [1, 2, 4], [1, 2, 3, 4], [], [0, 2, 3]] as [[UInt8]] {
            #expect(recent.request(.path(target), body: body) == nil)
        }
        #expect(recent.request(.path(height), body: [1, 2, 3]) == nil)
        #expect(recent.request(.jsonRPC, body: [1, 2, 3]) == nil)
    }

    @Test(
        "with another identifier it is the same; with anything else in its place it is not",
        arguments: [
            ("0123456789abcdef", true), ("ffffffffffffffff", true), ("0123456789abcde", false),
            ("0123456789abcdef0", false), ("0123456789ABCDEF", false), ("012345\",\"a\":\"cd", false),
            ("0123456789abcde\\", false), ("0123456789abcde\"", false), ("0123456789abcdeg", false),
        ])
    func identifier(_ digits: String, isSame: Bool) {
        for (target, body) in [
            (
                WalletGate.Target.jsonRPC,
                { "{\"id\":\"0\",\"method\":\"get_info\",\"params\":{\"client\":\"\($0)\",\"a\":1}}" }
            ), (WalletCalls.entry(path: "/getinfo").map { .path($0) } ?? .jsonRPC, { "{\"client\":\"\($0)\"}" }),
        ] as [(WalletGate.Target, (String) -> String)] {
            var recent = RecentVerdicts()
            recent.keep(target, body: Array(body("fedcba9876543210").utf8), info)
            #expect((recent.request(target, body: Array(body(digits).utf8)) != nil) == isSame)
            let elsewhere = body("fedcba9876543210").replacing("{", with: "{\"b\":2,", maxReplacements: 1)
            #expect(recent.request(target, body: Array(elsewhere.utf8)) == nil)
        }
    }

    @Test("a member of that name elsewhere is compared like all else")
    func nested() {
        for text in [
            "{\"client\":\"ab\",\"params\":{}}", "{\"params\":{\"x\":{\"client\":\"ab\"}}}",
            "{\"params\":[{\"client\":\"ab\"}]}", "{\"params\":{\"client\":12}}", "{\"params\":{\"client\":\"\"}}",
        ] {
            #expect(WalletRewriting.identifier(.jsonRPC, in: Array(text.utf8)) == nil, "\(text)")
        }
    }
}
