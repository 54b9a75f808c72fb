public import Protocols

/// Who may use one listener: the node's user where it is the node's, and whoever the configuration confines to it. A
/// wallet's listener to which nobody is confined is for anybody: wallets run as people, whom no guard holds.
public struct ListenerUsers: Hashable, Sendable {
    /// They may; the node's user first.
    public let allowed: [NodeUser]
    /// The guard holds these as well, to other listeners.
    public let others: [NodeUser]
    /// Whether everybody may, and so nobody needs to be looked up.
    public let isForAnybody: Bool

    /// These.
    public init(allowed: [NodeUser], others: [NodeUser] = [], isForAnybody: Bool = false) {
        self.allowed = allowed
        self.others = others
        self.isForAnybody = isForAnybody
    }

    /// The users of a listener of this name, of all that a configuration confines.
    ///
    /// - Parameters:
    ///   - node: the node's user; nil where none is named.
    ///   - confined: further users, each with the names of his listeners.
    public init(of listener: String, node: NodeUser?, confined: [(user: NodeUser, listeners: [String])]) {
        let isOfNode = listener.hasPrefix("node.")
        var allowed: [NodeUser] = []
        var others: [NodeUser] = []
        if let node { if isOfNode { allowed.append(node) } else { others.append(node) } }
        for entry in confined {
            if entry.listeners.contains(listener) { allowed.append(entry.user) } else { others.append(entry.user) }
        }
        let isForAnybody = listener.hasPrefix("wallet.") && allowed.isEmpty
        self.init(allowed: allowed, others: isForAnybody ? [] : others, isForAnybody: isForAnybody)
    }

    /// Who the owner of a client's socket is to this listener.
    public func caller(_ owner: SocketOwner) -> NodeUser.Caller {
        if isForAnybody { return .node }
        let callers = allowed.map { $0.caller(owner) }
        if callers.contains(.node) { return .node }
        if let first = callers.first { return first }
        // It is for nobody.
        return NodeUser(name: "", id: nil).caller(owner)
    }

    /// How to use it rightly: "run monerod as monero".
    var mend: String {
        guard let first = allowed.first else { return "it is for nobody" }
        guard allowed.count > 1 else {
            return first.isNode ? "run monerod as \(first.name)" : "run what uses it as \(first.name)"
        }
        return "it is for \(allowed.dropLast().map(\.name).joined(separator: ", ")) and \(allowed.last?.name ?? "")"
    }
}
