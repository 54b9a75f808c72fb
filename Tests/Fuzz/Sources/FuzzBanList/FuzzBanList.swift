import FuzzSupport
import Policy
import Protocols

/// A list that is read bans exactly what its lines, looked at one by one, ban; one that is not says which lines.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let lines = input.split(separator: 0x0a, omittingEmptySubsequences: false)
    switch BanList.read(input) {
    case .problems(let problems):
        require((1...10).contains(problems.count), "\(problems.count) problems")
        var last = 0
        for problem in problems {
            require(problem.line > last && problem.line <= lines.count && !problem.message.isEmpty, "a stray problem")
            require(!problem.message.utf8.contains { $0 < 0x20 || $0 == 0x7f }, "a problem of several lines")
            last = problem.line
        }
    case .list(let list):
        let subnets = lines.compactMap { line -> Subnet? in
            let text = String(decoding: line.prefix { $0 != 0x23 }.filter { $0 > 0x20 }, as: UTF8.self)
            guard !text.isEmpty else { return nil }
            let subnet = Subnet(text)
            require(subnet != nil, "read what is no subnet: \(text)")
            return subnet
        }
        require(list.entryCount == subnets.count, "\(list.entryCount) entries of \(subnets.count)")
        for probe in subnets.prefix(50).flatMap(probes) {
            let isBanned = subnets.contains { bans($0, probe) }
            require(list.contains(probe) == isBanned, "\(probe) should\(isBanned ? "" : " not") be banned")
        }
    }
    return 0
}

/// The ends of a subnet and their neighbours.
private func probes(_ subnet: Subnet) -> [IPAddress] {
    switch subnet.address {
    case .v4(let address):
        let host = UInt32.max >> UInt32(subnet.length)
        let ends = [address.bits & ~host, address.bits | host]
        return ends.flatMap { [$0, $0 &- 1, $0 &+ 1] }.map { .v4(IPv4Address(bits: $0)) }
    case .v6(let address):
        let bits = UInt128(address.high) << 64 | UInt128(address.low)
        let host = UInt128.max >> UInt128(subnet.length)
        return [bits & ~host, bits | host].flatMap { [$0, $0 &- 1, $0 &+ 1] }.flatMap { bits -> [IPAddress] in
            let address = IPAddress.v6(
                IPv6Address(high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits)))
            return [address, address.canonical]
        }
    }
}

/// Whether one subnet bans an address, without ranges and without search: in the form it has, and in the IPv4 form
/// that both reach.
private func bans(_ subnet: Subnet, _ address: IPAddress) -> Bool {
    switch (subnet.address, address) {
    case (.v4(let network), .v4(let address)): return address.isIn(network, length: subnet.length)
    case (.v4(let network), .v6(let address)):
        return address.embeddedIPv4?.isIn(network, length: subnet.length) == true
    case (.v6(let network), .v6(let address)):
        if address.isIn(network, length: subnet.length) { return true }
        guard let inner = address.embeddedIPv4 else { return false }
        return bans(subnet, .v4(inner))
    case (.v6(let network), .v4(let address)):
        guard let inner = network.embeddedIPv4 else { return false }
        let prefix = network.high >> 48 == 0x2002 ? 16 : 96
        return subnet.length >= prefix && address.isIn(inner, length: min(subnet.length - prefix, 32))
    }
}
