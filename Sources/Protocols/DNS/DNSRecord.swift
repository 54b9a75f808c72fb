/// A resource record (RFC 1035 section 4.1.3).
///
/// ```
///  +-----------------+--------+--------+----------+--------+---------------+
///  | name, see       | type   | class  | lifetime | length | data          |
///  | DNSName         | 2      | 2      | 4, s     | 2      | of this length|
///  +-----------------+--------+--------+----------+--------+---------------+
/// ```
public struct DNSRecord: Hashable, Sendable {
    /// What it says.
    public enum Content: Hashable, Sendable {
        /// A or AAAA, in class IN.
        case address(IPAddress)
        /// CNAME, in class IN: the name it is another one of.
        case alias(DNSName)
        /// Anything else, unread. Names in the older kinds (NS, SOA, MX, …) may point into the message; the newer ones
        /// and TXT have none that do.
        case other([UInt8])
    }

    /// Whose record it is.
    public var name: DNSName
    /// Its kind.
    public var type: DNSRecordType
    /// Its class; 1 is IN.
    public var recordClass: UInt16
    /// How long it may be kept, in seconds. 0 for one with the highest bit set (RFC 2181 section 8).
    public var lifetime: UInt32
    /// What it says.
    public var content: Content

    init(_ cursor: inout DNSCursor) throws(DNSFailure) {
        name = try cursor.name()
        type = DNSRecordType(rawValue: try cursor.number16())
        recordClass = try cursor.number16()
        let seconds = try cursor.number32()
        lifetime = seconds >> 31 == 0 ? seconds : 0
        let length = Int(try cursor.number16())
        let end = cursor.offset + length
        switch (recordClass, type) {
        case (DNSQuestion.internet, .a):
            guard length == 4 else { throw .malformed("an IPv4 address of \(length) bytes") }
            content = .address(.v4(IPv4Address(bits: try cursor.number32())))
        case (DNSQuestion.internet, .aaaa):
            guard length == 16, let address = IPv6Address(octets: try cursor.bytes(16)) else {
                throw .malformed("an IPv6 address of \(length) bytes")
            }
            content = .address(.v6(address))
        case (DNSQuestion.internet, .cname):
            content = .alias(try cursor.name())
            guard cursor.offset == end else { throw .malformed("a name that is not as long as its record") }
        default:
            content = .other(try cursor.bytes(length))
        }
    }
}
