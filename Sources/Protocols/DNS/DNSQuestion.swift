/// A kind of record (RFC 1035 section 3.2.2, RFC 3596). Any number is one; these are those that something here asks for
/// or reads.
public struct DNSRecordType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt16
    /// The kind of this number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// An IPv4 address.
    public static let a = DNSRecordType(rawValue: 1)
    /// A name server.
    public static let ns = DNSRecordType(rawValue: 2)
    /// Another name for the same.
    public static let cname = DNSRecordType(rawValue: 5)
    /// An IPv6 address.
    public static let aaaa = DNSRecordType(rawValue: 28)
    /// What the sender of the message can do (EDNS, RFC 6891); no record of any name.
    public static let opt = DNSRecordType(rawValue: 41)
}

/// What a resolver is asked (RFC 1035 section 4.1.2), always in class IN.
///
/// ```
///  +-----------------+-----------+-----------+
///  | name, see       | type      | class     |
///  | DNSName         | 2         | 2, is 1   |
///  +-----------------+-----------+-----------+
/// ```
public struct DNSQuestion: Hashable, Sendable {
    /// Class IN.
    static let internet: UInt16 = 1

    /// The name.
    public var name: DNSName
    /// Which of its records.
    public var type: DNSRecordType

    /// A question for these records of a name.
    public init(_ name: DNSName, _ type: DNSRecordType) {
        self.name = name
        self.type = type
    }

    init(_ cursor: inout DNSCursor) throws(DNSFailure) {
        name = try cursor.name()
        type = DNSRecordType(rawValue: try cursor.number16())
        guard try cursor.number16() == Self.internet else { throw .notOurs("a question in another class than IN") }
    }

    /// The whole message that asks it, without the length that goes before it on TCP.
    ///
    /// - Parameter id: random, and not that of another question on the same connection.
    public func query(id: UInt16) -> [UInt8] {
        DNSHeader(question: id).bytes + bytes
    }

    /// The question as it stands in a message.
    var bytes: [UInt8] { name.wire + type.rawValue.bigEndianBytes + Self.internet.bigEndianBytes }
}
