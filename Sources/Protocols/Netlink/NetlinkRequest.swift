/// A message to the kernel, built part by part: header, the protocol's own body, attributes. See `NetlinkMessage` for
/// the layout.
public struct NetlinkRequest: Hashable, Sendable {
    /// The bytes to send.
    public private(set) var bytes: [UInt8]

    /// A request of this type with this body; attributes may follow. The reply carries the same sequence number, which
    /// should not be 0: what the kernel tells unasked has that.
    public init(type: UInt16, flags: NetlinkMessage.Flags, sequence: UInt32, body: [UInt8]) {
        bytes = []
        bytes.reserveCapacity(NetlinkMessage.headerSize + body.count)
        bytes.append(hostOrder: 0, count: 4)
        bytes.append(hostOrder: UInt64(type), count: 2)
        bytes.append(hostOrder: UInt64(flags.union(.request).rawValue), count: 2)
        bytes.append(hostOrder: UInt64(sequence), count: 4)
        // The port id: the kernel knows the sender's.
        bytes.append(hostOrder: 0, count: 4)
        bytes += body
        closeMessage()
    }

    /// Appends an attribute. A value is at most 65,531 bytes; a longer one is cut.
    public mutating func append(attribute type: UInt16, _ value: [UInt8]) {
        bytes.append(attribute: type, value)
        closeMessage()
    }

    /// Pads to four bytes, and writes the length that the message has now.
    private mutating func closeMessage() {
        while bytes.count % 4 != 0 { bytes.append(0) }
        var length: [UInt8] = []
        length.append(hostOrder: UInt64(bytes.count), count: 4)
        bytes.replaceSubrange(0..<4, with: length)
    }
}
