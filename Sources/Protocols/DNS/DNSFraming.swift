/// Cuts a TCP connection's bytes into DNS messages, split at any byte (RFC 1035 section 4.2.2, RFC 7766 section 8).
///
/// ```
///  +--------+-----------------+--------+-----------------+
///  | length | message         | length | message         | …     a length is 2 bytes, big endian
///  +--------+-----------------+--------+-----------------+
/// ```
public struct DNSFraming: Hashable, Sendable {
    /// What the bytes meant.
    public enum Event: Hashable, Sendable {
        /// Everything is consumed, and more is needed.
        case more
        /// A whole message, without its length.
        case message([UInt8])
    }

    private var held: [UInt8] = []

    /// The framing of a new connection.
    public init() {}

    /// Takes the next bytes of the connection: drop as many as it consumed, and call it again with the rest until it
    /// says `.more`. It holds at most one message.
    public mutating func receive(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        var index = 0
        while index < input.count {
            let wanted = held.count < 2 ? 2 : 2 + (Int(held[0]) << 8 | Int(held[1]))
            if held.count == wanted { break }
            let end = index + min(wanted - held.count, input.count - index)
            held.append(copying: input.extracting(index..<end))
            index = end
        }
        guard held.count >= 2, held.count == 2 + (Int(held[0]) << 8 | Int(held[1])) else { return (index, .more) }
        defer { held = [] }
        return (index, .message(Array(held[2...])))
    }

    /// A message with its length before it, in one piece (RFC 7766 section 8); nil where it is over 65,535 bytes.
    public static func framed(_ message: [UInt8]) -> [UInt8]? {
        UInt16(exactly: message.count).map { $0.bigEndianBytes + message }
    }
}
