import Policy
import Protocols
import Testing

/// Each known way past the proxy is found, with its mend; what is as it should be is not.
@Suite struct MonerodAuditTests {
    /// What `xmr-routed monerod-conf` prints has nothing to be found.
    private static let good = Configuration.builtIn.monerodConf()
    private static let listeners = MonerodAudit.Listeners(Configuration.builtIn.node)

    private func findings(_ file: String, _ arguments: [String] = [], isHeld: Bool = false) -> [Finding] {
        MonerodAudit.findings(
            ProgramOptions(.monerod, arguments: arguments, file: Array(file.utf8)), subject: "monerod",
            listeners: Self.listeners, isHeld: isHeld)
    }

    /// The good configuration with a change.
    private func changed(_ lines: String, without: String? = nil) -> String {
        let kept = Self.good.split(separator: "\n").filter { without == nil || !$0.hasPrefix(without ?? "") }
        return kept.joined(separator: "\n") + "\n" + lines
    }

    @Test func ownConfigurationIsClean() {
        let all = findings(Self.good)
        #expect(all.filter { $0.severity != .ok } == [])
        #expect(all.map(\.reveals).contains("proxy is the router's listener"))
    }

    /// What leaves is a leak; where the guard holds it, a warning that says so.
    @Test(arguments: [
        ("add-peer=node.example:18080", nil, "add-peer (line ", "add-peer=ADDRESS:PORT"),
        ("seed-node=localhost", nil, "seed-node (line ", "seed-node=ADDRESS:PORT"),
        ("add-exclusive-node=abc.onion:18083", nil, "add-exclusive-node (line ", "add-exclusive-node=ADDRESS:PORT"),
        ("", "proxy=", "tx-proxy is set without proxy", "proxy=127.0.0.1:18950"),
        ("", "tx-proxy=|proxy=", "no proxy is set", "proxy=127.0.0.1:18950"),
        (
            "proxy=127.0.0.1:9050", "proxy=", "proxy is 127.0.0.1:9050, which is not the router's",
            "proxy=127.0.0.1:18950"
        ),
        ("tx-proxy=i2p,127.0.0.1:4447", nil, "tx-proxy=i2p is 127.0.0.1:4447", "tx-proxy=i2p,127.0.0.1:18952,16"),
        ("proxy-allow-dns-leaks=1", nil, "proxy-allow-dns-leaks lets", "proxy-allow-dns-leaks=0"),
        ("", "p2p-bind-ip=", "it listens for peers on 0.0.0.0, by default", "p2p-bind-ip=127.0.0.1"),
        ("p2p-bind-ip=0.0.0.0", "p2p-bind-ip=", "on 0.0.0.0, as told", "p2p-bind-ip=127.0.0.1"),
        ("p2p-use-ipv6=1", nil, "listens for peers on ::", "p2p-use-ipv6=0"),
        ("igd=enabled", "igd=|no-igd", "igd=enabled asks the home router", "igd=disabled"),
        ("rpc-bind-ip=192.168.1.2", "rpc-bind-ip=", "rpc-bind-ip=192.168.1.2 answers", "rpc-bind-ip=127.0.0.1"),
        ("zmq-pub=tcp://*:18083", nil, "zmq-pub=tcp://*:18083 answers", "zmq-pub=tcp://127.0.0.1:18083"),
    ])
    func whatLeaves(_ lines: String, _ without: String?, _ reveals: String, _ mend: String) throws {
        var file = changed(lines)
        for prefix in (without ?? "").split(separator: "|") {
            file = file.split(separator: "\n").filter { !$0.hasPrefix(prefix) || lines.contains($0) }
                .joined(separator: "\n")
        }
        let found = findings(file).filter { $0.severity == .leak }
        let finding = try #require(found.first, "\(findings(file))")
        #expect(found.count == 1, "\(found)")
        #expect(finding.reveals.contains(reveals))
        #expect(finding.mend?.contains(mend) == true)
        let held = findings(file, isHeld: true)
        #expect(!held.contains { $0.severity == .leak })
        #expect(held.contains { $0.severity == .warning && $0.reveals.hasSuffix("; the guard stops it") })
    }

