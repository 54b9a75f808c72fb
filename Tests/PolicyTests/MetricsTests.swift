import Policy
import Testing

/// Prometheus text: what its parser demands, and nothing that names a destination, a wallet or a purpose.
@Suite struct MetricsTests {
    static let documents = [full, StatusScreenTests.hostile]

    /// With what only the metrics tell.
    static let full = {
        var document = StatusSamples.full
        document.egress[0].failures = ["timeout": 1, "exit-refused": 3]
        document.egress[0].stalled = 2
        return document
    }()

    /// The rules of the text format 0.0.4: HELP and TYPE before a family's samples, families in one piece, names
    /// and labels of the allowed characters, values that are numbers, no series twice, a newline at the end.
    @Test(arguments: documents)
    func isWellFormed(document: StatusDocument) throws {
        let text = StatusMetrics.render(document)
        #expect(text.hasSuffix("\n") && !text.contains("\n\n") && !text.contains("\r"))
        var family = ""
        var kind = ""
        var finished: Set<String> = []
        var series: Set<String> = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# HELP ") {
                #expect(finished.insert(family).inserted)
                family = String(line.split(separator: " ")[2])
                #expect(!finished.contains(family) && line.hasSuffix("."))
                kind = ""
            } else if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ")
                #expect(words.count == 4 && words[2] == family)
                kind = String(words[3])
            } else {
                let name = line.prefix { $0 != "{" && $0 != " " }
                #expect(name == family && ["counter", "gauge"].contains(kind))
                #expect(
                    name.hasPrefix("xmr_routed_") && name.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x5f })
                #expect(name.hasSuffix("_total") == (kind == "counter"))
                let (labels, value) = try #require(Self.split(line.dropFirst(name.count)))
                #expect(series.insert(name + "{" + labels.map { "\($0)=\($1)" }.joined(separator: ",")).inserted)
                #expect(Double(value) != nil)
            }
        }
        #expect(series.count > 10)
    }

    @Test func values() {
        let lines = StatusMetrics.render(Self.full).split(separator: "\n")
        for expected in [
            "xmr_routed_info{version=\"0.1.0\"} 1", "xmr_routed_uptime_seconds 12.5",
            "xmr_routed_state{state=\"protected\"} 1", "xmr_routed_state{state=\"blocked\"} 0", "xmr_routed_locked 0",
            "xmr_routed_guard_state{state=\"enforcing\"} 1", "xmr_routed_guard_proven_timestamp_seconds 1767323045",
            "xmr_routed_guard_stopped_packets_total{protocol=\"udp\",port=\"53\"} 7",
            "xmr_routed_guard_stopped_packets_total{protocol=\"icmp\",port=\"\"} 1",
            "xmr_routed_egress_state{egress=\"tor\",state=\"ready\"} 1",
            "xmr_routed_egress_state{egress=\"tor\",state=\"down\"} 0",
            "xmr_routed_egress_stream_failures_total{egress=\"tor\",reason=\"exit-refused\"} 3",
            "xmr_routed_egress_stalled_total{egress=\"tor\"} 2",
            "xmr_routed_listener_open{listener=\"node.proxy\"} 3",
            "xmr_routed_listener_accepted_total{listener=\"node.proxy\"} 40",
            "xmr_routed_listener_refused_total{listener=\"node.proxy\",reason=\"banned\"} 12",
            "xmr_routed_listener_bytes_total{listener=\"node.proxy\",direction=\"down\"} 98765432109",
            "xmr_routed_inbound_published{service=\"i2p.p2p\"} 0", "xmr_routed_threats 1",
        ] {
            #expect(lines.contains(Substring(expected)), "\(expected)")
        }
    }

    /// What comes in is counted by service, and the wallets' own by nobody: its times would say when one is in use.
    @Test func streamsOfServicesAreCountedButNotTheWallets() {
        var document = StatusSamples.full
        let counts = InboundCounts(accepted: 7, refused: ["not-levin": 2], bytesIn: 30, bytesOut: 40)
        document.inbound = ["tor.p2p", InboundStatus.walletService].map {
            InboundStatus(name: $0, address: nil, published: true, open: 5, counts: counts)
        }
        document.inbound[1].open = 5
        document.inbound[1].counts = counts
        let lines = StatusMetrics.render(document).split(separator: "\n").filter {
            $0.hasPrefix("xmr_routed_inbound_")
        }
        #expect(
            lines == [
                "xmr_routed_inbound_published{service=\"tor.p2p\"} 1",
                "xmr_routed_inbound_published{service=\"tor.rpc\"} 1",
                "xmr_routed_inbound_open{service=\"tor.p2p\"} 5",
                "xmr_routed_inbound_accepted_total{service=\"tor.p2p\"} 7",
                "xmr_routed_inbound_refused_total{service=\"tor.p2p\",reason=\"not-levin\"} 2",
                "xmr_routed_inbound_bytes_total{service=\"tor.p2p\",direction=\"in\"} 30",
                "xmr_routed_inbound_bytes_total{service=\"tor.p2p\",direction=\"out\"} 40",
            ])
    }

    @Test func exactlyOneStateHolds() {
        for facts in StatusVerdictTests.everything {
            let text = StatusMetrics.render(StatusSamples.document(facts: facts))
            let holding = text.split(separator: "\n").filter { $0.hasPrefix("xmr_routed_state{") && $0.hasSuffix(" 1") }
            #expect(holding == ["xmr_routed_state{state=\"\(StatusVerdict.of(facts).state.rawValue)\"} 1"])
            #expect(text.contains("xmr_routed_locked \(facts.lock == .unlocked ? 0 : 1)\n"))
        }
    }

    /// A port is told of stopped packets alone. A wallet's node is up or not: its height and latency would say when a
    /// wallet was in use.
    @Test func namesNoDestinationAndNoWallet() {
        let text = StatusMetrics.render(StatusSamples.full).split(separator: "\n")
            .filter { !$0.contains("guard_stopped_packets_total") }.joined(separator: "\n")
        #expect(text.contains("xmr_routed_wallet_node_up{node=\"wallet.0.node.1\"} 0"))
        for word in ["listener=\"wallet", ".onion", "127.0.0.1", "18950", "3500000", "port", "height"] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func whatIsNotKnownHasNoLine() {
        var document = StatusSamples.full
        document.uptimeSeconds = nil
        document.killSwitch.guardStatus = GuardStatus(state: .off)
        document.listeners = [ListenerStatus(name: "node.proxy", address: "127.0.0.1:1")]
        let text = StatusMetrics.render(document)
        for name in ["uptime_seconds", "guard_proven", "listener_open", "listener_accepted", "listener_bytes"] {
            #expect(!text.contains(name))
        }
    }

    @Test func labelsAreEscaped() {
        var document = StatusSamples.full
        document.version = "a\"b\\c\nd\u{0}"
        #expect(StatusMetrics.render(document).contains("xmr_routed_info{version=\"a\\\"b\\\\c\\nd?\"} 1\n"))
    }

    /// The labels and the value of a sample behind its name; nil if it is malformed.
    private static func split(_ text: Substring) -> (labels: [(String, String)], value: Substring)? {
        var rest = text
        var labels: [(String, String)] = []
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                guard let equals = rest.firstIndex(of: "=") else { return nil }
                let name = rest[..<equals]
                guard name.utf8.allSatisfy({ (0x61...0x7a).contains($0) }) else { return nil }
                rest = rest[rest.index(after: equals)...]
                guard rest.popFirst() == "\"" else { return nil }
                var value = ""
                while let character = rest.popFirst(), character != "\"" {
                    value.append(character)
                    guard character == "\\" else { continue }
                    guard let escaped = rest.popFirst(), "\\\"n".contains(escaped) else { return nil }
                    value.append(escaped)
                }
                labels.append((String(name), value))
                if rest.first == "," { rest.removeFirst() }
            }
            rest.removeFirst()
        }
        guard rest.popFirst() == " ", !rest.isEmpty, !rest.contains(" ") else { return nil }
        return (labels, rest)
    }
}
