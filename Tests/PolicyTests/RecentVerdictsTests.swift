import Protocols
import Testing

@testable import Policy

@Suite("Wallet: what was asked lately") struct RecentVerdictsTests {
    private func request(_ role: WalletCall.Role, _ purpose: WalletPurpose = .sync) -> WalletRequest {
        WalletRequest(call: WalletCall(path: "/x", form: .json, purpose: purpose, role: role), body: [1])
    }

    @Test("is known again, until four others came")
    func kept() {
        var recent = RecentVerdicts()
        for byte in UInt8(0)..<5 {
            #expect(recent.request(.jsonRPC, body: [byte]) == nil)
            recent.keep(.jsonRPC, body: [byte], request(.plain))
            #expect(recent.request(.jsonRPC, body: [byte]) == request(.plain))
        }
        #expect(recent.request(.jsonRPC, body: [0]) == nil && recent.request(.jsonRPC, body: [1]) != nil)
        recent.keep(.jsonRPC, body: [5], request(.plain))
        #expect(recent.request(.jsonRPC, body: [1]) == nil && recent.request(.jsonRPC, body: [2]) != nil)
    }

    @Test("what says something of a transaction is not kept, nor what is long")
    func forgotten() {
        var recent = RecentVerdicts()
        for role in [WalletCall.Role.outputs, .transaction, .revealing] {
            recent.keep(.jsonRPC, body: [7], request(role))
        }
        recent.keep(.jsonRPC, body: [7], request(.plain, .outputs))
        let long = [UInt8](repeating: 7, count: 2049)
        recent.keep(.jsonRPC, body: long, request(.plain))
        #expect(recent.request(.jsonRPC, body: [7]) == nil && recent.request(.jsonRPC, body: long) == nil)
        recent.keep(.jsonRPC, body: Array(long.dropLast()), request(.plain))
        #expect(recent.request(.jsonRPC, body: Array(long.dropLast())) != nil)
    }

    @Test("what begins like it, or is aimed elsewhere, is not it")
    func others() throws {
        var recent = RecentVerdicts()
        let info = try #require(WalletCalls.entry(path: "/getinfo"))
        let height = try #require(WalletCalls.entry(path: "/getheight"))
        recent.keep(.path(info), body: [1, 2, 3], request(.plain))
        #expect(recent.request(.path(info), body: [1, 2, 3]) != nil)
        for body in [[1, 2], [1, 2, 4], [1, 2, 3, 4], [], [0, 2, 3]] as [[UInt8]] {
            #expect(recent.request(.path(info), body: body) == nil)
        }
        #expect(recent.request(.path(height), body: [1, 2, 3]) == nil)
        #expect(recent.request(.jsonRPC, body: [1, 2, 3]) == nil)
    }
}
