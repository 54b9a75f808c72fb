import Policy
import Protocols
import Testing

/// Whom each listener is for.
@Suite struct ListenerUsersTests {
    private static let node = NodeUser(name: "monero", id: 107)
    private static let wallet = NodeUser(name: "wallet", id: 108, isNode: false)
    private static let pool = NodeUser(name: "p2pool", id: 109, isNode: false)

    private static func users(of listener: String, node: NodeUser? = node) -> ListenerUsers {
        ListenerUsers(
            of: listener, node: node,
            confined: [(wallet, ["node.proxy"]), (pool, ["node.tor-proxy", "wallet.0"])])
    }

    @Test func aListenerIsForItsUsersAndNobodyElse() {
        let expected: [(String, Set<UInt32>)] = [
            ("node.proxy", [107, 108]), ("node.tor-proxy", [107, 109]), ("node.strays", [107]), ("wallet.0", [109]),
        ]
        for (listener, allowed) in expected {
            let users = Self.users(of: listener)
            for user: UInt32 in [0, 1, 107, 108, 109, 1000] {
                #expect(users.caller(.user(user)) == (allowed.contains(user) ? .node : .other(user)), "\(listener)")
            }
            #expect(users.caller(.unknown(.closed)) == .unproven(.closed))
        }
        #expect(Self.users(of: "node.strays", node: nil).caller(.user(107)) == .other(107))
    }

    /// Wallets run as people: only where the guard holds somebody to a wallet's listener is it for him alone.
    @Test func aWalletsListenerIsForAnybodyUntilSomebodyIsConfinedToIt() {
        let open = Self.users(of: "wallet.1")
        #expect(open.isForAnybody && open.caller(.user(0)) == .node && open.caller(.user(1000)) == .node)
        #expect(open.caller(.unknown(.closed)) == .node)
        #expect(!Self.users(of: "wallet.0").isForAnybody)
        #expect(!Self.users(of: "node.strays", node: nil).isForAnybody)
        var threats = OwnerThreats()
        let telling = threats.note(
            .other(1000), listener: "wallet.0", users: Self.users(of: "wallet.0"), now: Instant(milliseconds: 0)
        ) { _ in "me" }
        #expect(telling?.sentence.hasSuffix("run what uses it as p2pool") == true, "\(telling?.sentence ?? "")")
    }

    @Test func whoIsHeldForSomethingElseIsToldSo() {
        var threats = OwnerThreats()
        let start = Instant(milliseconds: 0)
        func sentence(_ user: UInt32, at listener: String) -> String? {
            threats.note(.other(user), listener: listener, users: Self.users(of: listener), now: start) { _ in nil }?
                .sentence
        }
        #expect(
            sentence(108, at: "node.strays")
                == "node.strays was used by user wallet (id 108), for whom it is not: run monerod as monero, "
                + "or name it in `listeners` of that user in [[kill-switch.confine]]")
        #expect(sentence(1, at: "node.proxy")?.hasSuffix("whom no guard holds: it is for monero and wallet") == true)
    }

    @Test func aUserWhoIsMissingIsSaidByHisKey() {
        #expect(NodeUser(name: "x", id: nil, isNode: false).problem?.contains("[[kill-switch.confine]]") == true)
        #expect(NodeUser(name: "x", id: nil).problem?.contains("`node.user`") == true)
    }
}
