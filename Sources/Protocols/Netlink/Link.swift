/// A network interface as the kernel tells it: whether something can leave by it now, and with which addresses.
public struct Link: Hashable, Sendable {
    /// Its number. An interface that is deleted and made again under its old name has another.
    public var index: UInt32
    /// Its name: "wg0".
    public var name: String
    /// Whether it is switched on (IFF_UP).
    public var isUp: Bool
    /// Whether it has a carrier: of a tun interface, whether the program behind it runs (IFF_LOWER_UP, IFF_RUNNING).
    public var hasCarrier: Bool
    /// Its own addresses that reach beyond the link itself, and may be used already.
    public var addresses: Set<IPAddress> = []

    /// An interface like this.
    public init(index: UInt32, name: String, isUp: Bool, hasCarrier: Bool, addresses: Set<IPAddress> = []) {
        self.index = index
        self.name = name
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.addresses = addresses
    }
}

/// A message about interfaces or addresses: an answer to a dump, or told unasked (rtnetlink(7)).
enum LinkNews: Hashable {
    /// There is such an interface; its addresses come in messages of their own.
    case link(Link)
    /// There is none of this number any more.
    case linkGone(UInt32)
    /// The interface of this number has the address.
    case address(UInt32, IPAddress)
    /// It has it no more, or not for use.
    case addressGone(UInt32, IPAddress)

    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let getLink: UInt16 = 18
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let getAddress: UInt16 = 22

    /// Reads a message; nil for one of another kind, or about something that does not matter here.
    init?(_ message: NetlinkMessage, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        switch message.type {
        case Self.newLink, Self.deleteLink: try self.init(link: message, in: datagram)
        case Self.newAddress, Self.deleteAddress: try self.init(address: message, in: datagram)
        default: return nil
        }
    }

    /// struct ifinfomsg, then attributes.
    ///
    /// ```
    ///  0        1     2      4       8       12      16
    /// +--------+-----+------+-------+-------+-------+------------+
    /// | family | pad | type | index | flags | which | attributes |
    /// | 1      | 1   | 2    | 4     | 4     | 4     |            |
    /// +--------+-----+------+-------+-------+-------+------------+
    /// ```
    private init?(link message: NetlinkMessage, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        let start = message.body.lowerBound
        guard message.body.count >= Self.linkBody else { throw .truncated }
        // Of the bridge (AF_BRIDGE) come messages of the same type: a port that leaves its bridge is not deleted.
        guard datagram[start] == 0 else { return nil }
        let index = UInt32(truncatingIfNeeded: datagram.hostOrder(start + 4..<start + 8))
        guard message.type == Self.newLink else {
            self = .linkGone(index)
            return
        }
        let flags = datagram.hostOrder(start + 8..<start + 12)
        var name: String?
        var attributes = NetlinkAttributes(of: message, after: Self.linkBody)
        while let attribute = try attributes.next(in: datagram) {
            // IFLA_IFNAME, with a NUL behind it.
            guard attribute.type == 3 else { continue }
            let bytes = [UInt8](copying: datagram.extracting(attribute.value))
            name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let name else { return nil }
        let up: UInt64 = 0x1
        let running: UInt64 = 0x1_0040
        self = .link(
            Link(index: index, name: name, isUp: flags & up != 0, hasCarrier: flags & running == running))
    }

    /// struct ifaddrmsg, then attributes.
    ///
    /// ```
    ///  0        1        2       3       4       8
    /// +--------+--------+-------+-------+-------+------------+
    /// | family | prefix | flags | scope | index | attributes |
    /// | 1      | 1      | 1     | 1     | 4     |            |
    /// +--------+--------+-------+-------+-------+------------+
    /// ```
    private init?(address message: NetlinkMessage, in datagram: Span<UInt8>) throws(NetlinkFailure) {
        let start = message.body.lowerBound
        guard message.body.count >= Self.addressBody else { throw .truncated }
        // RT_SCOPE_LINK and RT_SCOPE_HOST: nothing beyond the link can be reached with it.
        guard datagram[start + 3] < 253 else { return nil }
        let index = UInt32(truncatingIfNeeded: datagram.hostOrder(start + 4..<start + 8))
        var flags = UInt64(datagram[start + 2])
        var own: IPAddress?
        var other: IPAddress?
        var attributes = NetlinkAttributes(of: message, after: Self.addressBody)
        while let attribute = try attributes.next(in: datagram) {
            switch attribute.type {
            // IFA_ADDRESS: the address, or on a point-to-point interface the other end's.
            case 1: other = IPAddress(datagram.extracting(attribute.value))
            // IFA_LOCAL: the address; missing where it is the same.
            case 2: own = IPAddress(datagram.extracting(attribute.value))
            // IFA_FLAGS: the flags, with room for more of them.
            case 8 where attribute.value.count == 4: flags = datagram.hostOrder(attribute.value)
            default: break
            }
        }
        guard let address = own ?? other else { return nil }
        // IFA_F_TENTATIVE and IFA_F_DADFAILED: the kernel does not know yet whether it is its own.
        let isUsable = message.type == Self.newAddress && flags & 0x48 == 0
        self = isUsable ? .address(index, address) : .addressGone(index, address)
    }

    static let linkBody = 16
    static let addressBody = 8
}

extension IPAddress {
    /// The address of 4 or 16 bytes in network order; nil for any other count.
    fileprivate init?(_ octets: Span<UInt8>) {
        switch octets.count {
        case 4: self = .v4(IPv4Address(octets[0], octets[1], octets[2], octets[3]))
        case 16:
            guard let address = IPv6Address(octets: [UInt8](copying: octets)) else { return nil }
            self = .v6(address)
        default: return nil
        }
    }
}
