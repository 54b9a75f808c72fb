internal import Protocols

extension ConfigurationReader {
    /// `[node.peers]`: an address of 10/8 and a port for each onion or I2P address.
    mutating func readVirtualPeers(_ node: TomlTable) -> [VirtualPeer] {
        guard let entry = node["peers"] else { return [] }
        guard case .table(let table) = entry.value.content else {
            complain("`node.peers` must be a table, [node.peers], not \(entry.value.kind)", at: entry.position)
            return []
        }
        if !table.entries.isEmpty, node["proxy"] == nil {
            complain("[node.peers] needs `node.proxy`, through which monerod dials them: set it", at: entry.position)
        }
        if table.entries.count > 1024 {
            complain("more than 1024 virtual peers: take some out", at: entry.position)
        }
        var peers: [VirtualPeer] = []
        var seen: [Destination: String] = [:]
        for entry in table.entries.prefix(1024) {
            let virtual = virtualAddress(entry)
            guard let text = string(entry, "node.peers.\(quoted(entry.key))"),
                let destination = peerDestination(text, at: entry.value.position)
            else { continue }
            if let first = seen[destination] {
                complain(
                    "\(quoted(text)) is a peer already, as \(first): monerod would count one peer twice, take one out",
                    at: entry.value.position)
                continue
            }
            seen[destination] = quoted(entry.key)
            guard let (address, port) = virtual else { continue }
            peers.append(VirtualPeer(address: address, port: port, destination: destination))
        }
        return peers
    }

    /// The address that monerod dials. 10/8 only: monerod keeps it to itself, while a peer it dialled as
    /// 240.0.0.1 was seen in the peer list of a third node, where it would mark whoever uses it.
    private mutating func virtualAddress(_ entry: TomlTable.Entry) -> (IPv4Address, UInt16)? {
        let example = "write an address of 10/8 and a port, such as \"10.192.0.1:18080\""
        switch Endpoint(entry.key) {
        case .tcp(.v4(let address), let port)?:
            if address.isIn(IPv4Address(10, 0, 0, 0), length: 8) { return (address, port) }
            complain(
                "the virtual address \(quoted(entry.key)) is outside 10/8, so monerod could tell it to others: "
                    + example, at: entry.position)
        case .tcp(.v6, _)?, .unix?:
            complain("the virtual address \(quoted(entry.key)) is not IPv4: \(example)", at: entry.position)
        case nil: complain("the virtual address \(quoted(entry.key)) is malformed: \(example)", at: entry.position)
        }
        return nil
    }

    private mutating func peerDestination(_ text: String, at place: TomlPosition) -> Destination? {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) else {
            complain("the peer \(quoted(text)) has no port: write it after the address, such as :18080", at: place)
            return nil
        }
        let name = text[..<colon]
        let host: Host
        do {
            host = try Host(name: Array(name.utf8))
        } catch {
            complain("the peer \(quoted(text)) \(Self.complaint(error))", at: place)
            return nil
        }
        switch host {
        case .i2p: return Destination(host: host, port: port)
        case .onion(let onion):
            if OnionChecksum.holds(onion.dropLast(6), sha3_256: context.sha3_256) {
                return Destination(host: host, port: port)
            }
            complain("the onion address \(quoted(text)) is mistyped, its checksum is wrong: copy it again", at: place)
        case .address, .name:
            complain(
                "the peer \(quoted(text)) is neither onion nor I2P: give monerod other peers by add-peer=", at: place)
        }
        return nil
    }

    private static func port(_ text: Substring) -> UInt16? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.first != 0x30
        else { return nil }
        return UInt16(text)
    }

    private static func complaint(_ failure: Host.Failure) -> String {
        switch failure {
        case .badOnion: "is no version 3 onion address: it has 56 of a-z and 2-7, the last a d, and ends in .onion"
        case .badI2P: "is no I2P address: it has 52 of a-z and 2-7 and ends in .b32.i2p"
        case .malformed, .forbiddenByte, .ambiguousNumber, .exitNotation:
            "is no address: write an onion or I2P address and a port"
        }
    }
}
