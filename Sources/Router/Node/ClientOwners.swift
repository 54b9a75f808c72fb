import EventLoop
import Netlink
import Policy
import Protocols

/// Looks up who has the client's end of each connection to a node's listener, and holds him against `node.user`. Where
/// that is not set there is nobody to compare with, and the kernel is not asked.
final class ClientOwners {
    private let loop: EventLoop
    private let lookup = OwnerLookup()
    private var node: NodeUser?
    private var mode: KillSwitchConfiguration.GuardMode
    /// The state of the file of users that `node` is from.
    private var stamp: Files.Stamp?
    /// When it was last looked whether that state is still the file's.
    private var looked = Instant(milliseconds: 0)
    private var threats = OwnerThreats()
    /// Called when the file of users gives the node's user another number than before: what passes is to be judged anew.
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
        read(configuration.node.user)
    }

    /// Reads the users again where their file has changed.
    ///
    /// - Returns: whether it has.
    @discardableResult
    func refresh() -> Bool {
        guard let before = node, Files.stamp(of: ThisProcess.userFile) != stamp else { return false }
        read(before.name)
        if node != before { onChange() }
        return true
    }

    private func read(_ name: String?) {
        guard let name else {
            node = nil
            return
        }
        lookup.open()
        // Before the file is read: a change between the two shows the next time.
        stamp = Files.stamp(of: ThisProcess.userFile)
        do throws(SystemError) {
            node = NodeUser(name: name, id: try ThisProcess.userID(of: name))
        } catch {
            // It is read again the next time. Until then the node's user is who it was; or nobody.
            stamp = nil
            if node?.name != name { node = NodeUser(name: name, id: nil) }
        }
    }

    /// The user who has the client's end of a connection, as a flow's tag keeps it; a threat is told.
    func user(of peer: Endpoint?, at listener: NodeListener) -> UInt32 {
        guard node != nil else { return FlowTag.unknownOwner }
        let owner =
            peer.map { lookup.owner(of: $0, connectedTo: listener.endpoint) }
            ?? .unknown(.unanswered("the kernel did not say where the connection is from"))
        note(owner, at: listener)
        return if case .user(let user) = owner { user } else { FlowTag.unknownOwner }
    }

    private func note(_ owner: SocketOwner, at listener: NodeListener) {
        guard var node, node.caller(owner) != .node else { return }
        let now = loop.now
        // It may be that the user is new, or has got another number. Not asked for each of a stranger's connections.
        if now - looked >= .seconds(1) {
            looked = now
            if refresh(), let read = self.node { node = read }
        }
        let caller = node.caller(owner)
        guard caller.isThreat(mode) else { return }
        let telling = threats.note(caller, listener: listener.name, node: node, now: now) {
            ThisProcess.userName(of: $0)
        }
        if let telling { onThreat(telling, listener.name) }
    }

    /// Why nothing of a client with this owner passes by the rules now in force; nil where something may.
    func refusal(of user: UInt32) -> Refusal? {
        guard let node else { return mode == .off ? nil : .wrongOwner }
        let owner: SocketOwner = user == FlowTag.unknownOwner ? .unknown(.closed) : .user(user)
        return node.caller(owner).refusal(mode)
    }

    /// What the operator must know, each in one sentence.
    var sentences: [String] {
        [node?.problem].compactMap(\.self) + threats.sentences(now: loop.now)
    }
}
