internal import Protocols

extension ConfigurationReader {
    /// `[node]`.
    mutating func readNode(_ root: TomlTable, egresses: [EgressConfiguration]) -> NodeConfiguration {
        guard let table = table(root["node"], KnownKeys.node) else { return NodeConfiguration() }
        var node = NodeConfiguration(
            user: confinedUser(table["user"], "node.user"), listeners: listeners(table, egresses),
            virtualPeers: readVirtualPeers(table), banList: readBanList(table["ban-list"]) ?? BanList())
        readBeyondListeners(table, egresses: egresses, into: &node)
        return node
    }

    /// Whom the guard confines: it must not be somebody who has to reach the world.
    mutating func confinedUser(_ entry: TomlTable.Entry?, _ path: String) -> String? {
        guard let entry, let name = string(entry, path) else { return nil }
        let reason: String
        if name == "root" {
            reason = "cannot be root, whom nothing confines"
        } else if name == context.routerUser {
            reason = "cannot be \(quoted(name)), as whom the router itself runs"
        } else if context.torUsers.contains(name) {
            reason = "cannot be \(quoted(name)), as whom Tor runs"
        } else if !name.utf8.isEmpty, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            reason = "must be a name, not the number \(quoted(name))"
        } else if !Self.isUserName(name) {
            reason = "is no user name, \(quoted(name))"
        } else {
            return name
        }
        let who = path == "node.user" ? "the node" : "it"
        complain("`\(path)` \(reason): give \(who) a user of its own, such as monero", at: entry.value.position)
        return nil
    }

    /// What useradd takes: a letter or underscore, then letters, digits, underscores, dots and dashes, 32 in all.
    private static func isUserName(_ name: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) || byte == 0x5f }
        guard let first = name.utf8.first, isLetter(first), name.utf8.count <= 32 else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e }
    }

    private mutating func listeners(
        _ table: TomlTable, _ egresses: [EgressConfiguration]
    ) -> [NodeListenerConfiguration] {
        var found: [NodeListenerConfiguration] = []
        for role in NodeListenerRole.allCases {
            let entry = table[role.rawValue]
            let path = "node.\(role.rawValue)"
            guard let entry, let endpoint = endpoint(entry, path) else { continue }
            let place = entry.value.position
            guard case .tcp(let address, _) = endpoint else {
                complain("`\(path)` cannot be a Unix socket, which monerod does not dial: name an address", at: place)
                continue
            }
            guard address.isOwnLoopback else {
                complain("`\(path)` is outside loopback, \(endpoint): listen on 127.0.0.1 or [::1]", at: place)
                continue
            }
            if let other = found.first(where: { $0.endpoint == endpoint }) {
                complain(
                    "`\(path)` is the same address as `\(other.name)`, \(endpoint): give it a port of its own",
                    at: place)
                continue
            }
            let loop = egresses.first { $0.kind.endpoints.contains { $0.canonical == endpoint } }
            if let loop {
                complain(
                    "`\(path)` is the address of [\(loop.name)] itself, \(endpoint): the router would dial itself, "
                        + "give it another port", at: place)
                continue
            }
            found.append(NodeListenerConfiguration(role: role, endpoint: endpoint))
        }
        return found
    }

    private mutating func readBanList(_ entry: TomlTable.Entry?) -> BanList? {
        guard let entry, let name = string(entry, "node.ban-list") else { return nil }
        guard !name.isEmpty, name.utf8.count <= 4095, !name.utf8.contains(0) else {
            complain("`node.ban-list` is no file name: name the file, or take the key out", at: entry.value.position)
            return nil
        }
        guard context.readsFiles else { return nil }
        switch context.readFile(name) {
        case .failure(let reason):
            complain("`node.ban-list` \(quoted(name)) cannot be read: \(reason)", at: entry.value.position)
            return nil
        case .contents(let file):
            switch BanList.read(file.bytes) {
            case .list(let list): return list
            case .problems(let lines):
                problems += lines.map {
                    ConfigurationProblem($0.message, at: TomlPosition(line: $0.line, column: 1), file: file.path)
                }
                return nil
            }
        }
    }
}

extension IPAddress {
    /// Whether a listener here is reached from this machine only: 127/8 or ::1 themselves, no other form.
    /// `isLoopback` is wider: it has 0.0.0.0 and ::, on which a listener is open to the world.
    var isOwnLoopback: Bool {
        switch self {
        case .v4(let address): address.isIn(IPv4Address(127, 0, 0, 0), length: 8)
        case .v6(let address): address.high == 0 && address.low == 1
        }
    }
}
