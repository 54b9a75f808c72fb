public import Protocols

/// Whom a listener is for: `node.user`, or a user of `[[kill-switch.confine]]`, whom the guard confines. Any other who
/// uses it, root above all, is held by no guard, or for something else: what the router sees of him need not be all
/// that he sends.
public struct NodeUser: Hashable, Sendable {
    /// As the configuration names him.
    public let name: String
    /// His number in /etc/passwd; nil where that has none of this name.
    public let id: UInt32?

    /// Whether it is the node's, and not one of `[[kill-switch.confine]]`.
    public let isNode: Bool

    /// This user, with this number.
    public init(name: String, id: UInt32?, isNode: Bool = true) {
        self.name = name
        self.id = id
        self.isNode = isNode
    }

    private var key: String { isNode ? "`node.user`" : "a `user` of [[kill-switch.confine]]" }
    private var whom: String { isNode ? "the node" : "it" }

    /// Who uses a listener, as far as it matters.
    public enum Caller: Hashable, Sendable {
        /// Whom it is for: the node's user, as a rule.
        case node
        /// Another user, by number.
        case other(UInt32)
        /// Nobody can say.
        case unproven(SocketOwner.Reason)
    }

    /// The number that the kernel shows for every user whom this process's user namespace cannot name.
    private static let unnameable: UInt32 = 65534

    /// Who the owner of a client's socket is. Root is never the node, by whatever name.
    public func caller(_ owner: SocketOwner) -> Caller {
        switch owner {
        case .unknown(let reason): .unproven(reason)
        case .user(Self.unnameable):
            .unproven(.unanswered("the kernel shows it as user 65534, as it does all whom a user namespace hides"))
        case .user(0): .other(0)
        case .user(let user): user == id ? .node : .other(user)
        }
    }

    /// Whether nobody can be the node, and why: one sentence, with the mend.
    public var problem: String? {
        switch id {
        case nil:
            "\(key) is \(name), whom /etc/passwd does not name, so nobody is taken for \(whom): create that user, "
                + "or name the one that \(isNode ? "monerod runs as" : "exists")"
        case 0:
            "\(key) is \(name), who has the number 0 in /etc/passwd and so is root, whom no guard holds: give \(whom) "
                + "a user of its own"
        default: nil
        }
    }
}

extension NodeUser.Caller {
    /// Why nothing of a caller passes, by who he is: where the guard is required, only whom it holds may pass.
    public func refusal(_ mode: KillSwitchConfiguration.GuardMode) -> Refusal? {
        mode == .off || self == .node ? nil : .wrongOwner
    }

    /// Whether the operator must hear of it. A client that is gone has had nothing and threatens nobody, but where the
    /// guard is required it was refused, and that is not left unsaid.
    public func isThreat(_ mode: KillSwitchConfiguration.GuardMode) -> Bool {
        switch self {
        case .node: false
        case .other, .unproven(.unanswered): true
        case .unproven(.closed), .unproven(.missing): mode == .required
        }
    }
}
