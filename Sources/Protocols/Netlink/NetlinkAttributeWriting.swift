/// Attributes, appended to whatever they are a part of: a message's body, or the value of an attribute that nests them.
/// `NetlinkAttribute` shows the layout.
extension [UInt8] {
    /// NLA_F_NESTED: the value is attributes itself.
    private static let nested: UInt16 = 0x8000

    /// Appends an attribute and its padding. A value is at most 65,531 bytes; a longer one is cut.
    mutating func append(attribute type: UInt16, _ value: some Collection<UInt8>) {
        let value = value.prefix(Int(UInt16.max) - NetlinkAttribute.headerSize)
        append(hostOrder: UInt64(NetlinkAttribute.headerSize + value.count), count: 2)
        append(hostOrder: UInt64(type), count: 2)
        self += value
        while count % 4 != 0 { append(0) }
    }

    /// Appends a number of four bytes, the greatest first, as netfilter has all its numbers.
    mutating func append(attribute type: UInt16, bigEndian value: UInt32) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(value), count: 4)
        append(attribute: type, bytes)
    }

    /// Appends a text, with the NUL behind it.
    mutating func append(attribute type: UInt16, text: String) {
        append(attribute: type, Array(text.utf8) + [0])
    }

    /// Appends an attribute of attributes, which `body` writes.
    mutating func append(attribute type: UInt16, nesting body: (inout [UInt8]) -> Void) {
        var inner: [UInt8] = []
        body(&inner)
        append(attribute: type | Self.nested, inner)
    }
}
