import EventLoop
import Policy
import Protocols
import Testing

/// docs/metrics.md explains every metric there is and no other, and the dashboard draws nothing else.
@Suite struct MetricsDocumentationTests {
    /// A document that has a value for every metric. A new family needs one here.
    private static var families: [StatusMetrics.Family] {
        StatusMetrics.families(
            of: StatusDocument(
                version: "0.1.0", state: .protected, reason: "", uptimeSeconds: 1,
                killSwitch: KillSwitchStatus(
                    locked: false,
                    guardStatus: GuardStatus(
                        state: .enforcing, provenAt: UTCTime(unixSeconds: 1_767_323_045), repairs: 0,
                        canaries: ["monero": UTCTime(unixSeconds: 1_767_323_040)]),
                    stopped: [StoppedPackets(protocol: "udp", port: 53, packets: 7)]),
                egress: [EgressStatus(name: "tor", kind: "tor", state: .ready, detail: "", failures: ["timeout": 1])],
                listeners: [
                    ListenerStatus(
                        name: "node.proxy", address: "127.0.0.1:18950", open: 1, accepted: 1,
                        refused: ["banned": 1], bytesUp: 1, bytesDown: 1)
                ],
                inbound: [
                    InboundStatus(
                        name: "tor.p2p", address: nil, published: true, open: 1,
                        counts: InboundCounts(accepted: 1, refused: ["not-levin": 1], bytesIn: 1, bytesOut: 1))
                ],
                wallet: WalletStatus(nodes: [
                    WalletNodeStatus(
                        name: "wallet.0.node.0", kind: "loopback", state: .ready, height: 1, latencyMilliseconds: 1)
                ])))
    }

    private static func file(_ name: String, from source: String = #filePath) throws -> [UInt8] {
        let root = source.split(separator: "/").dropLast(3).joined(separator: "/")
        return try Files.read("/\(root)/\(name)", limit: 1 << 20).bytes
    }

    /// What stands between back quotes in a cell.
    private static func quoted(_ cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The names of metrics in a text.
    private static func metrics(in text: some StringProtocol) -> Set<String> {
        let isPart = { (byte: UInt8) in (0x61...0x7a).contains(byte) || byte == 0x5f }
        let words = text.utf8.split { !isPart($0) }.map { String(decoding: $0, as: UTF8.self) }
        return Set(words.filter { $0.hasPrefix("xmr_routed_") })
    }

    @Test func everyMetricIsExplainedAndNoOther() throws {
        let families = Self.families
        for family in families { #expect(!family.samples.isEmpty, "give \(family.name) a value in this test") }
        let text = String(decoding: try Self.file("docs/metrics.md"), as: UTF8.self)
        // | `name` | kind | `label`, `label` | what it is |
        let rows = text.split(separator: "\n").map { $0.split(separator: "|", omittingEmptySubsequences: false) }
            .filter { $0.count == 6 && Self.quoted($0[1]).first.map { Self.metrics(in: $0) == [$0] } ?? false }
        #expect(rows.map { Self.quoted($0[1]) } == families.map { [$0.name] })
        #expect(rows.map { $0[2].filter { $0 != " " } } == families.map(\.kind.rawValue))
        #expect(rows.map { Self.quoted($0[3]) } == families.map { $0.samples.first?.labelNames ?? [] })
        #expect(Self.metrics(in: text) == Set(families.map(\.name)))
    }

    /// The panels that draw something, and the rows that stand between them.
    private static func panels() throws -> [JSONValue] {
        let text = try file("config/grafana-dashboard.json")
        return try JSONValue(reading: text.span)["panels"]?.asArray ?? []
    }

    @Test func theDashboardDrawsWhatThereIs() throws {
        var labels: [String: Set<String>] = [:]
        for family in Self.families { labels[family.name] = Set(family.samples.first?.labelNames ?? []) }
        let targets = try Self.panels().flatMap { $0["targets"]?.asArray ?? [] }
        #expect(targets.count > 10)
        var drawn: Set<String> = []
        for target in targets {
            let expression = target["expr"]?.asString ?? ""
            let used = Self.metrics(in: expression)
            drawn.formUnion(used)
            #expect(used.count == 1, "\(expression)")
            let known = used.first.flatMap { labels[$0] } ?? []
            for label in Self.labels(of: expression, legend: target["legendFormat"]?.asString ?? "") {
                #expect(known.contains(label) || label == "instance", "\(label) in \(expression)")
            }
        }
        #expect(drawn == Set(labels.keys))
    }

    /// Every panel has an id of its own and a place of its own, on the 24 columns that Grafana has.
    @Test func noPanelLiesOnAnother() throws {
        var ids: Set<UInt64> = []
        var taken: Set<[UInt64]> = []
        for panel in try Self.panels() {
            let id = panel["id"]?.asNumber?.uint64 ?? 0
            #expect(id > 0 && ids.insert(id).inserted, "\(id)")
            let place = ["x", "y", "w", "h"].compactMap { panel["gridPos"]?[$0]?.asNumber?.uint64 }
            guard place.count == 4, place[0] + place[2] <= 24 else {
                Issue.record("panel \(id) has no place")
                continue
            }
            for x in place[0]..<place[0] + place[2] {
                for y in place[1]..<place[1] + place[3] {
                    let isFree = taken.insert([x, y]).inserted
                    #expect(isFree, "panel \(id)")
                }
            }
        }
    }

    /// The labels that an expression groups and selects by, and that its legend shows.
    private static func labels(of expression: String, legend: String) -> [String] {
        let grouped = expression.split(separator: "by (").dropFirst().flatMap {
            $0.prefix { $0 != ")" }.split(separator: ",").map { $0.filter { $0 != " " } }
        }
        let selected = expression.split(separator: "{").dropFirst().flatMap {
            $0.prefix { $0 != "}" }.split(separator: ",").map { String($0.prefix { $0 != "=" }) }
        }
        let shown = legend.split(separator: "{{").filter { $0.contains("}}") }.map { String($0.prefix { $0 != "}" }) }
        return grouped + selected + shown
    }
}
