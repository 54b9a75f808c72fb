/// What each message between Monero nodes begins with (monero: contrib/epee/include/net/levin_base.h). All
/// numbers are little endian.
///
/// ```
///  0        8        16         17        21            25      29         33
/// +--------+--------+----------+---------+-------------+-------+----------+-------+
/// | signa- | length | expect   | command | return code | flags | protocol | body  |
/// | ture   | of the | response | 4       | 4, signed   | 4     | version  |       |
/// | 8      | body 8 | 1        |         |             |       | 4, is 1  |       |
/// +--------+--------+----------+---------+-------------+-------+----------+-------+
/// ```
public struct LevinHeader: Hashable, Sendable {
    /// 01 21 01 01 01 01 01 01 on the wire.
    public static let signature: UInt64 = 0x0101_0101_0101_2101
    /// The bytes of a header.
    public static let size = 33
    /// The command that opens every connection.
    public static let handshake: UInt32 = 1001
    /// A node asks for blocks by their hashes (monero: NOTIFY_REQUEST_GET_OBJECTS).
    public static let requestBlocks: UInt32 = 2003
    /// The blocks (NOTIFY_RESPONSE_GET_OBJECTS).
    public static let blocks: UInt32 = 2004
    /// A node asks which hashes follow those it has (NOTIFY_REQUEST_CHAIN).
    public static let requestChain: UInt32 = 2006
    /// The hashes (NOTIFY_RESPONSE_CHAIN_ENTRY).
    public static let chain: UInt32 = 2007
    /// The longest body that nodes take (levin_base.h, LEVIN_DEFAULT_MAX_PACKET_SIZE).
    public static let longestBody: UInt64 = 100_000_000
    /// The only protocol version there is.
    public static let version: UInt32 = 1

    /// What a message is.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// The bits on the wire.
        public let rawValue: UInt32
        /// The flags of these bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// A request, or a notification.
        public static let request = Flags(rawValue: 1)
        /// The response to a request.
        public static let response = Flags(rawValue: 2)
        /// The first part of a message sent in parts; with `end` set too, it is noise.
        public static let begin = Flags(rawValue: 4)
        /// The last part of such a message.
        public static let end = Flags(rawValue: 8)
    }

    /// `LevinHeader.signature`, or it is not Levin.
    public var signature: UInt64
    /// The body's length in bytes.
    public var length: UInt64
    /// 1 where a response is waited for, else 0.
    public var expectResponse: UInt8
    /// What is asked: 1001 is the handshake.
    public var command: UInt32
    /// A response's result; 0 in a request.
    public var returnCode: Int32
    /// What the message is.
    public var flags: Flags
    /// `LevinHeader.version`.
    public var version: UInt32

    /// A header of a request that waits for a response.
    public init(request command: UInt32, length: UInt64) {
        signature = Self.signature
        self.length = length
        expectResponse = 1
        self.command = command
        returnCode = 0
        flags = .request
        version = Self.version
    }

    /// Reads the first 33 bytes, whatever they are; nil where there are fewer.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= Self.size else { return nil }
        signature = bytes.littleEndian(0..<8)
        length = bytes.littleEndian(8..<16)
        expectResponse = bytes[16]
        command = UInt32(truncatingIfNeeded: bytes.littleEndian(17..<21))
        returnCode = Int32(truncatingIfNeeded: bytes.littleEndian(21..<25))
        flags = Flags(rawValue: UInt32(truncatingIfNeeded: bytes.littleEndian(25..<29)))
        version = UInt32(truncatingIfNeeded: bytes.littleEndian(29..<33))
    }

    /// The 33 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        bytes.append(littleEndian: signature, count: 8)
        bytes.append(littleEndian: length, count: 8)
        bytes.append(expectResponse)
        bytes.append(littleEndian: UInt64(command), count: 4)
        bytes.append(littleEndian: UInt64(UInt32(bitPattern: returnCode)), count: 4)
        bytes.append(littleEndian: UInt64(flags.rawValue), count: 4)
        bytes.append(littleEndian: UInt64(version), count: 4)
        return bytes
    }
}
