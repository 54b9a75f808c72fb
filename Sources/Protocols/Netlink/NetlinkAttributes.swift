/// One attribute of a netlink message (linux/netlink.h, struct nlattr; rtnetlink's struct rtattr is the same).
///
/// ```
///  0        2      4
/// +--------+------+-- … --+-- … --+
/// | length | type | value | to 4  |
/// | 2      | 2    |       | bytes |
/// +--------+------+-- … --+-- … --+
///  └──── length ─────────┘
/// ```
public struct NetlinkAttribute: Hashable, Sendable {
    /// The bytes before the value.
    public static let headerSize = 4

    /// What it is, without the two bits that say how the value is written (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
    public let type: UInt16
    /// Where the value lies in the datagram.
    public let value: Range<Int>
}

/// Steps through the attributes of a message, or of an attribute that nests others. It holds no bytes: give `next` the
/// same datagram each time.
public struct NetlinkAttributes: Sendable {
    private var position: Int
    private let end: Int

    /// At the first attribute of `range`: a message's body without what its protocol puts before the attributes.
    public init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The attributes of a message that begin after `count` bytes of its body; none where the body is shorter.
    public init(of message: NetlinkMessage, after count: Int) {
        let start = min(message.body.lowerBound + max(count, 0).netlinkAligned, message.body.upperBound)
        self.init(start..<message.body.upperBound)
    }

    /// The next attribute; nil at the range's end.
    public mutating func next(in datagram: Span<UInt8>) throws(NetlinkFailure) -> NetlinkAttribute? {
        guard end <= datagram.count, position >= 0 else { throw .truncated }
        let left = end - position
        guard left > 0 else { return nil }
        guard left >= NetlinkAttribute.headerSize else { throw .truncated }
        let start = position
        let length = Int(truncatingIfNeeded: datagram.hostOrder(start..<start + 2))
        guard length >= NetlinkAttribute.headerSize else { throw .badLength }
        guard length <= left else { throw .truncated }
        // The last attribute may come without its padding.
        position += min(length.netlinkAligned, left)
        return NetlinkAttribute(
            type: UInt16(truncatingIfNeeded: datagram.hostOrder(start + 2..<start + 4)) & 0x3fff,
            value: start + NetlinkAttribute.headerSize..<start + length)
    }
}
