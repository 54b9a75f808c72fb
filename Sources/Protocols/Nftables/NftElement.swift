/// An element of a dynamic set: what a packet had, and how many had it.
public struct NftElement: Hashable, Sendable {
    /// The protocol over IP, by its number.
    public var transport: UInt8
    /// The destination port, where the set is keyed by it.
    public var port: UInt16?
    /// The destination, where the set is keyed by it.
    public var destination: IPAddress?
    /// How many packets, since the table was loaded.
    public var count: NftCount

    /// An element of these.
    public init(transport: UInt8, port: UInt16? = nil, destination: IPAddress? = nil, count: NftCount) {
        self.transport = transport
        self.port = port
        self.destination = destination
        self.count = count
    }

    /// Reads a key: its parts, each filled up to four bytes.
    ///
    /// ```
    ///  0               4 or 16     +1          +4     +6
    /// +---------------+-----------+-----------+------+-----+
    /// | destination,  | transport | 3: filled | port | 2:  |
    /// | where there   |           | up        |      | up  |
    /// +---------------+-----------+-----------+------+-----+
    /// ```
    init?(key bytes: [UInt8], _ key: NftStatement.Key, count: NftCount) {
        guard bytes.count == Int(key.length) else { return nil }
        let parts: ArraySlice<UInt8>
        switch key {
        case .transport, .transportAndPort: parts = bytes[...]
        case .destinationIPv4:
            destination = .v4(IPv4Address(bytes[0], bytes[1], bytes[2], bytes[3]))
            parts = bytes[4...]
        case .destinationIPv6:
            guard let address = IPv6Address(octets: Array(bytes[..<16])) else { return nil }
            destination = .v6(address)
            parts = bytes[16...]
        }
        guard let transport = parts.first else { return nil }
        self.transport = transport
        self.count = count
        if key != .transport {
            let port = parts.dropFirst(4).prefix(2)
            self.port = port.reduce(0) { $0 << 8 | UInt16($1) }
        }
    }

    /// Reads a list of elements (NFTA_SET_ELEM_LIST_ELEMENTS). One whose key is none of the set's is passed over.
    static func list(
        _ range: Range<Int>, key: NftStatement.Key, in datagram: Span<UInt8>
    ) throws(NetlinkFailure) -> [NftElement] {
        var elements: [NftElement] = []
        var attributes = NetlinkAttributes(range)
        while let attribute = try attributes.next(in: datagram) {
            var fields = try NftFields(attribute.value, in: datagram)
            guard let bytes = try fields.data(1, in: datagram) else { continue }
            var count = NftCount(packets: 0, bytes: 0)
            // NFTA_SET_ELEM_EXPR
            if let expression = fields.take(7) {
                var inner = try NftFields(expression, in: datagram)
                if inner.text(1, in: datagram) == "counter", let data = inner.take(2) {
                    count = try NftCount(data, in: datagram)
                }
            }
            if let element = NftElement(key: bytes, key, count: count) { elements.append(element) }
        }
        return elements
    }
}

extension NftCount {
    /// Reads NFTA_COUNTER_BYTES (1) and NFTA_COUNTER_PACKETS (2), of eight bytes each.
    init(_ range: Range<Int>, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        self.init(packets: 0, bytes: 0)
        var attributes = NetlinkAttributes(range)
        while let attribute = try attributes.next(in: datagram) {
            guard attribute.value.count == 8 else { continue }
            switch attribute.type {
            case 1: bytes = datagram.bigEndian(attribute.value)
            case 2: packets = datagram.bigEndian(attribute.value)
            default: break
            }
        }
    }
}
