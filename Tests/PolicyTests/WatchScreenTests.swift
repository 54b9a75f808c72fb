import Policy
import Protocols
import Testing

/// What `xmr-routed status --watch` draws.
@Suite struct WatchScreenTests {
    @Test func aMinuteOfTraffic() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        var drawn = ""
        var up: UInt64 = 0
        for second in 0...60 {
            up += second <= 30 ? 0 : 7_000_000
            drawn = screen.show(
                StatusSamples.traffic(uptime: Double(second), up: up, down: UInt64(second * 1500)), at: at(second))
        }
        let half = String(repeating: "▁", count: 30) + String(repeating: "█", count: 30)
        #expect(
            lines(drawn) == [
                "PROTECTED: the guard is enforcing and every egress is ready: tor",
                "",
                "kill-switch not locked; guard enforcing, proven at 2026-01-02T03:04:05Z",
                "stopped     nothing",
                "egress      tor           ready     bootstrapped 100 %",
                "",
                "up       7.0 MB/s  " + half,
                "down     1.5 kB/s  " + String(repeating: "█", count: 60),
                "peers       out 1 public",
                "",
                "listener                open    accepted     refused           up         down",
                "node.proxy                 1           2           0     7.0 MB/s     1.5 kB/s",
                "",
                "daemon      version 0.1.0, up 1 min 0 s",
            ])
    }

    /// Everything that there is, as an operator sees it who is reached by others.
    private static func reached() -> StatusDocument {
        var document = StatusSamples.full
        document.inbound = [
            InboundStatus(name: "tor.p2p", address: StatusSamples.onion, published: true, open: 2),
            InboundStatus(
                name: "tor.rpc", address: StatusSamples.onion, published: false,
                detail: "the descriptor is not uploaded to any directory yet", open: 9),
            InboundStatus(name: "tor.sync", address: StatusSamples.onion, published: true, open: 1),
            InboundStatus(name: "i2p.p2p", address: nil, published: nil),
        ]
        document.wallet = WalletStatus()
        document.threats = []
        return document
    }

    /// Egress, peers by zone, rates, the ledger of what was stopped, and inbound, in one screen.
    @Test func allOfItInOneScreen() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        let drawn = screen.show(Self.reached(), at: at(0))
        let verdict = lines(drawn)[0]
        #expect(verdict.hasPrefix("PROTECTED"))
        #expect(
            Array(lines(drawn).dropFirst()) == [
                "",
                "kill-switch not locked; guard enforcing, proven at 2026-01-02T03:04:05Z",
                "stopped     9 packets: 7 DNS, 1 ICMP, 1 NTP",
                "egress      tor           ready     bootstrapped 100 %",
                "            i2p           ready     tunnels are up",
                "",
                "up              -",
                "down            -",
                "peers       out 3 public, 0 onion; in 2 onion, 1 syncing",
                "",
                "listener                open    accepted     refused           up         down",
                "node.proxy                 3          40          14            -            -",
                "node.tor-proxy             0           0           0            -            -",
                "wallet.0                   -           -           -            -            -",
                "",
                "inbound     tor.p2p       published  "
                    + "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktce...",
                "            tor.rpc       not published  the descriptor is not uploaded to...",
                "            tor.sync      published  vww6ybal4bd7szmgncyruucpgfkqahzddi37ktce...",
                "            i2p.p2p       not known to be published",
                "daemon      version 0.1.0, up 12 s",
            ])
    }

    /// Where there is no room for a row each, it is said which are missing.
    @Test func servicesInOneRow() {
        var document = Self.reached()
        document.threats = ["a", "b"]
        document.listeners += (1...3).map { ListenerStatus(name: "wallet.\($0)", address: "127.0.0.1:1898\($0)") }
        var screen = WatchScreen(palette: .plain, unicode: true)
        let shown = lines(screen.show(document, at: at(0)))
        #expect(shown.contains("inbound     2 of 4 published, not tor.rpc, i2p.p2p"))
        #expect(shown.count <= 24 && shown.last == "daemon      version 0.1.0, up 12 s")
        for index in document.inbound.indices { document.inbound[index].published = true }
        #expect(lines(screen.show(document, at: at(1))).contains("inbound     4 of 4 published"))
    }

    /// Peers of zones that have no listener are not said to be none.
    @Test func zonesWithoutAListenerAreLeftOut() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        var document = StatusSamples.full
        document.listeners = [
            ListenerStatus(name: "node.i2p-proxy", address: "127.0.0.1:18952", open: 4),
            ListenerStatus(name: "node.i2p-proxy", address: "[::1]:18952", open: 2),
        ]
        document.inbound = []
        #expect(lines(screen.show(document, at: at(0))).contains("peers       out 6 I2P"))
        document.listeners = [ListenerStatus(name: "wallet.0", address: "127.0.0.1:18989", open: 4)]
        #expect(lines(screen.show(document, at: at(1))).contains("peers       none are counted"))
    }

    @Test func withoutUTF8TheGraphIsASCII() {
        var screen = WatchScreen(palette: .plain, unicode: false)
        for (second, up) in [0, 0, 1, 8, 36, 135].enumerated() {
            let drawn = screen.show(
                StatusSamples.traffic(uptime: Double(second), up: UInt64(up), down: 0), at: at(second))
            #expect(drawn.utf8.allSatisfy { $0 < 0x80 })
            if second == 5 { #expect(graph(drawn, "up").hasSuffix("_..:#")) }
        }
    }

    @Test func theFirstDocumentHasNoRate() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        let drawn = screen.show(StatusSamples.traffic(uptime: 100, up: 5000, down: 5000), at: at(0))
        #expect(rate(drawn, "up") == "-" && rate(drawn, "down") == "-")
        #expect(graph(drawn, "up") == "")
    }

    /// Half a second, five seconds: a rate is by the second whatever lies between two documents.
    @Test(arguments: [(500, "2.0 kB/s"), (5000, "200 B/s"), (1, "1.0 MB/s")])
    func ratesAreByTheSecond(milliseconds: Int, expected: String) {
        var screen = WatchScreen(palette: .plain, unicode: true)
        _ = screen.show(StatusSamples.traffic(uptime: 1, up: 0, down: 0), at: Instant(milliseconds: 0))
        let drawn = screen.show(
            StatusSamples.traffic(uptime: 2, up: 1000, down: 0), at: Instant(milliseconds: Int64(milliseconds)))
        #expect(rate(drawn, "up") == expected)
    }

    /// A restarted daemon counts from zero again: that is no rate, and no crash.
    @Test(arguments: [
        (uptime: 50.0, up: UInt64(10), down: UInt64(9000)), (uptime: 50.0, up: 9000, down: 10),
        (uptime: 0.5, up: 9000, down: 9000),
    ])
    func aRestartIsAGapNotARate(after: (uptime: Double, up: UInt64, down: UInt64)) {
        var screen = WatchScreen(palette: .plain, unicode: true)
        _ = screen.show(StatusSamples.traffic(uptime: 40, up: 1000, down: 1000), at: at(0))
        _ = screen.show(StatusSamples.traffic(uptime: 41, up: 2000, down: 2000), at: at(1))
        let restarted = screen.show(
            StatusSamples.traffic(uptime: after.uptime, up: after.up, down: after.down), at: at(2))
        #expect(rate(restarted, "up") == "-" && rate(restarted, "down") == "-")
        let next = screen.show(
            StatusSamples.traffic(uptime: after.uptime + 1, up: after.up + 500, down: after.down), at: at(3))
        #expect(rate(next, "up") == "500 B/s" && rate(next, "down") == "0 B/s")
        #expect(graph(next, "up") == "█ ▅")
    }

    @Test func aListenerThatComesWithAReloadHasItsRateLater() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        func more(_ bytes: UInt64) -> [ListenerStatus] {
            [ListenerStatus(name: "node.tor-proxy", address: "127.0.0.1:18951", bytesUp: bytes, bytesDown: bytes)]
        }
        _ = screen.show(StatusSamples.traffic(uptime: 1, up: 0, down: 0), at: at(0))
        let first = screen.show(StatusSamples.traffic(uptime: 2, up: 100, down: 0, more: more(1_000_000)), at: at(1))
        #expect(rate(first, "up") == "100 B/s", "what it counted before it was seen is no rate")
        #expect(lines(first).contains { $0.hasPrefix("node.tor-proxy") && $0.hasSuffix(" -") })
        let second = screen.show(StatusSamples.traffic(uptime: 3, up: 200, down: 0, more: more(1_000_300)), at: at(2))
        #expect(rate(second, "up") == "400 B/s")
    }

    @Test func theSameTimeTwiceIsNoRate() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        _ = screen.show(StatusSamples.traffic(uptime: 1, up: 0, down: 0), at: at(0))
        _ = screen.show(StatusSamples.traffic(uptime: 1, up: 7, down: 0), at: at(0))
        let drawn = screen.show(StatusSamples.traffic(uptime: 2, up: 1000, down: 0), at: at(1))
        #expect(rate(drawn, "up") == "1.0 kB/s")
    }

    /// What was said before the daemon went away must not stand there as if it still held.
    @Test func aMissingDaemonLeavesNothingStanding() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        _ = screen.show(StatusSamples.traffic(uptime: 1, up: 0, down: 0), at: at(0))
        let drawn = screen.showMissing(path: "/run/xmr-routed/control.sock", at: at(75))
        #expect(
            lines(drawn) == [
                "NO ANSWER: no daemon answers at /run/xmr-routed/control.sock: is it running?",
                "  systemctl status xmr-routed", "", "The last answer came 1 min 15 s ago.",
            ])
        #expect(drawn.hasSuffix("\u{1b}[J"))
        let back = screen.show(StatusSamples.traffic(uptime: 80, up: 5000, down: 0), at: at(76))
        #expect(rate(back, "up") == "-", "nothing is known of the time between")
    }

    @Test func aProblemIsSaidInsteadOfTheGuess() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        let drawn = screen.showMissing(path: "/s", problem: "the daemon speaks\nstatus schema 2", at: at(0))
        #expect(lines(drawn) == ["NO ANSWER: the daemon speaks status schema 2"])
    }

    /// 80 columns, 24 rows, home first and every row cleared to its end, whatever the document holds.
    @Test(arguments: [true, false])
    func oneScreenAlways(isColoured: Bool) {
        var crowded = StatusSamples.full
        crowded.state = .degraded
        crowded.reason = String(repeating: "a reason that goes on and on ", count: 40)
        crowded.egress = (0..<40).map {
            StatusSamples.egress("proxy.\($0)", .failing, String(repeating: "no ", count: 60))
        }
        crowded.listeners = (0..<40).map {
            ListenerStatus(
                name: "node.\($0)", address: "", open: .max, accepted: .max, refused: ["a": .max, "b": 1],
                bytesUp: .max,
                bytesDown: .max)
        }
        crowded.threats = Array(repeating: String(repeating: "threat ", count: 30), count: 20)
        var bare = crowded
        bare.egress = []
        bare.listeners = []
        var screen = WatchScreen(palette: Palette(isTerminal: isColoured, noColor: nil), unicode: true)
        for (second, document) in [crowded, StatusScreenTests.hostile, StatusSamples.full, bare, crowded].enumerated() {
            let drawn = screen.show(document, at: at(second))
            #expect(drawn.hasPrefix("\u{1b}[H") && drawn.hasSuffix("\u{1b}[K\u{1b}[J"))
            let rows = drawn.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(rows.count <= 24)
            #expect(rows.allSatisfy { $0.contains("\u{1b}[K") })
            for row in lines(drawn) {
                let columns = row.unicodeScalars.reduce(0) {
                    $0 + ($1.value < 0x1100 || (0x2581...0x2588).contains($1.value) ? 1 : 2)
                }
                #expect(columns <= 80, "\(row)")
            }
        }
        #expect(lines(screen.show(crowded, at: at(9))).count == 24)
    }

    @Test func aGuardThatIsOffIsOnEveryScreen() {
        for facts in StatusVerdictTests.everything where facts.guardProof == .off {
            var screen = WatchScreen(palette: .plain, unicode: true)
            let drawn = screen.show(StatusSamples.document(facts: facts), at: at(0))
            let said = lines(drawn).contains { $0.contains("guard off: nothing holds anyone to this router") }
            #expect(said)
        }
    }

    /// Documents that come faster than once a second, for long, are kept within bounds and still make a graph.
    @Test func manyDocuments() {
        var screen = WatchScreen(palette: .plain, unicode: true)
        var drawn = ""
        for step in 0..<1400 {
            drawn = screen.show(
                StatusSamples.traffic(uptime: Double(step) / 20, up: UInt64(step * 50), down: 0),
                at: Instant(milliseconds: Int64(step * 50)))
        }
        #expect(rate(drawn, "up") == "1.0 kB/s")
        #expect(graph(drawn, "up").allSatisfy { $0 == "█" })
    }

    private func at(_ second: Int) -> Instant { Instant(milliseconds: Int64(second) * 1000) }

    private func lines(_ drawn: String) -> [String] {
        drawn.split(separator: "\r\n", omittingEmptySubsequences: false).map { row in
            var text = StatusScreenTests.withoutColour(String(row))
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// What follows a row's name, up to its graph.
    private func rate(_ drawn: String, _ name: String) -> String {
        let row = lines(drawn).first { $0.hasPrefix(name + " ") } ?? ""
        return row.dropFirst(5).prefix(12).split(separator: " ").joined(separator: " ")
    }

    /// The graph of a row from its first sign on.
    private func graph(_ drawn: String, _ name: String) -> String {
        let row = lines(drawn).first { $0.hasPrefix(name + " ") } ?? ""
        return String(row.dropFirst(19).drop { $0 == " " })
    }
}
