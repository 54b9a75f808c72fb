internal import Protocols

extension ConfigurationReader {
    /// An entry's string as the address of a socket; nil where there is none or it is no such thing.
    mutating func endpoint(_ entry: TomlTable.Entry?, _ path: String) -> Endpoint? {
        guard let entry, let text = string(entry, path) else { return nil }
        guard text.printable(limit: 200) == text, let endpoint = Endpoint(text) else {
            complain("`\(path)` \(complaint(text))", at: entry.value.position)
            return nil
        }
        if case .tcp(let address, _) = endpoint, address.isUnspecified {
            complain(
                "`\(path)` names every address of the machine, \(quoted(text)): name one, such as 127.0.0.1",
                at: entry.value.position)
            return nil
        }
        return endpoint
    }

    /// What is wrong with the text of an endpoint, and the mend.
    private func complaint(_ text: String) -> String {
        if text.hasPrefix("unix:") {
            return
                "must name an absolute path of at most 107 printable bytes after unix:, such as \"unix:/run/tor/socks\""
        }
        guard let colon = text.lastIndex(of: ":") else {
            return "has no port, \(quoted(text)): write the address and the port, such as \"127.0.0.1:9050\""
        }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        if IPAddress(host) == nil, host.utf8.contains(where: { $0 | 0x20 >= 0x67 && $0 | 0x20 <= 0x7a }) {
            return "names a host, \(quoted(text)): the router resolves no name, write its IP address"
        }
        if !port.isEmpty, port.utf8.allSatisfy({ $0 == 0x30 }) {
            return "has port 0, \(quoted(text)): write the port that is listened on, 1 to 65535"
        }
        return "is no address, \(quoted(text)): write \"127.0.0.1:9050\", \"[::1]:9050\" or \"unix:/run/tor/socks\""
    }
}

extension IPAddress {
    /// Whether it is 0/8 or ::, which a listener takes for every address and a dialler for this machine.
    var isUnspecified: Bool {
        switch canonical {
        case .v4(let address): address.isIn(IPv4Address(0, 0, 0, 0), length: 8)
        case .v6(let address): address.high == 0 && address.low == 0
        }
    }
}

extension Endpoint {
    /// The same socket under one name: an IPv6 form of an IPv4 address is that IPv4 address.
    var canonical: Endpoint {
        if case .tcp(let address, let port) = self { return .tcp(address.canonical, port: port) }
        return self
    }
}
