import Policy
import Testing

/// What `xmr-routed status` prints.
@Suite struct StatusScreenTests {
    @Test func protected() {
        let screen = StatusScreen.render(StatusSamples.full, palette: .plain)
        #expect(
            screen == """
                PROTECTED: the guard is enforcing and every egress is ready: tor, i2p

                kill-switch not locked
                            guard enforcing, proven at 2026-01-02T03:04:05Z
                            stopped 9 packets: 7 DNS, 1 ICMP, 1 NTP

                egress      tor  ready     bootstrapped 100 %
                            i2p  ready     tunnels are up

                listeners   node.proxy        127.0.0.1:18950
                              3 open, 40 accepted, 1.2 MB up, 98.7 GB down
                              refused: 12 banned, 2 no-route
                            node.tor-proxy    127.0.0.1:18951
                              0 open, 0 accepted, 0 B up, 0 B down
                            wallet.0          127.0.0.1:18989

                inbound     tor.p2p           published
                            \(StatusSamples.onion)
                            i2p.p2p           not known to be published
                              waits for i2p: tunnels are built

                wallet      most nodes agree on height 3500000
                            wallet.0.node.0   ready     loopback, height 3500000, 2 ms
                            wallet.0.node.1   down      onion

                threats     two nodes of wallet.0 differ at height 3499990: one of them is wrong

                daemon      version 0.1.0, up 12 s

                """)
    }

    @Test func blockedAndUnguarded() {
        let facts = StatusFacts(
            lock: .byOperator, guardProof: .off, egress: [StatusSamples.starting, StatusSamples.work],
            routed: ["tor"])
        #expect(
            StatusScreen.render(StatusSamples.document(facts: facts), palette: .plain) == """
                BLOCKED: locked by the operator; no egress is ready: tor: bootstrapped 45 %:
                  loading relay descriptors; and the guard is off: the router fails closed, but
                  nothing holds anyone to this router

                kill-switch LOCKED: nothing passes the router until "xmr-routed unlock"
                            guard off: nothing holds anyone to this router

                egress      tor         starting  bootstrapped 45 %: loading relay descriptors
                            proxy.work  failing   the proxy refused our credentials

                daemon      version 0.1.0, up 12 s

                """)
    }

    @Test func degradedAndBlockedWithoutGuard() {
        func firstLines(_ facts: StatusFacts) -> [Substring] {
            StatusScreen.render(StatusSamples.document(facts: facts), palette: .plain).split(separator: "\n")
        }
        let degraded = firstLines(
            StatusFacts(
                lock: .unlocked, guardProof: .enforcing(StatusSamples.time),
                egress: [StatusSamples.tor, StatusSamples.work], routed: ["tor"]))
        #expect(degraded[0] == "DEGRADED: not ready: proxy.work: the proxy refused our credentials; the rest")
        let unproven = firstLines(
            StatusFacts(
                lock: .unlocked, guardProof: .unproven("no guard answers"), egress: [StatusSamples.tor],
                routed: ["tor"]))
        #expect(unproven[0] == "BLOCKED: the guard is required and not proven: no guard answers")
        #expect(unproven.contains("            guard required and not proven"))
    }

    static let hostile: StatusDocument = {
        let word = String(repeating: "x", count: 300)
        let wide = String(repeating: "\u{4e2d}", count: 100)
        let evil = "a\u{1b}[2J\r\nPROTECTED\u{9b}1m\u{202e}" + word + " " + wide
        var document = StatusSamples.full
        document.version = evil
        document.state = .blocked
        document.reason = evil
        document.egress = [
            EgressStatus(name: evil, kind: evil, state: .down, detail: evil), StatusSamples.egress(word, .ready, wide),
        ]
        document.listeners = [
            ListenerStatus(
                name: evil, address: evil, open: .max, accepted: .max, refused: [evil: .max, "": .max], bytesUp: .max,
                bytesDown: .max)
        ]
        document.inbound = [InboundStatus(name: evil, address: evil, published: false, detail: evil)]
        document.wallet.nodes = [
            WalletNodeStatus(name: evil, kind: evil, state: .failing, height: .max, latencyMilliseconds: .max)
        ]
        document.killSwitch.stopped = [StoppedPackets(protocol: evil, port: 65535, packets: .max)]
        document.threats = [evil, ""]
        return document
    }()

    /// Details come from proxies and files: none can leave its line, drive the terminal or spoil the layout.
    @Test(arguments: [hostile, StatusSamples.full])
    func fitsEightyColumns(document: StatusDocument) {
        let screen = StatusScreen.render(document, palette: .plain)
        for line in screen.split(separator: "\n", omittingEmptySubsequences: false) {
            let columns = line.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 1 : 2) }
            #expect(columns <= 80, "\(line)")
            #expect(!line.hasPrefix("PROTECTED") || document.state == .protected)
        }
        let isClean = screen.unicodeScalars.allSatisfy { scalar in
            scalar == "\n"
                || !(scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format)
        }
        #expect(isClean)
    }

    @Test func everyScreenSaysThatTheGuardIsOff() {
        for facts in StatusVerdictTests.everything where facts.guardProof == .off {
            let document = StatusSamples.document(facts: facts)
            #expect(StatusScreen.render(document, palette: .plain).contains("nothing holds anyone to this router"))
        }
    }

    @Test func noScreenClaimsAProofThatIsNotThere() {
        for facts in StatusVerdictTests.everything {
            let screen = StatusScreen.render(StatusSamples.document(facts: facts), palette: .plain)
            let isProven = if case .enforcing = facts.guardProof { true } else { false }
            #expect(screen.contains("enforcing") == isProven)
            #expect(screen.contains("PROTECTED") == (StatusVerdict.of(facts).state == .protected))
        }
    }

    @Test(
        arguments: [
            (true, nil, true), (true, "", true), (true, "1", false), (true, "0", false), (false, nil, false),
            (false, "", false),
        ] as [(Bool, String?, Bool)])
    func colourOnlyOnATerminalThatWantsIt(isTerminal: Bool, noColor: String?, isColoured: Bool) {
        let palette = Palette(isTerminal: isTerminal, noColor: noColor)
        let painted = StatusScreen.render(StatusSamples.full, palette: palette)
        #expect(painted.contains("\u{1b}") == isColoured)
        #expect(painted.hasPrefix(isColoured ? "\u{1b}[1;32mPROTECTED\u{1b}[0m: the guard" : "PROTECTED: the guard"))
        // The same words, and each colour is switched off on its line.
        let plain = StatusScreen.render(StatusSamples.full, palette: .plain)
        #expect(StatusScreenTests.withoutColour(painted) == plain)
        for line in painted.split(separator: "\n") {
            let parts = line.split(separator: "\u{1b}[", omittingEmptySubsequences: false).dropFirst()
            #expect(parts.count % 2 == 0 && (parts.last?.hasPrefix("0m") ?? true))
        }
    }

    /// The text without its colour sequences.
    static func withoutColour(_ text: String) -> String {
        let parts = text.split(separator: "\u{1b}[", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in
            index == 0
                ? String(part) : String(part.drop { $0 != "m" && $0 != "H" && $0 != "J" && $0 != "K" }.dropFirst())
        }.joined()
    }
}
