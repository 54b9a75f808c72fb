/// One message of a netlink datagram (netlink(7), linux/netlink.h). The numbers are in the machine's own order.
///
/// ```
///  0        4      6       8          12     16
/// +--------+------+-------+----------+------+---- … ----+-- … --+
/// | length | type | flags | sequence | port | body      | to 4  |
/// | 4      | 2    | 2     | 4        | 4    |           | bytes |
/// +--------+------+-------+----------+------+---- … ----+-- … --+
///  └────────────────── length ─────────────────────────┘
/// ```
public struct NetlinkMessage: Hashable, Sendable {
    /// The bytes of a header.
    public static let headerSize = 16

    /// What a message is.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits on the wire.
        public let rawValue: UInt16
        /// The flags of these bits.
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// To the kernel: a request.
        public static let request = Flags(rawValue: 1)
        /// From the kernel: one part of several; the last is of the type `done`.
        public static let multi = Flags(rawValue: 2)
        /// To the kernel: answer with an error message of code 0 when it went well.
        public static let acknowledge = Flags(rawValue: 4)
        /// From the kernel: what is dumped changed meanwhile, so the dump holds together nothing. Ask again.
        public static let interrupted = Flags(rawValue: 0x10)
        /// To the kernel: fail where it is there already.
        public static let exclusive = Flags(rawValue: 0x200)
        /// To the kernel: make it where it is not there.
        public static let create = Flags(rawValue: 0x400)
        /// To the kernel: behind what is there already.
        public static let append = Flags(rawValue: 0x800)
        /// To the kernel: all that there is, not one.
        public static let dump = Flags(rawValue: 0x300)
    }

    /// What it is about; below 16 the control types here, else those of the protocol.
    public let type: UInt16
    /// What it is.
    public let flags: Flags
    /// The number of the request that it answers; 0 where it answers none.
    public let sequence: UInt32
    /// The port id of the socket that asked.
    public let port: UInt32
    /// Where its body lies in the datagram.
    public let body: Range<Int>

    /// NLMSG_NOOP: to be passed over.
    public static let noop: UInt16 = 1
    /// NLMSG_ERROR: a request failed, or, with code 0, went well.
    public static let error: UInt16 = 2
    /// NLMSG_DONE: the end of a dump.
    public static let done: UInt16 = 3
    /// NLMSG_OVERRUN: data was lost.
    public static let overrun: UInt16 = 4

    /// The `errno` in a message of the type `error` or `done`, 0 for none; nil in any other, or where the body is too
    /// short to say.
    ///
    /// ```
    ///  0       4
    /// +-------+----- … -----+
    /// | code  | the request |
    /// | 4, ≤0 | or a part   |
    /// +-------+----- … -----+
    /// ```
    public func errorCode(in datagram: Span<UInt8>) -> Int32? {
        guard type == Self.error || type == Self.done else { return nil }
        guard body.count >= 4, body.upperBound <= datagram.count else { return nil }
        let code = Int32(truncatingIfNeeded: datagram.hostOrder(body.lowerBound..<body.lowerBound + 4))
        // The least number has no opposite.
        return code == .min ? nil : -code
    }
}

/// Why a datagram's bytes are not what netlink sends.
public enum NetlinkFailure: Error, Hashable, Sendable {
    /// It ends before the message or attribute that has begun does.
    case truncated
    /// A length that is shorter than its own header.
    case badLength
}

/// Steps through the messages of a datagram. It holds no bytes: give `next` the same datagram each time.
public struct NetlinkMessages: Sendable {
    private var position = 0

    /// At the first message.
    public init() {}

    /// The next message; nil at the datagram's end.
    public mutating func next(in datagram: Span<UInt8>) throws(NetlinkFailure) -> NetlinkMessage? {
        let left = datagram.count - position
        guard left > 0 else { return nil }
        guard left >= NetlinkMessage.headerSize else { throw .truncated }
        let start = position
        guard let length = Int(exactly: datagram.hostOrder(start..<start + 4)) else { throw .truncated }
        guard length >= NetlinkMessage.headerSize else { throw .badLength }
        guard length <= left else { throw .truncated }
        // The last message may come without its padding.
        position += min(length.netlinkAligned, left)
        return NetlinkMessage(
            type: UInt16(truncatingIfNeeded: datagram.hostOrder(start + 4..<start + 6)),
            flags: .init(rawValue: UInt16(truncatingIfNeeded: datagram.hostOrder(start + 6..<start + 8))),
            sequence: UInt32(truncatingIfNeeded: datagram.hostOrder(start + 8..<start + 12)),
            port: UInt32(truncatingIfNeeded: datagram.hostOrder(start + 12..<start + 16)),
            body: start + NetlinkMessage.headerSize..<start + length)
    }
}

extension Int {
    /// This length with its padding to four bytes.
    var netlinkAligned: Int { (self + 3) & ~3 }
}
