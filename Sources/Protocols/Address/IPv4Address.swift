/// An IPv4 address, in host order.
public struct IPv4Address: Hashable, Sendable {
    /// The 32 bits, most significant octet first: 127.0.0.1 is 0x7f000001.
    public var bits: UInt32

    /// The address of these 32 bits.
    public init(bits: UInt32) {
        self.bits = bits
    }

    /// The address of these four octets.
    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        bits = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    /// Reads strict dotted decimal: four octets, no leading zero, nothing else. The old forms that `inet_aton`
    /// takes ("127.1", "0x7f.1", "2130706433") are nil here, so that no name is an address to one reader and a
    /// host to the next.
    public init?(_ text: some StringProtocol) {
        var octets: [UInt32] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part.utf8.count == 1 || part.utf8.first != 0x30, let octet = UInt32(part), octet <= 255
            else { return nil }
            octets.append(octet)
        }
        guard octets.count == 4 else { return nil }
        bits = octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3]
    }

    /// The four octets, in network order.
    public var octets: [UInt8] {
        [UInt8(bits >> 24), UInt8(bits >> 16 & 0xff), UInt8(bits >> 8 & 0xff), UInt8(bits & 0xff)]
    }

    /// Whether the first `length` bits are those of `network`. `length` is 0 to 32.
    public func isIn(_ network: IPv4Address, length: Int) -> Bool {
        length <= 0 || (bits ^ network.bits) >> UInt32(32 - min(length, 32)) == 0
    }
}

extension IPv4Address: CustomStringConvertible {
    /// Dotted decimal.
    public var description: String {
        "\(bits >> 24).\(bits >> 16 & 0xff).\(bits >> 8 & 0xff).\(bits & 0xff)"
    }
}
