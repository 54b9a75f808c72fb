internal import Protocols

/// A wallet node's address: "http://host:port" or "https://host:port", and nothing else.
extension ConfigurationReader {
    /// Whether it is TLS, and where it leads; nil where it is no such address.
    mutating func nodeAddress(_ entry: TomlTable.Entry) -> (isTLS: Bool, destination: Destination)? {
        guard let text = string(entry, "wallet.node.address") else { return nil }
        let reason: String
        switch read(text) {
        case .success(let address): return address
        case .failure(let problem): reason = problem.reason
        }
        complain("`wallet.node.address` \(reason)", at: entry.value.position)
        return nil
    }

    private struct AddressProblem: Error {
        let reason: String
    }

    private func read(_ text: String) -> Result<(isTLS: Bool, destination: Destination), AddressProblem> {
        func refused(_ reason: String) -> Result<(isTLS: Bool, destination: Destination), AddressProblem> {
            .failure(AddressProblem(reason: reason))
        }
        let isTLS = text.hasPrefix("https://")
        guard isTLS || text.hasPrefix("http://") else {
            return refused("does not begin with http:// or https://, \(quoted(text)): write that before it")
        }
        let rest = text.dropFirst(isTLS ? 8 : 7)
        if rest.contains("@") {
            // Neither shown: it may be a password.
            return refused("has a user before the @: take that out, and set `username` and `password-file`")
        }
        if let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }) {
            return refused("goes on after the port, \(quoted(String(rest[end...]))): end it there")
        }
        let parts = split(rest)
        guard let digits = parts.port else {
            return refused(
                "has no port, \(quoted(text)): write it after the address, such as :18081, or :18089 of a restricted one"
            )
        }
        if !digits.isEmpty, digits.utf8.allSatisfy({ $0 == 0x30 }) {
            return refused("has port 0, \(quoted(text)): write the port of its RPC, 1 to 65535")
        }
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.utf8.first != 0x30, let port = UInt16(digits)
        else { return refused("has no port, \(quoted(text)): write one of 1 to 65535 after the last colon") }
        if parts.host.contains(":"), !parts.host.hasPrefix("[") {
            return refused("needs brackets, \(quoted(text)): write an IPv6 address as [::1]")
        }
        let host: Host
        do throws(Host.Failure) {
            host = try Host(name: Array(parts.host.utf8))
        } catch {
            return refused("\(Self.complaint(error)), \(quoted(String(parts.host)))")
        }
        switch host {
        case .onion(let onion) where !OnionChecksum.holds(onion.dropLast(6), sha3_256: context.sha3_256):
            return refused("is mistyped, the onion address's checksum is wrong, \(quoted(onion)): copy it again")
        case .address(let address) where address.isUnspecified:
            return refused("is no address of one machine, \(quoted(text)): write 127.0.0.1 for this one")
        case .name("localhost"):
            return refused("is \"localhost\": write 127.0.0.1 or [::1], since the router resolves no name")
        default: return .success((isTLS, Destination(host: host, port: port)))
        }
    }

    /// The host, in its brackets where it has them, and what follows the colon behind it.
    private func split(_ text: Substring) -> (host: Substring, port: Substring?) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let after = text[text.index(after: end)...]
            return (text[...end], after.hasPrefix(":") ? after.dropFirst() : nil)
        }
        guard let colon = text.lastIndex(of: ":") else { return (text, nil) }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    private static func complaint(_ failure: Host.Failure) -> String {
        switch failure {
        case .badOnion: "is no version 3 onion address: it has 56 of a-z and 2-7, the last a d, and ends in .onion"
        case .badI2P: "is no I2P address: it has 52 of a-z and 2-7 and ends in .b32.i2p"
        case .ambiguousNumber: "is a number that some take for an address: write all four parts of it"
        case .exitNotation: "names an exit, which Tor no longer takes: write the node's own name"
        case .malformed, .forbiddenByte: "names no host: write an IP address, an onion or I2P address, or a host name"
        }
    }
}
