/// The two ends of a socket as `struct inet_diag_sockid` has them; `SocketQuestion` shows the layout. An IPv4 address is
/// kept in its mapped form (::ffff:0:0/96): an IPv6 socket that is connected to an IPv4 one has such addresses, and is
/// found by either.
struct SocketEnds: Hashable {
    static let familyIPv4: UInt8 = 2
    static let familyIPv6: UInt8 = 10
    static let size = 48
    /// The interface lo has this number in every network namespace. A socket that is bound to lo is found by this alone,
    /// one that is bound to nothing by this too.
    private static let loopbackInterface: UInt64 = 1

    let own: IPv6Address
    let ownPort: UInt16
    let far: IPv6Address
    let farPort: UInt16

    init(own: IPv6Address, ownPort: UInt16, far: IPv6Address, farPort: UInt16) {
        self.own = own
        self.ownPort = ownPort
        self.far = far
        self.farPort = farPort
    }

    /// Reads 48 bytes; nil for another family, or where they are not there.
    init?(_ bytes: Span<UInt8>, at start: Int, family: UInt8) {
        guard start >= 0, bytes.count - start >= Self.size else { return nil }
        ownPort = UInt16(truncatingIfNeeded: bytes.bigEndian(start..<start + 2))
        farPort = UInt16(truncatingIfNeeded: bytes.bigEndian(start + 2..<start + 4))
        switch family {
        case Self.familyIPv4:
            own = IPv6Address(mapping: IPv4Address(bits: UInt32(bytes.bigEndian(start + 4..<start + 8))))
            far = IPv6Address(mapping: IPv4Address(bits: UInt32(bytes.bigEndian(start + 20..<start + 24))))
        case Self.familyIPv6:
            own = IPv6Address(
                high: bytes.bigEndian(start + 4..<start + 12), low: bytes.bigEndian(start + 12..<start + 20))
            far = IPv6Address(
                high: bytes.bigEndian(start + 20..<start + 28), low: bytes.bigEndian(start + 28..<start + 36))
        default: return nil
        }
    }

    /// Appends the 48 bytes of a question, with no cookie.
    func append(to bytes: inout [UInt8], family: UInt8) {
        bytes.append(bigEndian: UInt64(ownPort), count: 2)
        bytes.append(bigEndian: UInt64(farPort), count: 2)
        for address in [own, far] {
            if family == Self.familyIPv4 {
                bytes.append(bigEndian: address.low, count: 4)
                bytes.append(bigEndian: 0, count: 8)
                bytes.append(bigEndian: 0, count: 4)
            } else {
                bytes.append(bigEndian: address.high, count: 8)
                bytes.append(bigEndian: address.low, count: 8)
            }
        }
        bytes.append(hostOrder: Self.loopbackInterface, count: 4)
        bytes.append(hostOrder: UInt64.max, count: 8)
    }
}

extension IPv6Address {
    /// An IPv4 address as ::ffff:0:0/96.
    init(mapping address: IPv4Address) {
        self.init(high: 0, low: 0xffff_0000_0000 | UInt64(address.bits))
    }

    /// Whether it is ::1, or one of 127/8 in its mapped form.
    var isLoopback: Bool { high == 0 && (low == 1 || low >> 24 == 0xffff_7f) }
}

extension IPAddress {
    /// The address as an IPv6 one, an IPv4 address in its mapped form.
    var inSixteenBytes: IPv6Address {
        switch self {
        case .v4(let address): IPv6Address(mapping: address)
        case .v6(let address): address
        }
    }
}
