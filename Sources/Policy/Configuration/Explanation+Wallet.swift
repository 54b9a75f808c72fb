internal import Protocols

extension Configuration {
    /// What the wallet gateway does with this configuration, for `xmr-routed check`. Nodes stand by their place, without
    /// their addresses.
    var walletLines: [String] {
        guard !wallets.isEmpty else { return ["Wallets: no listener for them. Set [[wallet]]."] }
        return ["Wallets:"] + wallets.enumerated().flatMap { lines(of: $1, number: $0) } + sharedNodes
    }

    /// A node takes three connections from an address, and a listener has two: by Tor and I2P each wallet's come from other
    /// places, by a VPN or a proxy from one.
    private var sharedNodes: [String] {
        var seen: [Destination: String] = [:]
        var lines: [String] = []
        for (number, wallet) in wallets.enumerated() {
            for (place, node) in wallet.nodes.enumerated() where leavesByOneAddress(node) {
                let name = "wallet.\(number).node.\(place)"
                guard let other = seen[node.destination] else {
                    seen[node.destination] = name
                    continue
                }
                lines.append(
                    "    WARNING: \(name) is \(other) as well, and sees both wallets come from one address, of which it "
                        + "takes three connections: give each wallet a node of its own")
            }
        }
        return lines
    }

    private func leavesByOneAddress(_ node: WalletNodeConfiguration) -> Bool { node.kind != .i2p && hasOneSender(node) }

    /// Whether all that a wallet asks this node comes from one address, or from one destination of I2P: only Tor has a
    /// circuit for each purpose.
    private func hasOneSender(_ node: WalletNodeConfiguration) -> Bool {
        let target: RouteTarget
        switch node.kind {
        case .loopback: return false
        case .onion: target = route.onion
        case .i2p: target = route.i2p
        case .clearnet: target = route.clearnet
        }
        guard case .egress(let name) = target, let egress = egresses.first(where: { $0.name == name }) else {
            return false
        }
        return if case .tor = egress.kind { false } else { true }
    }

    private func lines(of wallet: WalletConfiguration, number: Int) -> [String] {
        let name = "wallet.\(number)"
        let plain = wallet.certificate == nil ? "" : ", by TLS"
        var lines = ["  \(name) at \(wallet.listen)\(plain), for \(users(of: name, wallet)): \(order(wallet))"]
        lines += wallet.nodes.enumerated().map { "    \(name).node.\($0): \(words($1))" }
        if wallet.nodes.count == 1, wallet.nodes[0].kind != .loopback {
            lines.append("    one node alone: nothing that it says is compared with another's")
        }
        if wallet.nodes.count(where: hasOneSender) > 1 {
            lines.append(
                "    not by Tor: these nodes see one sender of all that this wallet asks. Those that compare notes can "
                    + "join ring members to their transaction")
        }
        if wallet.broadcast > 1 {
            lines.append("    each transaction is given to \(wallet.broadcast) nodes, by as many circuits")
        }
        if wallet.verifiesOutputs { lines.append("    ring members are compared between two nodes") }
        return lines
    }

    private func users(of listener: String, _ wallet: WalletConfiguration) -> String {
        if wallet.isOutsideLoopback { return "anybody who reaches it" }
        let names = killSwitch.confine.filter { $0.listeners.contains(listener) }.map(\.user)
        return names.isEmpty ? "anybody on this machine" : "the user \(names.joined(separator: " and "))"
    }

    private func order(_ wallet: WalletConfiguration) -> String {
        let own = wallet.nodes.count { $0.kind == .loopback }
        let others = wallet.nodes.count - own
        let best = wallet.order == .best
        switch (own, others) {
        case (0, _): return best ? "the good node that answers soonest" : "the first good node"
        case (1, 0): return "your own node, and no other"
        case (_, 0): return "your own nodes, and no other"
        default:
            let next =
                wallet.fallback ? "then \(best ? "the soonest" : "the first") of the others" : "and never another"
            return "your own node first, \(next) (fallback = \(wallet.fallback))"
        }
    }

    private func words(_ node: WalletNodeConfiguration) -> String {
        let trust =
            switch node.tls {
            case nil: ""
            case .fingerprint: ", TLS with that one certificate"
            case .systemAuthorities: ", TLS by the system's authorities"
            case .authorities: ", TLS by an authority of yours"
            }
        let login = node.credentials == nil ? "" : ", with a user name and password"
        let given = node.isTrusted && node.kind != .loopback ? "; trusted: it is shown key images" : ""
        let insecure =
            node.isInsecure ? "; WARNING: plain HTTP, which whoever carries it reads and changes" : ""
        let place =
            switch node.kind {
            case .loopback: "on this machine, dialled straight"
            case .onion: "an onion address, \(Self.words(route.onion))"
            case .i2p: "an I2P address, \(Self.words(route.i2p))"
            case .clearnet: "clearnet, \(Self.words(route.clearnet))"
            }
        return place + trust + login + given + insecure
    }
}
