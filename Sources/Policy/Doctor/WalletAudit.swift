internal import Protocols

/// What a wallet's options would send past a proxy, and whether it and the router's listeners for wallets fit together.
public struct WalletAudit {
    let options: ProgramOptions
    let listeners: Listeners
    /// As whom it runs; nil where that is not known.
    let user: String?
    var findings: Findings

    /// The findings about one running wallet.
    ///
    /// - Parameters:
    ///   - user: the name of whom it runs as; nil where that is not known.
    ///   - isHeld: whether the guard is proven to hold it.
    public static func findings(
        _ options: ProgramOptions, subject: String, user: String?, listeners: Listeners, isHeld: Bool
    ) -> [Finding] {
        var audit = WalletAudit(
            options: options, listeners: listeners, user: user, findings: Findings(subject, isHeld: isHeld))
        if !options.isSet("offline") {
            audit.node()
            audit.names()
        }
        audit.rpc()
        return audit.findings.list
    }

    /// The findings about a wallet with windows: where it asks stands in its settings, which it keeps in a form of its
    /// own and can change at any time.
    public static func findings(
        ofWindows options: ProgramOptions, subject: String, listeners: Listeners, isHeld: Bool
    ) -> [Finding] {
        var findings = Findings(subject, isHeld: isHeld)
        findings.add(
            .note, "where it asks stands in its settings, which are not audited",
            mend: "Settings, Node: a remote node at \(listeners.plainest), not trusted; no proxy")
        if !options.isSet("disable-check-updates") {
            findings.add(
                .warning, "it asks DNS for updates past any proxy, unless its settings say otherwise",
                mend: "--disable-check-updates")
        }
        return findings.list
    }

    /// Its own words for where its node is.
    private var address: String { options.text("daemon-address") ?? options.text("daemon-host") ?? "localhost" }

    /// Whether it was told how far its node is trusted; where it was not, a node of this machine is.
    private var isTrustGiven: Bool { options.isSet("trusted-daemon") || options.isSet("untrusted-daemon") }

    private var isProxied: Bool { options.content("proxy") != nil }

    private mutating func node() {
        let trust = "--untrusted-daemon"
        let place = isNamedLocal ? .number(isLoopback: true) : AuditedAddress(address)
        switch place {
        case .number(isLoopback: true):
            here()
            return
        case .number:
            if let listener = listeners.at(endpoint) { return ours(listener) }
            if !isProxied {
                findings.leaves(
                    "its node is dialled without a proxy: the node, and the network on the way, see this machine",
                    mend: "--daemon-address with a loopback node, or --proxy 127.0.0.1:PORT")
            }
        case .hidden:
            if !isTrustGiven {
                findings.leaves(
                    "versions up to 0.18.2 ask the system's resolver for its node's onion or I2P address, in clear, "
                        + "unless told how far the node is trusted", mend: trust)
            }
        case .name:
            if isProxied, isTrustGiven { break }
            findings.leaves(
                isProxied
                    ? "versions up to 0.18.2 ask the system's resolver for its node's name, though it has a proxy, unless "
                        + "told how far the node is trusted"
                    : "its node is named by a host name: the system's resolver is asked for it, and it is dialled straight",
                mend: isProxied ? trust : "--daemon-address with a number, or --proxy 127.0.0.1:PORT \(trust)")
        }
        if options.isSet("trusted-daemon") {
            findings.add(
                .warning, "trusted-daemon shows a node that is not this machine's all own key images", mend: trust)
        }
        if options.isSet("daemon-ssl-allow-any-cert"), place != .hidden {
            findings.add(
                .warning,
                "daemon-ssl-allow-any-cert takes whatever certificate it is shown: whoever is between reads and changes "
                    + "what its node says", mend: "--daemon-ssl-allowed-fingerprints with that of the node")
        }
    }

    /// Its node is on this machine: the gateway, or it is not known what.
    private mutating func here() {
        guard let first = listeners.all.first else { return }
        if let listener = listeners.at(endpoint) { return ours(listener) }
        let asked = endpoint.map { "\($0)" } ?? address.printable(limit: 60)
        findings.add(
            .note,
            "it asks \(asked), which is no listener of the router's: what tells wallets apart is not taken out, and a lock "
                + "does not stop it", mend: "--daemon-address http://\(first.endpoint)")
    }

    /// Where its node is, in its own words, and the port where one stands there.
    private var told: (host: Substring, port: Substring?) {
        var rest = address[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        return AuditedAddress.split(rest.prefix { $0 != "/" })
    }

    /// Whether it names this machine: its default, which /etc/hosts has.
    private var isNamedLocal: Bool { told.host.lowercased() == "localhost" }

    /// Where its node is, if it is a number.
    private var endpoint: Endpoint? {
        let usual: UInt16 = options.isSet("testnet") ? 28081 : options.isSet("stagenet") ? 38081 : 18081
        let given = told.port ?? options.text("daemon-port").map { $0[...] }
        guard let port = given.map({ UInt16($0) }) ?? usual else { return nil }
        let address = isNamedLocal ? .v4(IPv4Address(127, 0, 0, 1)) : IPAddress(told.host)
        return address.map { .tcp($0, port: port) }
    }

    private mutating func names() {
        guard !options.isSet("no-dns") else { return }
        findings.leaves("a payment to a name (OpenAlias) is asked of DNS, never by the proxy", mend: "--no-dns")
    }

    /// Who may ask it.
    private mutating func rpc() {
        var names = [("rpc-bind-ip", "127.0.0.1")]
        if options.isSet("rpc-use-ipv6") { names.append(("rpc-bind-ipv6-address", "::1")) }
        for (name, loopback) in names {
            guard let bound = options.text(name), IPAddress(bound)?.listensToLoopbackOnly != true else { continue }
            findings.leaves(
                "\(name)=\(bound.printable(limit: 60)) answers whoever reaches this machine",
                mend: "--\(name) \(loopback)")
        }
    }
}
