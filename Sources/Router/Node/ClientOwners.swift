import EventLoop
import Netlink
import Policy
import Protocols

/// Looks up who has the client's end of what comes to a listener, and holds him against those whom it is for. Where
/// nobody is named there is nobody to compare with, and the kernel is not asked.
final class ClientOwners {
    private let loop: EventLoop
    private let lookup = OwnerLookup()
    /// Everybody whom the configuration names, with his number.
    private var node: NodeUser?
    private var confined: [(user: NodeUser, listeners: [String])] = []
    private var mode: KillSwitchConfiguration.GuardMode
    /// By the listener's name; made when they are first needed.
    private var usersOf: [String: ListenerUsers] = [:]
    /// The state of the file of users that the numbers are from.
    private var stamp: Files.Stamp?
    /// When it was last looked whether that state is still the file's.
    private var looked = Instant(milliseconds: 0)
    private var threats = OwnerThreats()
    /// Called when the file of users gives somebody another number than before: what passes is to be judged anew.
    var onChange: () -> Void = {}
    /// Called with what there is to tell, and the listener's name.
    var onThreat: (OwnerThreats.Telling, String) -> Void = { _, _ in }

    init(_ configuration: Configuration, loop: EventLoop) {
        self.loop = loop
        mode = configuration.killSwitch.guardMode
        apply(configuration)
    }

    /// Takes a new configuration.
    func apply(_ configuration: Configuration) {
        mode = configuration.killSwitch.guardMode
        read(
            node: configuration.node.user,
            confined: configuration.killSwitch.confine.map { ($0.user, $0.listeners) })
    }

    private var named: [NodeUser] { (node.map { [$0] } ?? []) + confined.map(\.user) }

    /// The number of somebody whom the configuration names; nil where nobody has the name.
    func id(of name: String) -> UInt32? { named.first { $0.name == name }?.id }

    /// Reads the users again where their file has changed.
    ///
    /// - Returns: whether it has.
    @discardableResult
    func refresh() -> Bool {
        let before = named
        guard !before.isEmpty, Files.stamp(of: ThisProcess.userFile) != stamp else { return false }
        read(node: node?.name, confined: confined.map { ($0.user.name, $0.listeners) })
        if named != before { onChange() }
        return true
    }

    private func read(node name: String?, confined wanted: [(name: String, listeners: [String])]) {
        let before = named
        usersOf = [:]
        guard name != nil || !wanted.isEmpty else {
            node = nil
            confined = []
            return
        }
        lookup.open()
        // Before the file is read: a change between the two shows the next time.
        stamp = Files.stamp(of: ThisProcess.userFile)
        func user(_ name: String, isNode: Bool) -> NodeUser {
            do throws(SystemError) {
                return NodeUser(name: name, id: try ThisProcess.userID(of: name), isNode: isNode)
            } catch {
                // It is read again the next time. Until then he is who he was; or nobody.
                stamp = nil
                return NodeUser(name: name, id: before.first { $0.name == name }?.id, isNode: isNode)
            }
        }
        node = name.map { user($0, isNode: true) }
        confined = wanted.map { (user($0.name, isNode: false), $0.listeners) }
    }

    private func users(of listener: String) -> ListenerUsers {
        if let known = usersOf[listener] { return known }
        let users = ListenerUsers(of: listener, node: node, confined: confined)
        usersOf[listener] = users
        return users
    }

    private var areNamed: Bool { node != nil || !confined.isEmpty }

    /// The user who has the client's end of a connection, as a flow's tag keeps it; a threat is told.
    ///
    /// - Parameter server: what the client's own socket is connected to: the listener, or, where the connection was
    ///   redirected, where it was to go.
    func user(of peer: Endpoint?, connectedTo server: Endpoint, at listener: String) -> UInt32 {
        guard areNamed, !users(of: listener).isForAnybody else { return FlowTag.unknownOwner }
        let owner =
            peer.map { lookup.owner(of: $0, connectedTo: server) }
            ?? .unknown(.unanswered("the kernel did not say where the connection is from"))
        return note(owner, at: listener)
    }

    /// Who has the client's end of a connection, whomever the configuration names.
    func owner(of peer: Endpoint, connectedTo server: Endpoint) -> SocketOwner {
        lookup.owner(of: peer, connectedTo: server)
    }

    /// Whether the node's user, or one of `[[kill-switch.confine]]`, has the client's end of a connection.
    func isNamed(_ peer: Endpoint, connectedTo server: Endpoint) -> Bool {
        guard areNamed else { return false }
        let owner = lookup.owner(of: peer, connectedTo: server)
        return named.contains { $0.caller(owner) == .node }
    }

    /// The user who sent a datagram; a threat is told.
    ///
    /// - Parameter farPorts: to which ports it can have been sent.
    func user(ofDatagramFrom sender: Endpoint, toPorts farPorts: Set<UInt16>, at listener: String) -> UInt32 {
        guard areNamed else { return FlowTag.unknownOwner }
        return note(lookup.owner(ofDatagramFrom: sender, toPorts: farPorts), at: listener)
    }

    private func note(_ owner: SocketOwner, at listener: String) -> UInt32 {
        let number = if case .user(let user) = owner { user } else { FlowTag.unknownOwner }
        guard users(of: listener).caller(owner) != .node else { return number }
        let now = loop.now
        // It may be that the user is new, or has got another number. Not asked for each of a stranger's connections.
        if now - looked >= .seconds(1) {
            looked = now
            refresh()
        }
        let users = users(of: listener)
        let caller = users.caller(owner)
        guard caller.isThreat(mode), !users.allowed.isEmpty || mode == .required else { return number }
        let telling = threats.note(caller, listener: listener, users: users, now: now) {
            ThisProcess.userName(of: $0)
        }
        if let telling { onThreat(telling, listener) }
        return number
    }

    /// Why nothing of a client with this owner passes a listener by the rules now in force; nil where something may.
    func refusal(of user: UInt32, at listener: String) -> Refusal? {
        guard mode == .required else { return nil }
        let owner: SocketOwner = user == FlowTag.unknownOwner ? .unknown(.closed) : .user(user)
        return users(of: listener).caller(owner).refusal(mode)
    }

    /// What the operator must know, each in one sentence.
    var sentences: [String] {
        named.compactMap(\.problem) + threats.sentences(now: loop.now)
    }
}
