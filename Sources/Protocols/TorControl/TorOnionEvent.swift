/// What a control connection tells of onion services that are published over it.
public enum TorOnionEvent: Hashable, Sendable {
    /// Tor has let us in, and services can be asked of it. The number of the user it runs as, from whom their streams
    /// come; nil where it does not say.
    case open(user: UInt32?)
    /// The service of this name stands, under this address ("….onion"); its key, where Tor has made it.
    case added(name: String, address: String, newKey: TorOnionKey?)
    /// Tor does not take the service of this name.
    case refused(name: String, TorOnionRefusal)
    /// The service with this address stands no more.
    case deleted(address: String)
    /// Something became of a descriptor of ours.
    case descriptor(TorDescriptorEvent)
    /// The connection is over, and with it every service that was published over it.
    case closed
}

/// Why Tor does not take a service.
public struct TorOnionRefusal: Hashable, Sendable {
    /// Its status code: 512 and 513 for what it does not understand, 550 for an address that stands already, 551 for
    /// what it cannot do.
    public var code: Int
    /// Its words, fit for a person's screen.
    public var sentence: String

    /// A refusal of these.
    public init(code: Int, sentence: String) {
        self.code = code
        self.sentence = sentence
    }

    /// Whether a service with this key stands already: a control connection that has ended is not cleaned up yet.
    public var isCollision: Bool { code == 550 }
}

extension TorOnionEvent {
    /// Reads the answer to ADD_ONION:
    ///
    /// ```
    ///   250-ServiceID=<56 characters>
    ///   250-PrivateKey=ED25519-V3:<88 characters>      where Tor has made the key
    ///   250-ClientAuthV3=<52 characters>               for each client
    ///   250 OK
    /// ```
    ///
    /// - Throws: `TorControlFailure.violation` where it is neither that nor a refusal: what stands then is not known, and
    ///   ends with the connection.
    init(answer reply: TorControlReply, to request: TorOnionRequest) throws(TorControlFailure) {
        guard reply.code == 250 else {
            self = .refused(
                name: request.name, TorOnionRefusal(code: reply.code, sentence: reply.sentence))
            return
        }
        let values = reply.values
        guard let id = values["ServiceID"], let address = Self.address(id) else {
            throw .violation("no answer to ADD_ONION")
        }
        var newKey: TorOnionKey?
        if request.key == nil {
            guard let key = values["PrivateKey"].flatMap(TorOnionKey.init) else {
                throw .violation("an onion service without its key")
            }
            newKey = key
        }
        self = .added(name: request.name, address: address, newKey: newKey)
    }

    /// The address of a service by its ServiceID; nil where that is none.
    static func address(_ id: some Collection<UInt8>) -> String? {
        guard id.count == 56, let host = try? Host(name: Array(id) + Array(".onion".utf8)), case .onion(let name) = host
        else { return nil }
        return name
    }

    /// The user by the answer to `GETINFO process/uid`; nil where Tor does not know the question, or not the answer (-1).
    static func user(_ reply: TorControlReply) -> UInt32? {
        guard reply.code == 250, let digits = reply.values["process/uid"] else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self))
    }
}
