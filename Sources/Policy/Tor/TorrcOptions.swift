internal import Protocols

/// Which options of Tor an operator may set for a managed one. What is not listed is refused, so an option of a later
/// Tor is not passed on before somebody has looked at it.
enum TorrcOptions {
    /// The names as Tor writes them. None opens a port, names a file that Tor writes, makes it more than a client, or
    /// weakens how it separates streams.
    static let allowed: [String] =
        bridges + relays + guards + padding + conflux + reachability + pace

    private static let bridges = ["UseBridges", "Bridge", "ClientTransportPlugin"]
    private static let relays = [
        "EntryNodes", "ExitNodes", "MiddleNodes", "ExcludeNodes", "ExcludeExitNodes", "StrictNodes", "GeoIPFile",
        "GeoIPv6File", "GeoIPExcludeUnknown",
    ]
    private static let guards = [
        "NumEntryGuards", "NumPrimaryGuards", "NumDirectoryGuards", "GuardLifetime", "HSLayer2Nodes", "HSLayer3Nodes",
        "VanguardsLiteEnabled",
    ]
    private static let padding = [
        "ConnectionPadding", "ReducedConnectionPadding", "CircuitPadding", "ReducedCircuitPadding",
    ]
    private static let conflux = ["ConfluxEnabled", "ConfluxClientUX"]
    private static let reachability = [
        "ReachableAddresses", "ReachableORAddresses", "FascistFirewall", "FirewallPorts", "ClientUseIPv4",
        "ClientUseIPv6", "ClientPreferIPv6ORPort",
    ]
    /// How fast and with how much.
    private static let pace = [
        "LearnCircuitBuildTimeout", "CircuitBuildTimeout", "BandwidthRate", "BandwidthBurst", "MaxMemInQueues",
        "NumCPUs",
    ]

    private static let byLowercase = Dictionary(uniqueKeysWithValues: allowed.map { ($0.lowercased(), $0) })

    /// Tor's own writing of an allowed option; nil for any other. Tor takes abbreviations too ("SocksP"), so that a
    /// name is the whole one or none.
    static func canonical(_ name: String) -> String? {
        byLowercase[name.lowercased()]
    }

    /// What an option that is not allowed is about, where that can be told from its name.
    static func subject(of name: String) -> TorrcSubject? {
        let name = name.lowercased()
        return subjects.first { $0.words.contains { word in name.contains(word) } }?.subject
    }

    /// The first that fits holds.
    private static let subjects: [(subject: TorrcSubject, words: [String])] = [
        (.services, ["hiddenservice", "hsport", "onionauth", "publishhid"]),
        (.proxies, ["socks4proxy", "socks5proxy", "httpsproxy", "httpproxy", "tcpproxy", "outboundbind"]),
        (.network, ["dirauthority", "fallbackdir", "alternate", "testing", "dirserver", "authdir"]),
        (
            .relay,
            [
                "orport", "dirport", "relay", "exitpolicy", "nickname", "contactinfo", "myfamily", "publishserver",
                "servertransport", "dircache", "authoritative",
            ]
        ),
        (.logging, ["log", "heartbeat"]),
        (
            .process,
            [
                "directory", "file", "user", "daemon", "sandbox", "exec", "owning", "disable", "dormant",
            ]
        ),
        (
            .ports,
            [
                "port", "control", "cookie", "socks", "unix", "mapaddress", "automap", "virtualaddr", "hashed",
                "isolat",
                "leavestreams",
            ]
        ),
    ]
}
