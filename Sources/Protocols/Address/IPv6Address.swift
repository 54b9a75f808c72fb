/// An IPv6 address, in host order.
public struct IPv6Address: Hashable, Sendable {
    /// The first 64 bits.
    public var high: UInt64
    /// The last 64 bits.
    public var low: UInt64

    /// The address of these 128 bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The address of 16 octets in network order; nil for any other count.
    public init?(octets: [UInt8]) {
        guard octets.count == 16 else { return nil }
        high = octets[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = octets[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Reads the text forms of RFC 4291 section 2.2 (with `::` and a dotted IPv4 tail); no zone, no brackets.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45, text.contains(":") else { return nil }
        let halves = text.components(separatedByDoubleColon: ())
        guard halves.count <= 2 else { return nil }
        guard let front = Self.groups(halves[0], mayEndInIPv4: halves.count == 1) else { return nil }
        guard halves.count == 2 else {
            guard front.count == 8 else { return nil }
            self.init(groups: front)
            return
        }
        guard let back = Self.groups(halves[1], mayEndInIPv4: true), front.count + back.count <= 7 else { return nil }
        self.init(groups: front + Array(repeating: 0, count: 8 - front.count - back.count) + back)
    }

    private init(groups: [UInt16]) {
        high = groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }
        low = groups[4...].reduce(0) { $0 << 16 | UInt64($1) }
    }

    /// The 16-bit groups of one side of a `::`; nil where it is malformed.
    private static func groups(_ text: String, mayEndInIPv4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, mayEndInIPv4, part.contains(".") {
                guard let tail = IPv4Address(part) else { return nil }
                groups.append(UInt16(tail.bits >> 16))
                groups.append(UInt16(tail.bits & 0xffff))
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexDigit),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups.count <= 8 ? groups : nil
    }

    /// The 16 octets, in network order.
    public var octets: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * $0)) }
    }

    /// Whether the first `length` bits are those of `network`. `length` is 0 to 128.
    public func isIn(_ network: IPv6Address, length: Int) -> Bool {
        if length <= 0 { return true }
        if length <= 64 { return (high ^ network.high) >> UInt64(64 - length) == 0 }
        return high == network.high && (low ^ network.low) >> UInt64(128 - min(length, 128)) == 0
    }

    /// The IPv4 address inside the forms that a stack or a gateway takes for IPv4: mapped (::ffff:0:0/96),
    /// translated (::ffff:0:0:0/96, RFC 2765), compatible (::/96, but not :: and ::1), NAT64 (64:ff9b::/96), 6to4 (2002::/16). A destination is judged
    /// by what it reaches, so "::ffff:127.0.0.1" is loopback.
    public var embeddedIPv4: IPv4Address? {
        if high == 0, low >> 32 == 0xffff { return IPv4Address(bits: UInt32(truncatingIfNeeded: low)) }
        if high == 0, low >> 32 == 0xffff_0000 { return IPv4Address(bits: UInt32(truncatingIfNeeded: low)) }
        if high == 0, low >> 32 == 0, low > 1 { return IPv4Address(bits: UInt32(truncatingIfNeeded: low)) }
        if high == 0x0064_ff9b_0000_0000, low >> 32 == 0 { return IPv4Address(bits: UInt32(truncatingIfNeeded: low)) }
        if high >> 48 == 0x2002 { return IPv4Address(bits: UInt32(truncatingIfNeeded: high >> 16)) }
        return nil
    }
}

extension IPv6Address: CustomStringConvertible {
    /// The canonical text form of RFC 5952: lower case, the longest run of zero groups (two or more) as `::`.
    public var description: String {
        let groups = (0..<8).map { index in
            UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index % 4)))
        }
        var best = 0..<0
        var index = 0
        while index < 8 {
            var end = index
            while end < 8, groups[end] == 0 { end += 1 }
            if end - index > max(best.count, 1) { best = index..<end }
            index = max(end, index + 1)
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty
            ? text(groups[...]) : text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }
}

extension UInt8 {
    /// Whether this ASCII character is a hexadecimal digit.
    var isHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
}

extension StringProtocol {
    /// The parts between each `::`. Without Foundation there is no split by a longer separator.
    fileprivate func components(separatedByDoubleColon: Void) -> [String] {
        var parts = [""]
        var rest = self[...]
        while let first = rest.first {
            if rest.hasPrefix("::") {
                parts.append("")
                rest = rest.dropFirst(2)
            } else {
                parts[parts.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        return parts
    }
}
