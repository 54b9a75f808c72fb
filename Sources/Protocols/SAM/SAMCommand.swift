/// What we say to a SAM bridge: one line each (SAM V3).
public enum SAMCommand: Hashable, Sendable {
    /// What a session's destination is.
    public enum Keys: Hashable, Sendable {
        /// A new one that ends with the session.
        case transient
        /// Ours.
        case own(I2PKeys)
    }

    /// The greeting. 3.1 is the first version in which a session can be asked for a kind of signature.
    case hello
    /// A session for streams: its name among the bridge's, its keys, and how many tunnels of how many hops it has in each
    /// direction.
    case createSession(SAMSessionID, Keys, quantity: Int, length: Int)
    /// On a connection of its own: a stream to a name. The bridge answers, then it is the stream.
    case connect(SAMSessionID, name: String)
    /// On a connection of its own: the next stream to the session's destination. The bridge says nothing, of itself or of
    /// the peer: with the first byte that comes the connection is the stream.
    case accept(SAMSessionID)
    /// The destination of a name; "ME" is the session's own.
    case lookUp(name: String)
    /// New keys, with an Ed25519 signature.
    case makeKeys
    /// The answer to PING.
    case pong([UInt8])

    /// The line, with its line feed; nil where a name has a byte that would end or part it.
    public var line: [UInt8]? {
        switch self {
        case .hello: Self.line("HELLO VERSION MIN=3.1 MAX=3.3")
        case .createSession(let id, let keys, let quantity, let length):
            Self.line(
                "SESSION CREATE STYLE=STREAM ID=\(id) DESTINATION=\(keys.words) SIGNATURE_TYPE=7"
                    + " inbound.quantity=\(quantity) outbound.quantity=\(quantity)"
                    + " inbound.length=\(length) outbound.length=\(length)")
        case .connect(let id, let name):
            name.isI2PName ? Self.line("STREAM CONNECT ID=\(id) DESTINATION=\(name) SILENT=false") : nil
        case .accept(let id): Self.line("STREAM ACCEPT ID=\(id) SILENT=true")
        case .lookUp(let name): name.isI2PName ? Self.line("NAMING LOOKUP NAME=\(name)") : nil
        case .makeKeys: Self.line("DEST GENERATE SIGNATURE_TYPE=7")
        case .pong(let text): Array("PONG ".utf8) + text + [0x0a]
        }
    }

    private static func line(_ text: String) -> [UInt8] { Array(text.utf8) + [0x0a] }
}

extension SAMCommand.Keys {
    fileprivate var words: String {
        switch self {
        case .transient: "TRANSIENT"
        case .own(let keys): String(decoding: keys.text, as: UTF8.self)
        }
    }
}

extension String {
    /// Whether SAM can say it as one word: the bytes of a host name, at most 255.
    fileprivate var isI2PName: Bool {
        (1...255).contains(utf8.count)
            && utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x41...0x5a).contains($0) || (0x30...0x39).contains($0)
                    || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f
            }
    }
}

/// The name of a session among all that a bridge has. Whoever knows it can send streams by the session, so it is random:
/// other programs of this machine speak to the same bridge.
public struct SAMSessionID: Hashable, Sendable, CustomStringConvertible {
    /// 32 hexadecimal digits.
    public let description: String

    /// The name of these 16 random bytes; nil for fewer.
    public init?(random bytes: [UInt8]) {
        guard bytes.count >= 16 else { return nil }
        description = bytes.hexadecimal
    }
}
