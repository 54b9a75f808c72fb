/// The machine for a session's own connection: a SAM session lives as long as the connection that made it.
///
/// ```
/// connected ──▶ hello ─┬─ transient or ours ─▶ creating ──▶ stands ◀─▶ looking up, one name at a time
///                      └─ new ─▶ making keys ─▶ keeping ─▲
/// ```
/// New keys are handed out to be kept before the session is asked for: an address is published only once it is sure to
/// be the same tomorrow. It keeps no time.
public struct SAMSessionClient: Sendable {
    /// Whose keys the session is to have.
    public enum Identity: Hashable, Sendable {
        /// Nobody's: they end with the session.
        case transient
        /// These.
        case own(I2PKeys)
        /// New ones, which are ours from then on.
        case new
    }

    /// What the machine wants done, or tells.
    public enum Effect: Hashable, Sendable {
        /// Send these bytes.
        case send([UInt8])
        /// Keep these new keys, then say `keysAreKept`.
        case keep(I2PKeys)
        /// The session stands, with this destination.
        case stands(I2PDestination)
        /// The answer to `lookUp`: the destination, or why none.
        case found(I2PDestination)
        /// The answer to `lookUp`: there is none, and why.
        case notFound(SAMResult)
        /// It is over: close.
        case close(SAMFailure)
    }

    private enum Stage: Hashable {
        case idle, hello, making
        case keeping(I2PKeys)
        case creating, stands, ended
    }

    private let id: SAMSessionID
    private let identity: Identity
    private let quantity: Int
    private let length: Int
    private var reader = SAMLineReader()
    private var stage = Stage.idle
    private var expected: I2PDestination?
    private var asked: String?

    /// A machine for a session of this name.
    ///
    /// - Parameters:
    ///   - quantity: how many tunnels in each direction.
    ///   - length: of how many hops.
    public init(_ id: SAMSessionID, _ identity: Identity, quantity: Int, length: Int) {
        self.id = id
        self.identity = identity
        self.quantity = quantity
        self.length = length
    }

    /// Whether the session has been asked for, so that the bridge may have it, or have had it, however this ended.
    public private(set) var hasAsked = false
    /// Whether a name is being looked up.
    public var isLookingUp: Bool { asked != nil }

    /// The connection stands.
    public mutating func connected() -> [Effect] {
        guard stage == .idle else { return [] }
        stage = .hello
        return [.send(SAMCommand.hello.line ?? [])]
    }

    /// Reads what the bridge sent, split anywhere.
    public mutating func received(_ input: Span<UInt8>) -> [Effect] {
        var effects: [Effect] = []
        var offset = 0
        while stage != .ended {
            let (consumed, event) = reader.receive(input.extracting(offset..<input.count))
            offset &+= consumed
            switch event {
            case .more: return effects
            case .failed(let failure): return effects + end(failure)
            case .line(let line):
                do throws(SAMFailure) {
                    effects += try take(SAMReply(line: line))
                } catch {
                    return effects + end(error)
                }
            }
        }
        return effects
    }

    /// The new keys are kept.
    public mutating func keysAreKept() -> [Effect] {
        guard case .keeping(let keys) = stage else { return [] }
        return create(.own(keys))
    }

    /// Asks for a name's destination. One at a time, and only of a session that stands: i2pd takes no other command while
    /// it looks, and asks the network by the session's own tunnels.
    public mutating func lookUp(_ name: String) -> [Effect] {
        guard stage == .stands, asked == nil, let line = SAMCommand.lookUp(name: name).line else { return [] }
        asked = name
        return [.send(line)]
    }

    /// The connection ended.
    public mutating func closed() -> [Effect] { end(.closed) }

    private mutating func take(_ reply: SAMReply) throws(SAMFailure) -> [Effect] {
        switch (stage, reply) {
        case (.idle, _), (.ended, _): throw .unexpected
        case (_, .ping(let text)): return [.send(SAMCommand.pong(text).line ?? [])]
        case (_, .pong): return []
        case (.hello, .hello): return try greeted()
        case (.making, .keys(let keys)):
            stage = .keeping(keys)
            return [.keep(keys)]
        case (.creating, .session(let keys)):
            guard expected == nil || expected == keys.destination else { throw .otherDestination }
            stage = .stands
            return [.stands(keys.destination)]
        case (.stands, .name(let name, let destination)):
            guard let asked, name.elementsEqual(asked.utf8) else { throw .unexpected }
            self.asked = nil
            return [.found(destination)]
        case (.stands, .refused(.naming, let result)):
            guard asked != nil else { throw .unexpected }
            asked = nil
            return [.notFound(result)]
        case (_, .refused(_, let result)): throw .refused(result)
        default: throw .unexpected
        }
    }

    private mutating func greeted() throws(SAMFailure) -> [Effect] {
        switch identity {
        case .transient: return create(.transient)
        case .own(let keys): return create(.own(keys))
        case .new:
            stage = .making
            return [.send(SAMCommand.makeKeys.line ?? [])]
        }
    }

    private mutating func create(_ keys: SAMCommand.Keys) -> [Effect] {
        if case .own(let own) = keys { expected = own.destination }
        stage = .creating
        hasAsked = true
        return [.send(SAMCommand.createSession(id, keys, quantity: quantity, length: length).line ?? [])]
    }

    private mutating func end(_ failure: SAMFailure) -> [Effect] {
        guard stage != .ended else { return [] }
        stage = .ended
        asked = nil
        return [.close(failure)]
    }
}
