/// What `xmr-routed status` prints: the verdict first, then what it rests on. It fits 80 columns, names no
/// destination, and says nothing that was not proven.
public struct StatusScreen {
    /// The columns that every line fits in.
    public static let columns = 80
    /// Where the text begins to the right of a section's name. An onion address with its port has 68 characters,
    /// which is what remains.
    static let margin = 12

    /// As many destinations are shown of what was stopped, where they are told at all.
    private static let mostDestinations = 16

    private let palette: Palette
    private var lines: [String] = []

    private init(palette: Palette) {
        self.palette = palette
    }

    /// The screen of a document, each line ending in a newline.
    public static func render(_ document: StatusDocument, palette: Palette) -> String {
        var screen = StatusScreen(palette: palette)
        screen.lines = headline(document.borneOut, palette: palette)
        screen.section("kill-switch", screen.killSwitch(document.killSwitch))
        screen.section("egress", screen.egress(document.egress))
        screen.section("listeners", document.listeners.flatMap(screen.listener))
        screen.section("inbound", document.inbound.flatMap(screen.inbound))
        screen.section("wallet", screen.wallet(document.wallet))
        screen.section("threats", document.threats.flatMap { screen.hanging($0, after: "") })
        screen.section("daemon", screen.hanging(daemonLine(document), after: ""))
        return screen.lines.map { $0 + "\n" }.joined()
    }

    /// The verdict in capitals and its reason.
    static func headline(_ verdict: StatusVerdict, palette: Palette) -> [String] {
        let word = verdict.state.rawValue.uppercased()
        let wrapped = "\(word): \(verdict.reason)".oneLine.wrapped(to: columns - 2)
        return wrapped.enumerated().map { index, line in
            index == 0 ? palette.paint(word, verdict.state.tone) + line.dropFirst(word.count) : "  " + line
        }
    }

    /// What the screen says of the guard.
    static func guardLine(_ status: GuardStatus) -> (text: String, tone: Palette.Tone) {
        switch (status.state, status.provenAt) {
        case (.enforcing, let time?): ("guard enforcing, proven at \(time)", .good)
        case (.enforcing, nil): ("guard not proven: it says that it enforces, but gives no time of proof", .bad)
        case (.unproven, _): ("guard required and not proven", .bad)
        case (.off, _): ("guard off: nothing holds anyone to this router", .bad)
        }
    }

    /// What the screen says of the operator's lock.
    static func lockLine(locked: Bool) -> (text: String, tone: Palette.Tone) {
        locked ? ("LOCKED: nothing passes the router until \"xmr-routed unlock\"", .bad) : ("not locked", .good)
    }

    /// What the screen says of the daemon itself.
    static func daemonLine(_ document: StatusDocument) -> String {
        "version \(document.version), up \(HumanUnits.time(document.uptimeSeconds))"
    }

    private mutating func section(_ name: String, _ content: [String]) {
        guard !content.isEmpty else { return }
        lines.append("")
        for (index, line) in content.enumerated() {
            lines.append((index == 0 ? name : "").padded(to: Self.margin) + line)
        }
    }

    /// A text wrapped behind a prefix; its further lines stand under its first. Where the prefix leaves too little
    /// room, all of the text stands in lines of its own.
    private func hanging(_ text: String, after prefix: String, painted: String? = nil) -> [String] {
        let room = Self.columns - Self.margin
        let text = text.oneLine
        guard !text.isEmpty else { return [painted ?? prefix] }
        let indent = prefix.columns
        guard room - indent >= 24 else {
            return [painted ?? prefix] + text.wrapped(to: room - 2).map { "  " + $0 }
        }
        return text.wrapped(to: room - indent).enumerated().map { index, line in
            (index == 0 ? painted ?? prefix : String(repeating: " ", count: indent)) + line
        }
    }

    private func killSwitch(_ status: KillSwitchStatus) -> [String] {
        let lock = Self.lockLine(locked: status.locked)
        let guardLine = Self.guardLine(status.guardStatus)
        return [palette.paint(lock.text, lock.tone)]
            + hanging(guardLine.text, after: "").map { palette.paint($0, guardLine.tone) }
            + (status.stopped.isEmpty
                ? [] : hanging("stopped " + StoppedPackets.summary(of: status.stopped), after: ""))
            + status.stopped.filter { $0.destination != nil }.prefix(Self.mostDestinations).flatMap { stopped in
                hanging("\(stopped.packets) \(stopped.words), \(stopped.destination ?? "")", after: "  ")
            }
    }

    private func egress(_ all: [EgressStatus]) -> [String] {
        guard !all.isEmpty else { return ["none: nothing can pass"] }
        let width = min(all.map(\.name.oneLine.columns).max() ?? 0, 24)
        return all.flatMap { egress in
            let name = egress.name.oneLine.cut(to: 40).padded(to: width) + "  "
            let state = egress.state.rawValue
            let gap = "".padded(to: 10 - state.count)
            return hanging(
                egress.detail, after: name + state + gap,
                painted: name + palette.paint(state, egress.state.tone) + gap)
        }
    }

    private func listener(_ listener: ListenerStatus) -> [String] {
        let shown = listener.withoutWalletCounts
        var rows = hanging(shown.address, after: shown.name.oneLine.cut(to: 40).padded(to: 16) + "  ")
        let counts = [
            shown.open.map { "\($0) open" }, shown.accepted.map { "\($0) accepted" },
            shown.bytesUp.map { "\(HumanUnits.bytes($0)) up" }, shown.bytesDown.map { "\(HumanUnits.bytes($0)) down" },
        ].compactMap { $0 }
        if !counts.isEmpty { rows += hanging(counts.joined(separator: ", "), after: "  ") }
        let refused = shown.refused.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        if !refused.isEmpty {
            let reasons = refused.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            rows += hanging(reasons, after: "  refused: ")
        }
        return rows
    }

    private func inbound(_ service: InboundStatus) -> [String] {
        let (word, tone) = service.standing
        let name = service.name.oneLine.cut(to: 40).padded(to: 16) + "  "
        return [name + palette.paint(word, tone)] + (service.detail.map { hanging($0, after: "  ") } ?? [])
            + (service.address.map { hanging($0, after: "") } ?? [])
    }

    private func wallet(_ wallet: WalletStatus) -> [String] {
        guard !wallet.nodes.isEmpty else { return [] }
        let height = wallet.quorumHeight.map { "most nodes agree on height \($0)" } ?? "no height is agreed on yet"
        return [height]
            + wallet.nodes.flatMap { node in
                let name = node.name.oneLine.cut(to: 30).padded(to: 16) + "  "
                let state = node.state.rawValue
                let gap = "".padded(to: 10 - state.count)
                let details = [
                    node.kind, node.height.map { "height \($0)" }, node.latencyMilliseconds.map { "\($0) ms" },
                ].compactMap { $0 }
                return hanging(
                    details.joined(separator: ", "), after: name + state + gap,
                    painted: name + palette.paint(state, node.state.tone) + gap)
            }
    }
}
