internal import Protocols

extension MonerodAudit {
    /// P2P from outside: the proxy has no part in it, and the default is every interface.
    mutating func inbound() {
        let mend = "p2p-bind-ip=127.0.0.1"
        let bound = options.text("p2p-bind-ip") ?? "0.0.0.0"
        if !Self.isLoopback(bound) {
            let how = options.text("p2p-bind-ip") == nil ? "by default" : "as told"
            findings.leaves(
                "it listens for peers on \(bound.printable(limit: 60)), \(how): whoever reaches this machine sees that a "
                    + "Monero node runs here, whatever its proxy", mend: mend)
        }
        if options.isSet("p2p-use-ipv6") {
            let bound = options.text("p2p-bind-ipv6-address") ?? "::"
            if !Self.isLoopback(bound) {
                findings.leaves(
                    "p2p-use-ipv6 listens for peers on \(bound.printable(limit: 60))", mend: "p2p-use-ipv6=0")
            }
        }
        if !options.isSet("hide-my-port") {
            findings.add(.note, "it tells its peers a port that they could dial", mend: "hide-my-port=1")
        }
    }

    /// Who may ask it.
    mutating func rpc() {
        for name in ["rpc-bind-ip", "rpc-restricted-bind-ip", "zmq-rpc-bind-ip"] {
            // Without a port there is no restricted listener.
            if name == "rpc-restricted-bind-ip", options.text("rpc-restricted-bind-port") == nil { continue }
            if name == "zmq-rpc-bind-ip", options.isSet("no-zmq") { continue }
            if let bound = options.text(name), !Self.isLoopback(bound) { external(name, bound, "127.0.0.1") }
        }
        if options.isSet("rpc-use-ipv6") {
            for name in ["rpc-bind-ipv6-address", "rpc-restricted-bind-ipv6-address"] {
                if let bound = options.text(name), !Self.isLoopback(bound) { external(name, bound, "::1") }
            }
        }
        for setting in options.all("zmq-pub") {
            let isLocal = setting.value.hasPrefix("ipc:") || AuditedAddress(setting.value) == .number(isLoopback: true)
            if !isLocal || setting.value.contains("//0.0.0.0:") || setting.value.contains("//*") {
                external("zmq-pub", setting.value, "tcp://127.0.0.1:18083")
            }
        }
        if !options.isSet("no-zmq") {
            findings.add(.note, "ZMQ answers every user of this machine", mend: "no-zmq=1")
        }
        if !options.isSet("disable-rpc-ban") {
            findings.add(
                .note, "behind a wallet gateway all wallets are one address, which one mistake of one of them bans",
                mend: "disable-rpc-ban=1")
        }
    }

    private mutating func external(_ name: String, _ bound: String, _ loopback: String) {
        findings.leaves(
            "\(name)=\(bound.printable(limit: 60)) answers whoever reaches this machine: what wallets ask, and that there "
                + "is a node", mend: "\(name)=\(loopback)")
    }

    private static func isLoopback(_ text: String) -> Bool {
        IPAddress(text)?.listensToLoopbackOnly ?? false
    }
}
