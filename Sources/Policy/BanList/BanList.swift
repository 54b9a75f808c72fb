public import Protocols

/// The peers that are refused at CONNECT: addresses and subnets, held as sorted ranges that do not touch.
public struct BanList: Hashable, Sendable {
    /// A run of addresses, both ends included.
    struct Run<Bits: UnsignedInteger & FixedWidthInteger & Sendable>: Hashable, Sendable {
        var first: Bits
        var last: Bits
    }

    private var ipv4: [Run<UInt32>] = []
    private var ipv6: [Run<UInt128>] = []

    /// How many entries it was made from.
    public let entryCount: Int

    /// A list that bans nobody.
    public init() {
        entryCount = 0
    }

    /// A list of these subnets; an address is a subnet of its whole length.
    public init(_ subnets: [Subnet]) {
        entryCount = subnets.count
        var ipv4: [Run<UInt32>] = []
        var ipv6: [Run<UInt128>] = []
        for subnet in subnets {
            switch subnet.address {
            case .v4(let address): ipv4.append(Self.run(address.bits, subnet.length))
            case .v6(let address):
                ipv6.append(Self.run(UInt128(address.high) << 64 | UInt128(address.low), subnet.length))
                // An IPv6 form of IPv4 bans the IPv4 address that it reaches.
                if let inner = address.embeddedIPv4, let length = address.lengthOfEmbedding(of: subnet.length) {
                    ipv4.append(Self.run(inner.bits, length))
                }
            }
        }
        self.ipv4 = Self.merged(ipv4)
        self.ipv6 = Self.merged(ipv6)
    }

    /// Whether nobody is banned.
    public var isEmpty: Bool {
        ipv4.isEmpty && ipv6.isEmpty
    }

    /// Whether this peer is banned, in whatever form its address was given. Takes the logarithm of the list's
    /// length.
    public func contains(_ address: IPAddress) -> Bool {
        switch address {
        case .v4(let address): return Self.holds(ipv4, address.bits)
        case .v6(let address):
            if let inner = address.embeddedIPv4, Self.holds(ipv4, inner.bits) { return true }
            return Self.holds(ipv6, UInt128(address.high) << 64 | UInt128(address.low))
        }
    }

    private static func run<Bits>(_ bits: Bits, _ length: Int) -> Run<Bits> {
        let host = length <= 0 ? Bits.max : length >= Bits.bitWidth ? 0 : Bits.max >> Bits(length)
        return Run(first: bits & ~host, last: bits | host)
    }

    private static func merged<Bits>(_ runs: [Run<Bits>]) -> [Run<Bits>] {
        var result: [Run<Bits>] = []
        for run in runs.sorted(by: { $0.first < $1.first }) {
            if let previous = result.last, previous.last == .max || run.first <= previous.last + 1 {
                result[result.count - 1].last = max(previous.last, run.last)
            } else {
                result.append(run)
            }
        }
        return result
    }

    /// Whether `bits` is in the last of the runs that begin at or before it.
    private static func holds<Bits>(_ runs: [Run<Bits>], _ bits: Bits) -> Bool {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].first <= bits { low = middle + 1 } else { high = middle }
        }
        return low > 0 && bits <= runs[low - 1].last
    }
}

extension IPv6Address {
    /// The length of the IPv4 subnet inside an IPv6 subnet of `length`; nil where the subnet is wider than the
    /// form that embeds IPv4. 6to4 (2002::/16) carries the IPv4 address behind 16 bits, every other form behind 96.
    fileprivate func lengthOfEmbedding(of length: Int) -> Int? {
        let prefix = high >> 48 == 0x2002 ? 16 : 96
        return length >= prefix ? min(length - prefix, 32) : nil
    }
}
