internal import Protocols

/// What a wallet's options would send past a proxy.
public enum WalletAudit {
    /// The findings about one running wallet.
    ///
    /// - Parameter isHeld: whether the guard is proven to hold it.
    public static func findings(_ options: ProgramOptions, subject: String, isHeld: Bool) -> [Finding] {
        var findings = Findings(subject, isHeld: isHeld)
        if options.isSet("offline") { return findings.list }
        let address = options.text("daemon-address") ?? options.text("daemon-host") ?? "127.0.0.1"
        let isProxied = options.text("proxy") != nil
        let isTrustGiven = options.isSet("trusted-daemon") || options.isSet("untrusted-daemon")
        let trust = "untrusted-daemon"
        switch AuditedAddress(address) {
        case .number(isLoopback: true): break
        case .number:
            if !isProxied {
                findings.leaves(
                    "its node is dialled without a proxy: the node, and the network on the way, see this machine",
                    mend: "--daemon-address with a loopback node, or --proxy 127.0.0.1:PORT")
            }
        case .hidden:
            if !isTrustGiven {
                findings.leaves(
                    "versions up to 0.18.2 ask the system's resolver for its node's onion or I2P address, in clear, "
                        + "unless told how far the node is trusted", mend: "--\(trust)")
            }
        case .name:
            if isProxied, isTrustGiven { break }
            findings.leaves(
                isProxied
                    ? "versions up to 0.18.2 ask the system's resolver for its node's name, though it has a proxy, unless "
                        + "told how far the node is trusted"
                    : "its node is named by a host name: the system's resolver is asked for it, and it is dialled straight",
                mend: isProxied ? "--\(trust)" : "--daemon-address with a number, or --proxy 127.0.0.1:PORT --\(trust)")
        }
        if !options.isSet("no-dns") {
            findings.leaves(
                "a payment to a name (OpenAlias) is asked of DNS, never by the proxy", mend: "--no-dns")
        }
        if options.isSet("trusted-daemon"), AuditedAddress(address) != .number(isLoopback: true) {
            findings.add(
                .warning, "trusted-daemon shows a node that is not this machine's all own key images",
                mend: "--\(trust)")
        }
        if let bound = options.text("rpc-bind-ip"), IPAddress(bound)?.listensToLoopbackOnly != true {
            findings.leaves(
                "rpc-bind-ip=\(bound.printable(limit: 60)) answers whoever reaches this machine",
                mend: "--rpc-bind-ip 127.0.0.1")
        }
        return findings.list
    }
}
