public import Protocols

/// Whom the node's listeners are for: `node.user`, whom the guard confines. Any other who uses them, root above all,
/// is held by no guard: what the router sees of him need not be all that he sends.
public struct NodeUser: Hashable, Sendable {
    /// As the configuration names him.
    public let name: String
    /// His number in /etc/passwd; nil where that has none of this name.
    public let id: UInt32?

    /// This user, with this number.
    public init(name: String, id: UInt32?) {
        self.name = name
        self.id = id
    }

    /// Who uses a listener, as far as it matters.
    public enum Caller: Hashable, Sendable {
        /// The node's user.
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
            "`node.user` is \(name), whom /etc/passwd does not name, so nobody is taken for the node: create that user, "
                + "or name the one that monerod runs as"
        case 0:
            "`node.user` is \(name), who has the number 0 in /etc/passwd and so is root, whom no guard holds: give the "
                + "node a user of its own"
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
