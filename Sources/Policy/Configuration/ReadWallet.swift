internal import Protocols

/// `[[wallet]]`: the listeners of the wallet gateway.
extension ConfigurationReader {
    /// As many of them, and as many nodes for each.
    static var mostOfWallets: Int { 16 }

    /// What else of the file a wallet's listener and nodes depend on.
    struct WalletSurroundings {
        var egresses: [EgressConfiguration]
        var route: RouteConfiguration
        var node: NodeConfiguration
    }

    /// Every `[[wallet]]`, in the order of the file. One that is wrong keeps its place, as names count by it.
    mutating func readWallets(_ entry: TomlTable.Entry?, _ around: WalletSurroundings) -> [WalletConfiguration] {
        guard let entry else { return [] }
        let tables = tables(entry, "wallet", most: Self.mostOfWallets, "wallet listeners")
        var wallets: [WalletConfiguration] = []
        var places: [[TomlPosition]] = []
        for (table, place) in tables {
            checkKeys(of: table, KnownKeys.wallet)
            let listen = walletEndpoint(table, at: place, after: wallets.map(\.listen), around)
            let nodes = walletNodes(table, at: place, around)
            var wallet = WalletConfiguration(
                listen: listen ?? .unix(""), certificate: listen.flatMap { certificate(table, for: $0) },
                fallback: boolean(table["fallback"], "wallet.fallback") ?? false,
                order: choice(table["order"], "wallet.order", WalletConfiguration.Order.self) ?? .file,
                verifiesOutputs: boolean(table["verify-outs"], "wallet.verify-outs") ?? false,
                nodes: nodes.map(\.node))
            wallet.broadcast = broadcast(table["broadcast"], wallet) ?? 1
            judgeTogether(wallet, nodes.map(\.place), table)
            wallets.append(wallet)
            places.append(nodes.map(\.place))
        }
        refuseOwnListeners(wallets, places, around)
        return wallets
    }

    /// An array's tables, each with the place of its header.
    mutating func tables(
        _ entry: TomlTable.Entry, _ path: String, most: Int, _ what: String
    ) -> [(table: TomlTable, place: TomlPosition)] {
        guard case .array(let values) = entry.value.content else {
            complain("`\(path)` must be an array of tables, [[\(path)]], not \(entry.value.kind)", at: entry.position)
            return []
        }
        if values.count > most { complain("more than \(most) \(what): take some out", at: entry.position) }
        return values.prefix(most).compactMap { value in
            if case .table(let table) = value.content { return (table, value.position) }
            complain("`\(path)` holds tables, not \(value.kind)", at: value.position)
            return nil
        }
    }

    private mutating func walletEndpoint(
        _ table: TomlTable, at header: TomlPosition, after others: [Endpoint], _ around: WalletSurroundings
    ) -> Endpoint? {
        guard let entry = table["listen"] else {
            complain("[[wallet]] has no listen: add its address, listen = \"127.0.0.1:18989\"", at: header)
            return nil
        }
        guard let endpoint = endpoint(entry, "wallet.listen") else { return nil }
        let place = entry.value.position
        guard case .tcp(let address, let port) = endpoint else {
            complain("`wallet.listen` cannot be a Unix socket, which wallets do not dial: name an address", at: place)
            return nil
        }
        let canonical = endpoint.canonical
        let reason: String?
        if let place = others.firstIndex(where: { $0.canonical == canonical }) {
            reason = "is the address of wallet.\(place), \(endpoint)"
        } else if let other = around.node.listeners.first(where: { $0.endpoint.canonical == canonical }) {
            reason = "is the address of `\(other.name)`, \(endpoint)"
        } else if let egress = around.egresses.first(where: { $0.kind.endpoints.map(\.canonical).contains(canonical) })
        {
            reason = "is the address of [\(egress.name)] itself, \(endpoint)"
        } else if address.isLoopback, around.node.redirectedPorts.contains(port) {
            reason = "has port \(port), where the guard sends what it redirects"
        } else {
            reason = nil
        }
        if let reason { complain("`wallet.listen` \(reason): give it a port of its own", at: place) }
        return reason == nil ? endpoint : nil
    }

    /// `allow-remote`, `certificate` and `key`. A listener speaks TLS where it has a certificate, and outside loopback it
    /// has one: who may use it is then anybody who reaches it.
    private mutating func certificate(
        _ table: TomlTable, for endpoint: Endpoint
    ) -> WalletConfiguration.CertificateFiles? {
        let isRemote = boolean(table["allow-remote"], "wallet.allow-remote") ?? false
        let isOutside = if case .tcp(let address, _) = endpoint { !address.isOwnLoopback } else { false }
        let place = table["listen"]?.value.position ?? .start
        let certificate = pem(table["certificate"], "wallet.certificate", "CERTIFICATE", "a certificate")
        let key = pem(table["key"], "wallet.key", "PRIVATE KEY", "its private key", isSecret: true)
        let isGiven = table["certificate"] != nil || table["key"] != nil
        if isOutside, !isRemote {
            complain(
                "`wallet.listen` is outside loopback, \(endpoint): listen on 127.0.0.1 or [::1], or set "
                    + "`allow-remote = true` with `certificate` and `key`", at: place)
        } else if isGiven, !isRemote, let entry = table["certificate"] ?? table["key"] {
            complain(
                "`wallet.\(entry.key)` is for a listener that others reach, and wallets on this machine speak plain "
                    + "HTTP: take it out, or set `allow-remote = true`", at: entry.position)
        } else if isRemote, table["certificate"] == nil || table["key"] == nil {
            let missing = table["certificate"] == nil ? "certificate" : "key"
            complain(
                isOutside || isGiven
                    ? "`allow-remote` needs `certificate` and `key`, and there is no `\(missing)`: name the PEM file"
                    : "`allow-remote` stands with a listener on loopback, which nobody else reaches: take it out",
                at: table["allow-remote"]?.position ?? place)
        }
        guard let certificate, let key else { return nil }
        return WalletConfiguration.CertificateFiles(certificate: certificate, key: key)
    }