    @Test(arguments: [
        ("", "disable-dns-checkpoints", "DNS checkpoints"), ("", "check-updates", "update checks"),
        ("enable-dns-blocklist=1", "enable-dns-blocklist", "the block list"),
        ("", "hide-my-port", "tells its peers a port"),
        ("", "pad-transactions", "length of a transaction"), ("", "no-zmq", "ZMQ"),
        ("", "disable-rpc-ban", "wallet gateway"),
        ("no-such-thing=1", nil, "no-such-thing"),
        ("anonymous-inbound=x.i2p,127.0.0.1:1", "tx-proxy=i2p", "refuses to start"),
    ])
    func whatIsWorthKnowing(_ lines: String, _ without: String?, _ reveals: String) {
        let found = findings(changed(lines, without: without)).filter { $0.severity != .ok }
        #expect(found.count == 1 && found.first?.severity == .note, "\(found)")
        #expect(found.first?.reveals.contains(reveals) == true)
    }

    @Test(arguments: [("bootstrap-daemon-address=auto", "bootstrap"), ("public-node=1", "public-node")])
    func whatWarns(_ lines: String, _ reveals: String) {
        let found = findings(changed(lines)).filter { $0.severity != .ok }
        #expect(found.count == 1 && found.first?.severity == .warning && found.first?.reveals.contains(reveals) == true)
    }

    @Test func peersByNumberOnionAndI2PAreFine() {
        let onion = String(repeating: "a", count: 55) + "d.onion:18083"
        let i2p = String(repeating: "a", count: 52) + ".b32.i2p"
        let lines = ["192.0.2.1:18080", "192.0.2.1", "[2001:db8::1]:18080", "2001:db8::1", onion, i2p]
            .map { "add-peer=\($0)" }.joined(separator: "\n")
        #expect(findings(changed(lines)).filter { $0.severity != .ok } == [])
    }

    @Test func socks5IsReadToo() {
        let file = changed("proxy=socks5://p2p:x@127.0.0.1:18950", without: "proxy=")
        #expect(findings(file).filter { $0.severity != .ok } == [])
        let wrong = findings(changed("proxy=localhost:9050", without: "proxy="))
        #expect(wrong.contains { $0.severity == .warning && $0.reveals.contains("refuses to start") })
    }

    /// monerod takes `proxy=` for no proxy, and runs.
    @Test(arguments: ["proxy=", "proxy = # later"]) func anEmptyProxyIsNone(_ line: String) {
        let found = findings(
            changed("proxy-allow-dns-leaks=1\nbootstrap-daemon-address=auto\n\(line)", without: "proxy="))
        #expect(found.contains { $0.severity == .leak && $0.reveals.hasPrefix("tx-proxy is set without proxy") })
        #expect(found.contains { $0.severity == .leak && $0.reveals.hasPrefix("bootstrap-daemon-address") })
        #expect(!found.contains { $0.reveals.contains("past the proxy") || $0.reveals.contains("refuses to start") })
    }

    @Test func offlineNeitherDialsNorListens() {
        let all = findings("offline=1\nno-zmq=1\ndisable-rpc-ban=1")
        #expect(all.map(\.severity) == [.ok])
    }

    /// With names answered by the router, and the guard there to bring them to it, allowing them is no leak.
    @Test func namesThatTheRouterAnswers() {
        var node = Configuration.builtIn.node
        node.dns = Endpoint("9.9.9.9:53")
        func found(isHeld: Bool) -> [Finding] {
            MonerodAudit.findings(
                ProgramOptions(.monerod, arguments: ["--proxy-allow-dns-leaks"], file: Array(Self.good.utf8)),
                subject: "monerod", listeners: MonerodAudit.Listeners(node), isHeld: isHeld
            ).filter { $0.severity != .ok }
        }
        #expect(found(isHeld: true).map(\.severity) == [.note])
        #expect(found(isHeld: false).map(\.severity) == [.leak])
    }

    /// A file is anybody's text.
    @Test func whatIsShownIsSafeOnATerminal() {
        let all = findings("add-peer=\u{1b}[31mevil\u{202e}.example\nproxy=\u{7}x")
        #expect(
            !all.contains {
                ($0.reveals + ($0.mend ?? "")).unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202e }
            })
        let long = findings("rpc-bind-ip=" + String(repeating: "x", count: 100_000))
        #expect(long.allSatisfy { $0.reveals.count < 1100 })
    }
}
