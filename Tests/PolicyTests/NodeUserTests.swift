import Policy
import Protocols
import Testing

/// Who is taken for the node, and what follows for whom is not.
@Suite struct NodeUserTests {
    private let monero = NodeUser(name: "monero", id: 112)

    @Test func onlyTheNodesOwnNumberIsTheNode() {
        #expect(monero.caller(.user(112)) == .node)
        for other in [1, 111, 113, 1000, UInt32.max] { #expect(monero.caller(.user(other)) == .other(other)) }
        #expect(monero.caller(.user(0)) == .other(0))
    }

    @Test func whoIsNotKnownIsNobody() {
        for reason in [SocketOwner.Reason.closed, .missing, .unanswered("why")] {
            #expect(monero.caller(.unknown(reason)) == .unproven(reason))
        }
    }

    /// A socket that the kernel alone keeps shows user 0; a root by another name must not make that the node.
    @Test func rootIsNeverTheNode() {
        let toor = NodeUser(name: "toor", id: 0)
        #expect(toor.caller(.user(0)) == .other(0))
        #expect(toor.problem?.contains("toor") == true)
    }

    /// In a user namespace everybody else is 65534: also who has that number outside must not pass for the node.
    @Test func theNumberOfAllWhoCannotBeNamedIsNobodys() {
        let nobody = NodeUser(name: "nobody", id: 65534)
        guard case .unproven(.unanswered) = nobody.caller(.user(65534)) else {
            Issue.record("user 65534 was taken for somebody")
            return
        }
    }

    @Test func aUserWhoDoesNotExistIsNobody() {
        let missing = NodeUser(name: "monero", id: nil)
        for user: UInt32 in [0, 1, 112, .max] { #expect(missing.caller(.user(user)) == .other(user)) }
        #expect(missing.problem?.contains("monero") == true)
        #expect(monero.problem == nil)
    }

    private static let strangers: [NodeUser.Caller] = [
        .other(0), .other(1000), .unproven(.closed), .unproven(.missing), .unproven(.unanswered("why")),
    ]

    @Test func whereTheGuardIsRequiredAllOthersAreRefused() {
        #expect(NodeUser.Caller.node.refusal(.required) == nil)
        for stranger in Self.strangers {
            #expect(stranger.refusal(.required) == .wrongOwner)
            #expect(stranger.isThreat(.required))
        }
        #expect(Refusal.wrongOwner.socks == .notAllowed)
    }

    @Test func withoutAGuardNobodyIsRefusedAndStrangersAreNamed() {
        #expect(NodeUser.Caller.node.refusal(.off) == nil)
        for stranger in Self.strangers { #expect(stranger.refusal(.off) == nil) }
        #expect(NodeUser.Caller.other(0).isThreat(.off))
        #expect(NodeUser.Caller.unproven(.unanswered("why")).isThreat(.off))
        #expect(!NodeUser.Caller.unproven(.closed).isThreat(.off))
        #expect(!NodeUser.Caller.node.isThreat(.off) && !NodeUser.Caller.node.isThreat(.required))
    }
}
