internal import Protocols

extension WalletAudit {
    /// The router's listeners for wallets, and whom they are for.
    public struct Listeners: Hashable, Sendable {
        /// A `[[wallet]]`.
        struct Listener: Hashable, Sendable {
            /// "wallet.0".
            let name: String
            let endpoint: Endpoint
            /// Whether it shows a certificate; else it speaks plain HTTP.
            let speaksTLS: Bool
            /// Whether each of its nodes is on this machine.
            let staysHere: Bool
            /// Whom it is for; empty: for anybody on this machine.
            let users: [String]
        }

        let all: [Listener]
        /// Whom the guard holds beside the node's user.
        let confined: Set<String>

        /// Those of a configuration.
        public init(_ configuration: Configuration) {
            let confine = configuration.killSwitch.confine
            confined = Set(confine.map(\.user))
            all = configuration.wallets.enumerated().map { number, wallet in
                let name = "wallet.\(number)"
                return Listener(
                    name: name, endpoint: wallet.listen, speaksTLS: wallet.certificate != nil,
                    staysHere: wallet.nodes.allSatisfy { $0.kind == .loopback },
                    users: confine.filter { $0.listeners.contains(name) }.map(\.user))
            }
        }

        func at(_ endpoint: Endpoint?) -> Listener? { all.first { $0.endpoint == endpoint } }

        /// Where one speaks plain HTTP, for a sentence.
        var plainest: String {
            all.first { !$0.speaksTLS }.map { "\($0.endpoint)" } ?? "127.0.0.1:18989, with a [[wallet]] for it"
        }
    }

    /// It asks this listener.
    mutating func ours(_ listener: Listeners.Listener) {
        let name = listener.name
        findings.add(.ok, "it asks the router's \(name)")
        if options.content("proxy") != nil {
            findings.add(
                .warning, "its proxy is asked for \(name), which is on this machine: no proxy leads there",
                mend: "no --proxy")
        }
        reach(listener)
        if !listener.staysHere, !options.isSet("untrusted-daemon") {
            findings.add(
                .warning,
                "it trusts \(name) as a node of its own, by "
                    + (options.isSet("trusted-daemon") ? "trusted-daemon" : "default")
                    + ": nodes elsewhere see from which block exactly it reads", mend: "--untrusted-daemon")
        }
        encryption(listener)
    }

    /// Whether the guard and the router let it ask there.
    private mutating func reach(_ listener: Listeners.Listener) {
        guard let user, !listener.users.contains(user) else { return }
        let name = listener.name
        let shown = user.printable(limit: 32)
        if listeners.confined.contains(user) {
            findings.add(
                .warning, "the guard does not let \(shown) reach \(name)",
                mend: "\"\(name)\" in the listeners of that [[kill-switch.confine]]")
        } else if let owner = listener.users.first {
            findings.add(
                .warning,
                "\(name) is for \(listener.users.map { $0.printable(limit: 32) }.joined(separator: " and ")) alone, and where "
                    + "the guard is required it refuses \(shown)",
                mend: "User=\(owner.printable(limit: 32)) in its unit")
        }
    }

    private mutating func encryption(_ listener: Listeners.Listener) {
        let isVerified =
            options.text("daemon-ssl-allowed-fingerprints") != nil || options.text("daemon-ssl-ca-certificates") != nil
        let told = options.text("daemon-ssl") ?? (isVerified ? "enabled" : "autodetect")
        switch (listener.speaksTLS, told) {
        case (false, "disabled"): break
        case (false, "enabled"):
            findings.add(
                .warning, "it speaks TLS alone, and \(listener.name) speaks none: it gets no answer",
                mend: "--daemon-ssl disabled")
        case (false, _):
            findings.add(
                .note, "it tries TLS first, which \(listener.name) refuses: each connection is begun twice",
                mend: "--daemon-ssl disabled")
        case (true, _):
            if isVerified, told != "disabled", !options.isSet("daemon-ssl-allow-any-cert") { return }
            findings.add(
                .warning,
                "it does not verify the certificate of \(listener.name): whoever is between reads and changes it",
                mend: "--daemon-ssl enabled --daemon-ssl-allowed-fingerprints with that of the certificate")
        }
    }
}
