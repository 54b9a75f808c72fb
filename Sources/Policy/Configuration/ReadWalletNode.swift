internal import Protocols

/// `[[wallet.node]]`: the nodes behind a wallet's listener.
extension ConfigurationReader {
    /// The nodes of a `[[wallet]]`, each with the place of its address.
    mutating func walletNodes(
        _ wallet: TomlTable, at header: TomlPosition, _ around: WalletSurroundings
    ) -> [(node: WalletNodeConfiguration, place: TomlPosition)] {
        let example = "add [[wallet.node]] with address = \"http://127.0.0.1:18081\""
        guard let entry = wallet["node"] else {
            complain("[[wallet]] has no node: \(example)", at: header)
            return []
        }
        let tables = tables(entry, "wallet.node", most: Self.mostOfWallets, "nodes of one wallet listener")
        if case .array(let values) = entry.value.content, values.isEmpty {
            complain("[[wallet]] has no node: \(example)", at: entry.position)
        }
        var nodes: [(node: WalletNodeConfiguration, place: TomlPosition)] = []
        for (table, place) in tables {
            checkKeys(of: table, KnownKeys.walletNode)
            guard let address = table["address"] else {
                complain("[[wallet.node]] has no address: add it, address = \"http://127.0.0.1:18081\"", at: place)
                continue
            }
            guard let node = walletNode(table, address, around) else { continue }
            if let other = nodes.firstIndex(where: { $0.node.destination == node.destination }) {
                complain(
                    "`wallet.node.address` is that of node.\(other) of this listener too: take one out",
                    at: address.value.position)
                continue
            }
            nodes.append((node, address.value.position))
        }
        return nodes
    }

    private mutating func walletNode(
        _ table: TomlTable, _ address: TomlTable.Entry, _ around: WalletSurroundings
    ) -> WalletNodeConfiguration? {
        let isTrusted = boolean(table["trusted"], "wallet.node.trusted")
        let isInsecure = boolean(table["insecure"], "wallet.node.insecure")
        let credentials = nodeCredentials(table)
        guard let (isTLS, destination) = nodeAddress(address) else { return nil }
        var node = WalletNodeConfiguration(
            destination: destination, isTrusted: isTrusted ?? false, isInsecure: isInsecure ?? false,
            credentials: credentials)
        node.tls = trust(table, isTLS: isTLS, at: address.value.position)
        judgeSecrecy(node, isTLS: isTLS, table, at: address.value.position)
        judgeWay(node, around, at: address.value.position)
        return node
    }

