internal import Protocols

/// What monerod's options, with its defaults for those that are not given, would send past a proxy.
public struct MonerodAudit {
    /// The router's listeners for the node, and where the services end that it publishes.
    public struct Listeners: Hashable, Sendable {
        var proxy: Endpoint?
        var tor: Endpoint?
        var i2p: Endpoint?
        /// Whether the guard redirects its questions for names into the router.
        var answersNames: Bool

        var torService: Endpoint?
        var rpcService: Endpoint?
        var syncService: Endpoint?
        var i2pService: Endpoint?

        /// Those of a configuration.
        public init(_ node: NodeConfiguration, inbound: InboundConfiguration = InboundConfiguration()) {
            let at = { (role: NodeListenerRole) in node.listeners.first { $0.role == role }?.endpoint }
            proxy = at(.p2p)
            tor = at(.torZone)
            i2p = at(.i2pZone)
            answersNames = node.dns != nil
            let end = { (kind: InboundKind) in inbound.onions.first { $0.kind == kind }?.target }
            torService = end(.p2p)
            rpcService = end(.rpc)
            syncService = end(.sync)
            i2pService = inbound.i2p?.target
        }

        /// The line that names the proxy.
        var proxyLine: String { "proxy=\(proxy.map { "\($0)" } ?? "127.0.0.1:18950")" }
    }

    let options: ProgramOptions
    let listeners: Listeners
    var findings: Findings

    /// The findings about one monerod, or one configuration of it.
    ///
    /// - Parameters:
    ///   - subject: what they are about.
    ///   - isHeld: whether the guard is proven to hold it: what leaves is stopped then.
    public static func findings(
        _ options: ProgramOptions, subject: String, listeners: Listeners, isHeld: Bool
    ) -> [Finding] {
        var audit = MonerodAudit(options: options, listeners: listeners, findings: Findings(subject, isHeld: isHeld))
        audit.unknownOptions()
        if options.isSet("offline") {
            audit.findings.add(.ok, "it is offline: it neither dials nor listens for peers")
        } else {
            audit.peers()
            audit.proxies()
            audit.names()
            audit.inbound()
            audit.services()
            audit.habits()
        }
        audit.rpc()
        return audit.findings.list
    }

    /// The lines of what was given, for a sentence: "add-peer (line 3)".
    static func place(_ name: String, _ setting: ProgramOptions.Setting) -> String {
        name + (setting.line.map { " (line \($0))" } ?? " (command line)")
    }

    private mutating func unknownOptions() {
        guard !options.unknown.isEmpty else { return }
        let names = options.unknown.prefix(8).map { $0.printable(limit: 40) }.joined(separator: ", ")
        findings.add(.note, "options that this doctor does not know are not audited: \(names)")
    }

    /// A peer by name is asked of the system's resolver before a proxy is even set.
    private mutating func peers() {
        for name in ["add-peer", "add-priority-node", "add-exclusive-node", "seed-node"] {
            for setting in options.all(name) where AuditedAddress(setting.value) == .name {
                findings.leaves(
                    "\(Self.place(name, setting)) names a peer by a host name, \(setting.value.printable(limit: 80)): "
                        + "it is asked of the system's resolver past any proxy, and where nobody answers monerod ends",
                    mend: "\(name)=ADDRESS:PORT, with the number, onion or I2P address of that peer")
            }
        }
    }

    private mutating func proxies() {
        let zones = options.all("tx-proxy")
        if let text = options.content("proxy") {
            judge(text, option: "proxy", ours: listeners.proxy, line: listeners.proxyLine, "its peers")
        } else {
            findings.leaves(
                zones.isEmpty
                    ? "no proxy is set: it dials its peers itself, and asks DNS for seeds, checkpoints and updates"
                    : "tx-proxy is set without proxy: its peers, DNS seeds, checkpoints and updates go past it",
                mend: listeners.proxyLine)
        }
        for zone in zones {
            let parts = zone.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1, parts[0] == "tor" || parts[0] == "i2p" else { continue }
            let ours = parts[0] == "tor" ? listeners.tor : listeners.i2p
            let line =
                ours.map { "tx-proxy=\(parts[0]),\($0),16" }
                ?? "\(parts[0])-proxy = \"127.0.0.1:\(parts[0] == "tor" ? 18951 : 18952)\" in [node], and tx-proxy with it"
            judge(parts[1], option: "tx-proxy=\(parts[0])", ours: ours, line: line, "its own transactions")
        }
    }

    private mutating func judge(_ text: String, option: String, ours: Endpoint?, line: String, _ what: String) {
        guard let endpoint = auditedProxy(text) else {
            findings.add(.warning, "\(option) is no number and port: monerod refuses to start so", mend: line)
            return
        }
        if let ours, endpoint == ours {
            findings.add(.ok, "\(option) is the router's listener")
        } else {
            findings.leaves(
                "\(option) is \(endpoint), which is not the router's listener: \(what) go past the router", mend: line)
        }
    }

    /// DNS of its own: all off under `proxy`, unless it is told to leak.
    private mutating func names() {
        let isProxied = options.content("proxy") != nil
        let isTold = isProxied && options.isSet("proxy-allow-dns-leaks")
        if isTold, listeners.answersNames, findings.isHeld {
            findings.add(.note, "its questions for names are sent into the router (dns in [node])")
        } else if isTold {
            findings.leaves(
                "proxy-allow-dns-leaks lets DNS seeds, checkpoints, the block list and update checks past the proxy",
                mend: "proxy-allow-dns-leaks=0")
        }
        if listeners.answersNames, findings.isHeld { return bootstrap(isProxied) }
        if !options.isSet("disable-dns-checkpoints") {
            findings.add(
                .note, "DNS checkpoints are off only as long as there is a proxy", mend: "disable-dns-checkpoints=1")
        }
        if options.text("check-updates") != "disabled" {
            findings.add(
                .note, "update checks by DNS are off only as long as there is a proxy", mend: "check-updates=disabled")
        }
        if options.isSet("enable-dns-blocklist") {
            findings.add(
                .note, "the block list comes by DNS, off only as long as there is a proxy",
                mend: "enable-dns-blocklist=0")
        }
        bootstrap(isProxied)
    }

    private mutating func bootstrap(_ isProxied: Bool) {
        if options.content("bootstrap-daemon-address") != nil {
            let reveals = "bootstrap-daemon-address sends what wallets ask to somebody else's node while it syncs"
            let mend = "no bootstrap-daemon-address"
            if isProxied { findings.add(.warning, reveals, mend: mend) } else { findings.leaves(reveals, mend: mend) }
        }
    }

    private mutating func habits() {
        if options.text("igd") == "enabled", !options.isSet("no-igd") {
            findings.leaves(
                "igd=enabled asks the home router by multicast (UPnP) to open a port, which tells the network of a node",
                mend: "igd=disabled")
        } else if options.text("igd") != "disabled", !options.isSet("no-igd") {
            findings.add(
                .warning,
                "versions up to 0.18.4.6 ask the home router by multicast (UPnP) to open a port, unless told not to",
                mend: "igd=disabled")
        }
        if !options.isSet("pad-transactions") {
            findings.add(
                .note, "the length of a transaction's message shows on the wire", mend: "pad-transactions=1")
        }
        if options.isSet("public-node") {
            findings.add(.warning, "public-node tells all peers that anybody may use its RPC", mend: "public-node=0")
        }
    }
}
