internal import Protocols

/// What `xmr-routed nodes` and `nodes test` print: a table of the wallets' nodes by their place in the file. It fits 80
/// columns and names no address.
public enum NodesScreen {
    /// The nodes as the status knows them, each line ending in a newline.
    public static func render(_ document: StatusDocument, palette: Palette) -> String {
        let wallet = document.wallet
        guard !wallet.nodes.isEmpty else { return "No [[wallet]] is configured.\n" }
        var lines = [statusRow("node", "kind", "state", "height", "latency", tone: nil, palette)]
        for node in wallet.nodes {
            lines.append(
                statusRow(
                    node.name, node.kind, node.state.rawValue, node.height.map(String.init) ?? "-",
                    node.latencyMilliseconds.map { "\($0) ms" } ?? "-", tone: node.state.tone, palette))
        }
        lines.append("")
        lines.append(
            wallet.quorumHeight.map { "Most nodes agree on height \($0)." }
                ?? "No height is agreed on: nodes are asked while a wallet is, or by `xmr-routed nodes test`.")
        for threat in document.threats where threat.contains("wallet.") {
            lines += "threat: \(threat)".oneLine.wrapped(to: StatusScreen.columns).map { palette.paint($0, .bad) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func statusRow(
        _ name: String, _ kind: String, _ state: String, _ height: String, _ latency: String, tone: Palette.Tone?,
        _ palette: Palette
    ) -> String {
        let shown = state.oneLine.cut(to: 10)
        return name.oneLine.cut(to: 20).padded(to: 22) + kind.oneLine.cut(to: 10).padded(to: 12)
            + (tone.map { palette.paint(shown, $0) } ?? shown) + "".padded(to: 12 - shown.columns)
            + height.oneLine.cut(to: 14).paddedLeft(to: 14) + latency.oneLine.cut(to: 14).paddedLeft(to: 14)
    }

    /// What a test of them found, each line ending in a newline.
    public static func render(_ document: NodeTestDocument, palette: Palette) -> String {
        guard !document.nodes.isEmpty else { return "No node was tested.\n" }
        var lines = [testRow(["node", "kind", "way", "TLS", "first byte", "height", "version", "fee/B"])]
        func time(_ milliseconds: UInt64?) -> String { milliseconds.map { "\($0) ms" } ?? "-" }
        for node in document.nodes {
            lines.append(
                testRow([
                    node.name, node.kind, time(node.wayMilliseconds), time(node.tlsMilliseconds),
                    time(node.firstByteMilliseconds), node.height.map(String.init) ?? "-", node.version ?? "-",
                    node.fee.map(String.init) ?? "-",
                ]))
            guard let problem = node.problem else { continue }
            lines += problem.oneLine.wrapped(to: StatusScreen.columns - 2).map { "  " + palette.paint($0, .bad) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// Names to the left, figures to the right.
    private static func testRow(_ cells: [String]) -> String {
        let widths = [18, 9, 9, 8, 11, 9, 8, 8]
        return zip(cells, widths).enumerated().map { place, cell in
            let text = cell.0.oneLine.cut(to: cell.1 - 1)
            return place < 2 ? text.padded(to: cell.1) : text.paddedLeft(to: cell.1)
        }.joined()
    }
}