    /// Digest authentication writes the name between quotes, and monerod splits it from the password at a colon.
    private mutating func nodeCredentials(_ table: TomlTable) -> Credentials? {
        let credentials = readCredentials(table, KnownKeys.walletNode, for: "digest authentication")
        if let entry = table["username"], case .string(let name) = entry.value.content,
            name.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7f || [0x22, 0x3a, 0x5c].contains($0) })
        {
            complain(
                "`wallet.node.username` has a character that monerod's rpc-login cannot have, \(quoted(name)): "
                    + "use printable ASCII without colon, quote and backslash", at: entry.value.position)
        }
        return credentials
    }

    /// `fingerprint` or `ca`: one of them with https://, none with http://.
    private mutating func trust(
        _ table: TomlTable, isTLS: Bool, at place: TomlPosition
    ) -> WalletNodeConfiguration.TLSTrust? {
        let fingerprint = fingerprint(table["fingerprint"])
        let authorities = authorities(table["ca"])
        switch (table["fingerprint"], table["ca"]) {
        case (nil, nil):
            if isTLS {
                complain(
                    "https:// is never unverified: add `fingerprint` (the SHA-256 of the node's certificate), or "
                        + "`ca = \"system\"`", at: place)
            }
        case (_?, let ca?):
            complain("`wallet.node.ca` stands beside `fingerprint`, which is enough: take one out", at: ca.position)
        case (let entry?, nil), (nil, let entry?):
            if !isTLS {
                complain(
                    "`wallet.node.\(entry.key)` is about TLS, and the address begins with http://: write https://, or "
                        + "take it out", at: entry.position)
            }
        }
        return fingerprint ?? authorities
    }

    private mutating func fingerprint(_ entry: TomlTable.Entry?) -> WalletNodeConfiguration.TLSTrust? {
        guard let entry, let text = string(entry, "wallet.node.fingerprint") else { return nil }
        var digits: [UInt8] = []
        var isHex = text.hasPrefix("sha256:")
        // With or without the colons that openssl writes between the bytes.
        for byte in text.utf8.dropFirst(7) where byte != 0x3a {
            switch byte {
            case 0x30...0x39: digits.append(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: digits.append((byte | 0x20) - 0x61 + 10)
            default: isHex = false
            }
        }
        guard isHex, digits.count == 64 else {
            complain(
                "`wallet.node.fingerprint` is no SHA-256, \(quoted(text)): write \"sha256:\" and 64 hexadecimal digits, "
                    + "as `openssl x509 -noout -fingerprint -sha256` prints them", at: entry.value.position)
            return nil
        }
        var bytes: [UInt8] = []
        for (place, digit) in digits.enumerated() {
            if place % 2 == 0 { bytes.append(digit << 4) } else { bytes[place / 2] |= digit }
        }
        return .fingerprint(bytes)
    }

    private mutating func authorities(_ entry: TomlTable.Entry?) -> WalletNodeConfiguration.TLSTrust? {
        guard let entry, let name = string(entry, "wallet.node.ca") else { return nil }
        if name == "system" { return .systemAuthorities }
        let what = "the authority's certificate, or write \"system\""
        return pem(entry, "wallet.node.ca", "CERTIFICATE", what).map { .authorities($0) }
    }

    /// `insecure` and `trusted`: what they would give away, and where they mean nothing.
    private mutating func judgeSecrecy(
        _ node: WalletNodeConfiguration, isTLS: Bool, _ table: TomlTable, at place: TomlPosition
    ) {
        let isPlain = node.kind == .clearnet && !isTLS
        if node.isInsecure, !isPlain {
            let why =
                switch node.kind {
                case .loopback: "a node on this machine is asked by no wire"
                case .onion: "an onion service is encrypted and proven by its address"
                case .i2p: "an I2P destination is encrypted and proven by its address"
                case .clearnet: "TLS is verified, and there is no way to leave that out"
                }
            complain(
                "`wallet.node.insecure` does nothing here, since \(why): take it out",
                at: table["insecure"]?.position ?? place)
        }
        if isPlain, !node.isInsecure {
            complain(
                "http:// to a clearnet node is read and changed by whoever carries it, an exit above all: write https:// "
                    + "with `fingerprint` or `ca`, take its onion address, or set `insecure = true`", at: place)
        }
        guard let entry = table["trusted"] else { return }
        if node.kind == .loopback, !node.isTrusted, case .boolean(false) = entry.value.content {
            complain(
                "`wallet.node.trusted` cannot be false for a node on this machine, which is given key images anyway: "
                    + "take it out", at: entry.position)
        } else if isPlain, node.isTrusted {
            complain(
                "`wallet.node.trusted` would show key images to whoever carries http://: take it out, or write https://",
                at: entry.position)
        }
    }

    /// Whether a way leads to it, so that nobody learns that only when money is to move.
    private mutating func judgeWay(
        _ node: WalletNodeConfiguration, _ around: WalletSurroundings, at place: TomlPosition
    ) {
        let (key, kind, target): (String, String, RouteTarget)
        switch node.kind {
        case .loopback: return
        case .onion: (key, kind, target) = ("onion", "onion addresses", around.route.onion)
        case .i2p: (key, kind, target) = ("i2p", "I2P addresses", around.route.i2p)
        case .clearnet: (key, kind, target) = ("clearnet", "IP addresses and names", around.route.clearnet)
        }
        guard case .egress(let name) = target else {
            complain("the node is never reached, since [route] blocks \(kind): set `\(key)` in [route]", at: place)
            return
        }
        let isPrivate =
            switch node.destination.host {
            case .address(let address): address.isPrivate
            case .name: node.destination.host.isLocalName
            case .onion, .i2p: false
            }
        if isPrivate, !around.route.allowsPrivate {
            complain(
                "the node is on a private network, \(quoted(node.destination.host.description)), and would be asked of "
                    + "\(name): if that leads there, set `private = true` in [route]", at: place)
        } else if case .name = node.destination.host,
            case .vpn(let vpn)? = around.egresses.first(where: { $0.name == name })?.kind, vpn.resolver == nil
        {
            complain(
                "the node has a name, and [\(name)] has no `resolver` that could be asked for it: set one, or write the "
                    + "node's IP address", at: place)
        }
    }
}
