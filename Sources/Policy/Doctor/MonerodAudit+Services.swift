internal import Protocols

/// Whether monerod waits where the services of `[node.inbound]` end, and nowhere beside them.
extension MonerodAudit {
    mutating func services() {
        let zones = options.all("tx-proxy")
        for setting in options.all("anonymous-inbound") {
            let zone = setting.value.contains(".i2p") ? "i2p" : "tor"
            if zones.contains(where: { $0.value.hasPrefix(zone + ",") }) {
                anonymous(setting, zone)
            } else {
                findings.add(
                    .note, "anonymous-inbound without a tx-proxy of \(zone): monerod refuses to start so",
                    mend: "tx-proxy=\(zone),IP:PORT,16")
            }
        }
        for (zone, target) in [("tor", listeners.torService), ("i2p", listeners.i2pService)] {
            guard let target,
                !options.all("anonymous-inbound").contains(where: { $0.value.contains(".i2p") == (zone == "i2p") })
            else { continue }
            findings.add(
                .warning, "\(zone).p2p is published by the router, and nothing waits for who comes by it",
                mend: Self.line(target))
        }
        sync()
        wallets()
    }

    /// As `xmr-routed monerod-conf` prints it, when the router runs.
    private static func line(_ target: Endpoint) -> String { "anonymous-inbound=ADDRESS,\(target),32" }

    /// `host[:port],[ip:]port[,count]`
    private mutating func anonymous(_ setting: ProgramOptions.Setting, _ zone: String) {
        let ours = zone == "tor" ? listeners.torService : listeners.i2pService
        let parts = setting.value.split(separator: ",", omittingEmptySubsequences: false)
        let place = parts.count > 1 ? String(parts[1]) : ""
        guard let endpoint = Endpoint(place.contains(":") ? place : "127.0.0.1:" + place),
            case .tcp(let address, _) = endpoint
        else {
            findings.add(
                .warning, "\(Self.place("anonymous-inbound", setting)) names no port: monerod refuses to start so",
                mend: ours.map(Self.line))
            return
        }
        guard address.listensToLoopbackOnly else {
            findings.leaves(
                "\(Self.place("anonymous-inbound", setting)) listens on \(address): whoever reaches this machine comes in",
                mend: Self.line(ours ?? endpoint))
            return
        }
        if ours == endpoint {
            findings.add(.ok, "anonymous-inbound is where \(zone).p2p of the router ends")
        } else if let ours {
            findings.add(
                .warning, "anonymous-inbound waits at \(endpoint), and \(zone).p2p of the router ends at \(ours)",
                mend: Self.line(ours))
        } else {
            findings.add(
                .warning,
                "anonymous-inbound waits for a service that the router does not publish: who comes by it is neither counted "
                    + "nor cut by a lock", mend: "p2p = { target = \"\(endpoint)\" } in [node.inbound.\(zone)]")
        }
    }

    /// The public port of P2P, where the router brings who syncs blocks.
    private mutating func sync() {
        guard case .tcp(_, let port)? = listeners.syncService else { return }
        let bound = options.text("p2p-bind-port") ?? "\(network.p2pPort)"
        if bound != "\(port)" {
            findings.add(
                .warning, "tor.sync of the router ends at port \(port), and P2P is at \(bound.printable(limit: 20))",
                mend: "p2p-bind-port=\(port)")
        }
        if options.text("in-peers") == "0" {
            findings.add(
                .warning, "in-peers=0 refuses everybody whom tor.sync of the router brings", mend: "in-peers=32")
        }
    }

    /// What the router brings to the RPC must not be able to give orders there.
    private mutating func wallets() {
        guard case .tcp(_, let port)? = listeners.rpcService else { return }
        let main = options.text("rpc-bind-port") ?? "\(network.rpcPort)"
        if main == "\(port)", !options.isSet("restricted-rpc") {
            findings.add(
                .warning, "tor.rpc of the router ends at the RPC that takes orders: who comes by it can stop the node",
                mend: "restricted-rpc=1, or rpc-restricted-bind-port=18089 and that as the target")
        } else if main != "\(port)", options.text("rpc-restricted-bind-port") != "\(port)" {
            findings.add(
                .warning, "tor.rpc of the router ends at port \(port), where no RPC is",
                mend: "rpc-restricted-bind-port=\(port)")
        }
    }

    private var network: MoneroNetwork {
        options.isSet("testnet") ? .testnet : options.isSet("stagenet") ? .stagenet : .mainnet
    }
}
