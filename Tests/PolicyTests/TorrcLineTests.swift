import Policy
import Testing

/// Which lines of an operator's reach a managed Tor's torrc, and what is said of the others.
@Suite struct TorrcLineTests {
    private func text(_ line: String, isTestNetwork: Bool = false) -> String? {
        try? TorrcLine.check(line, isTestNetwork: isTestNetwork).get().text
    }

    private func sentence(_ line: String, isTestNetwork: Bool = false) -> String {
        switch TorrcLine.check(line, isTestNetwork: isTestNetwork) {
        case .success(let line): "taken: \(line.text)"
        case .failure(let refusal): refusal.sentence
        }
    }

    @Test(arguments: [
        "UseBridges 1", "Bridge 192.0.2.7:443 1234567890123456789012345678901234567890",
        "Bridge obfs4 192.0.2.7:443 1234567890123456789012345678901234567890 cert=a+b/c= iat-mode=0",
        "Bridge webtunnel [2001:db8::7]:443 12345678 url=https://example.com/path ver=0.0.1",
        "ClientTransportPlugin obfs4,meek exec /usr/bin/obfs4proxy -enableLogging",
        "EntryNodes {de},$1234567890123456789012345678901234567890", "ExcludeExitNodes {xx},192.0.2.0/24",
        "StrictNodes 1",
        "GeoIPFile /usr/share/tor/geoip", "ConnectionPadding auto", "CircuitPadding 0", "ConfluxEnabled 1",
        "ConfluxClientUX throughput", "VanguardsLiteEnabled 1", "NumEntryGuards 2", "FascistFirewall 1",
        "ReachableAddresses *:443", "ClientUseIPv6 1", "BandwidthRate 1 MByte",
        "ExitNodes \"{de},{ch}\"", "ExitNodes \"a # in quotes\"",
    ])
    func isTaken(_ line: String) {
        #expect(text(line) == line)
    }

    @Test func isTakenInTorsWriting() {
        #expect(text("usebridges 1") == "UseBridges 1")
        #expect(text(" \tEXITNODES \t {de} \t") == "ExitNodes {de}")
        #expect(text("entrynodes\t{de}\t{ch}") == "EntryNodes {de}\t{ch}")
    }

    @Test(arguments: [
        ("SocksPort 9050", "ports and sockets"), ("ControlPort 9051", "ports and sockets"),
        ("controlsocket /tmp/x", "ports and sockets"), ("__SocksPort 9050", "ports and sockets"),
        ("DNSPort 53", "ports and sockets"), ("TransPort 9040", "ports and sockets"),
        ("HTTPTunnelPort 80", "ports and sockets"), ("MetricsPort 9035", "ports and sockets"),
        ("HashedControlPassword 16:0", "ports and sockets"), ("CookieAuthentication 0", "ports and sockets"),
        ("MapAddress a b", "ports and sockets"), ("DataDirectory /tmp", "where this Tor keeps its files"),
        ("CacheDirectory /tmp", "where this Tor keeps its files"), ("PidFile /tmp/x", "where this Tor keeps its files"),
        ("User nobody", "where this Tor keeps its files"), ("RunAsDaemon 1", "where this Tor keeps its files"),
        ("__OwningControllerProcess 1", "where this Tor keeps its files"),
        ("DisableNetwork 1", "where this Tor keeps its files"),
        ("HiddenServiceDir /tmp", "[node.inbound.tor]"), ("HiddenServicePort 80", "[node.inbound.tor]"),
        ("ORPort 9001", "a client"), ("ExitRelay 1", "a client"), ("BridgeRelay 1", "a client"),
        ("ServerTransportPlugin x exec /y", "a client"), ("Log debug file /tmp/x", "what this Tor logs"),
        ("SafeLogging 0", "what this Tor logs"), ("Socks5Proxy 127.0.0.1:1", "`via` in [tor]"),
        ("HTTPSProxy 127.0.0.1:1", "`via` in [tor]"), ("Socks5ProxyPassword x", "`via` in [tor]"),
        ("DirAuthority x", "regtest"), ("TestingTorNetwork 1", "regtest"), ("FallbackDir x", "regtest"),
    ])
    func isOurs(_ line: String, _ why: String) {
        let said = sentence(line)
        #expect(said.contains(why) && said.contains(String(line.prefix { $0 != " " })), "\(said)")
    }

    @Test(arguments: [
        ("", "empty"), ("  \t ", "empty"), ("# a comment", "empty"), ("ExitNode {de}", "did you mean ExitNodes?"),
        ("MaxCircuitDirtiness 1", "not among the options"), ("Bridg 1", "did you mean Bridge?"),
        ("UseEntryGuards 0", "not among the options"),
        ("%include /etc/passwd", "%include"), ("%INCLUDE /x", "%include"),
        ("+Bridge 192.0.2.7:1", "begins with + or /"), ("/Bridge", "begins with + or /"),
        ("Bridge 192.0.2.7:1 \\", "backslash"), ("Bridge 192.0.2.7:1 \\ \t", "backslash"), ("\\", "backslash"),
        ("Bridge 192.0.2.7:1\nSocksPort 9050", "line break"), ("Bridge 192.0.2.7:1\r", "line break"),
        ("Bridge\u{0}x 1", "line break"), ("Bridge\u{b}1", "line break"), ("Bridge 1\u{85}2", "line break"),
        ("ExitNodes {de} # why", "comment"), ("ExitNodes#x", "comment"), ("ExitNodes# {de}", "comment"),
        ("ExitNodes", "no value"), ("ExitNodes \"\"", "no value"), ("ExitNodes \" \"", "no value"),
        ("ExitNodes \"{de}", "quotes"), ("ExitNodes \"", "quotes"), ("ExitNodes \"a\" b", "quotes"),
        ("ExitNodes \"a\" \"b\"", "quotes"), ("ExitNodes \"a\\x0aSocksPort 1\"", "quotes"),
        ("ClientTransportPlugin x socks5 127.0.0.1:1", "absolute path"),
        ("ClientTransportPlugin x exec y", "absolute path"),
        ("ClientTransportPlugin \"x socks4 127.0.0.1:1\"", "absolute path"),
        ("ClientTransportPlugin x exec", "absolute path"),
    ])
    func isRefused(_ line: String, _ why: String) {
        let said = sentence(line)
        #expect(said.contains(why) && !said.hasPrefix("taken"), "\(said)")
        #expect(!said.unicodeScalars.contains { $0.value < 0x20 }, "\(said)")
    }

    /// A test network's Tor has authorities of its own, and may be told anything that is one line.
    @Test func aTestNetworkTakesAnyOption() {
        for line in ["DirAuthority x orport=1 192.0.2.7:1 ABC", "SocksPort 9050", "Log info file /tmp/x", "anything"] {
            #expect(text(line, isTestNetwork: true) == line)
        }
        for line in ["", "a\nb", "a\u{0}", "a \\"] {
            #expect(text(line, isTestNetwork: true) == nil, "\(line)")
        }
    }

    @Test func knowsWhatStartsAProgram() throws {
        let plugin = "clienttransportplugin x exec /y"
        #expect(try TorrcLine.check(plugin, isTestNetwork: false).get().startsProgram)
        #expect(try TorrcLine.check(plugin, isTestNetwork: true).get().startsProgram)
        #expect(try !TorrcLine.check("UseBridges 1", isTestNetwork: false).get().startsProgram)
    }
}