    /// The path of a PEM file that holds such a thing.
    mutating func pem(
        _ entry: TomlTable.Entry?, _ path: String, _ label: String, _ what: String, isSecret: Bool = false
    ) -> String? {
        guard let entry, let name = string(entry, path) else { return nil }
        let place = entry.value.position
        guard let file = file(name, path, what, at: place) else { return nil }
        guard context.readsFiles else { return file.path }
        if isSecret, !isClosed(file, name, path, at: place) { return nil }
        let text = String(decoding: file.bytes, as: UTF8.self)
        guard text.contains("-----BEGIN "), text.contains("\(label)-----") else {
            complain("`\(path)` \(quoted(name)) holds no \(label) in PEM: name the file of \(what)", at: place)
            return nil
        }
        guard !isSecret || !text.contains("ENCRYPTED") else {
            complain("`\(path)` \(quoted(name)) asks for a passphrase: take that off (openssl pkey)", at: place)
            return nil
        }
        return file.path
    }

    private mutating func broadcast(_ entry: TomlTable.Entry?, _ wallet: WalletConfiguration) -> Int? {
        guard let entry else { return nil }
        guard case .integer(let number) = entry.value.content else {
            complain("`wallet.broadcast` must be a number, not \(entry.value.kind)", at: entry.value.position)
            return nil
        }
        let most = wallet.askedNodes.count
        if let count = Int(exactly: number), count >= 1, count <= max(most, 1) { return count }
        let own = most < wallet.nodes.count ? " (with `fallback = false` only those on this machine)" : ""
        complain(
            "`wallet.broadcast` is \(number), and a transaction can be given to 1 to \(max(most, 1)) nodes here\(own)",
            at: entry.value.position)
        return nil
    }

    /// What only all keys together tell.
    private mutating func judgeTogether(_ wallet: WalletConfiguration, _ places: [TomlPosition], _ table: TomlTable) {
        if wallet.verifiesOutputs, wallet.nodes.count(where: { $0.kind != .loopback }) < 2 {
            complain(
                "`wallet.verify-outs` compares two nodes that are not on this machine: name two, or take it out",
                at: table["verify-outs"]?.position ?? .start)
        }
        if wallet.fallback, !wallet.nodes.isEmpty, Set(wallet.nodes.map { $0.kind == .loopback }).count == 1 {
            complain(
                "`wallet.fallback` is about a node on this machine and others beside it: name both, or take it out",
                at: table["fallback"]?.position ?? .start)
        }
        guard let remote = wallet.nodes.firstIndex(where: { $0.kind != .loopback }) else { return }
        for (node, place) in zip(wallet.nodes, places).dropFirst(remote) where node.kind == .loopback {
            complain(
                "a node on this machine stands behind another: your own node is asked first, put it first", at: place)
        }
    }

    /// A node that is one of our own sockets would have the router dial itself.
    private mutating func refuseOwnListeners(
        _ wallets: [WalletConfiguration], _ places: [[TomlPosition]], _ around: WalletSurroundings
    ) {
        var ours: [Endpoint: String] = [:]
        for egress in around.egresses {
            for endpoint in egress.kind.endpoints { ours[endpoint.canonical] = "[\(egress.name)]" }
        }
        for listener in around.node.listeners { ours[listener.endpoint.canonical] = "`\(listener.name)`" }
        for (number, wallet) in wallets.enumerated() { ours[wallet.listen.canonical] = "wallet.\(number)" }
        for (wallet, places) in zip(wallets, places) {
            for (node, place) in zip(wallet.nodes, places) {
                guard case .address(let address) = node.destination.host else { continue }
                let port = node.destination.port
                let own = ours[.tcp(address, port: port).canonical]
                if own != nil || address.isLoopback && around.node.redirectedPorts.contains(port) {
                    complain(
                        "the node is \(own ?? "where the guard sends what it redirects") itself, and no Monero node: "
                            + "write the address of its RPC, such as \"http://127.0.0.1:18081\"", at: place)
                }
            }
        }
    }
}

extension NodeConfiguration {
    /// The ports of loopback where the guard sends what it redirects.
    var redirectedPorts: Set<UInt16> {
        var ports: Set<UInt16> = []
        if strays == .redirect { ports.insert(Self.strayPort) }
        if dns != nil { ports.insert(Self.dnsPort) }
        return ports
    }
}

extension WalletConfiguration {
    /// Whether other machines can reach it.
    public var isOutsideLoopback: Bool {
        if case .tcp(let address, _) = listen { !address.isOwnLoopback } else { false }
    }

    /// The nodes that a request may go to: all of them, unless there is one on this machine and no `fallback`.
    public var askedNodes: [WalletNodeConfiguration] {
        let own = nodes.filter { $0.kind == .loopback }
        return own.isEmpty || fallback ? nodes : own
    }
}
