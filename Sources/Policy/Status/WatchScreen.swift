public import Protocols

/// What `xmr-routed status --watch` shows: one screen of 80 columns and 24 rows, drawn over the one before.
///
/// Fed with documents and the times they were read at; it has no clock and no terminal.
public struct WatchScreen: Hashable, Sendable {
    /// The rows of a screen.
    public static let rows = 24

    private let palette: Palette
    private let unicode: Bool
    private var history = TrafficHistory()
    private var lastAnswer: Instant?

    /// A screen that has shown nothing yet.
    ///
    /// - Parameters:
    ///   - palette: its colours.
    ///   - unicode: whether the terminal reads UTF-8, for the graph.
    public init(palette: Palette, unicode: Bool) {
        self.palette = palette
        self.unicode = unicode
    }

    /// The bytes to write for a document that was read at this time: they go to the screen's first row, draw each
    /// row to its end and clear what is left below.
    public mutating func show(_ document: StatusDocument, at time: Instant) -> String {
        history.record(document, at: time)
        lastAnswer = time
        var head = cropped(StatusScreen.headline(document.borneOut, palette: palette), to: 3, "the reason goes on")
        head.append("")
        head += killSwitch(document.killSwitch)
        head += egress(document.egress)
        head.append("")
        head += traffic(at: time)
        head.append(row("peers", ZonePeers.words(document)))
        head.append("")
        var tail = wallet(document.wallet)
        if !document.threats.isEmpty {
            tail += cropped(document.threats.map { palette.paint(row("threat", $0), .bad) }, to: 3, "more threats")
        }
        tail.append(row("daemon", StatusScreen.daemonLine(document)))
        let listeners = listeners(document.listeners)
        let services = inbound(document.inbound, room: Self.rows - head.count - tail.count - listeners.count)
        let room = Self.rows - head.count - services.count - tail.count
        return Self.draw(head + cropped(listeners, to: room, "more listeners") + services + tail)
    }

    /// The bytes to write when nothing answered at this time. Nothing of what was shown before is left standing.
    ///
    /// - Parameters:
    ///   - path: the control socket that was asked.
    ///   - problem: what went wrong, where more is known than that nobody answers.
    public mutating func showMissing(path: String, problem: String? = nil, at time: Instant) -> String {
        history.interrupt()
        let sentence = problem ?? "no daemon answers at \(path): is it running? systemctl status xmr-routed"
        var lines = "NO ANSWER: \(sentence)".oneLine.wrapped(to: StatusScreen.columns - 2).enumerated().map {
            $0 == 0 ? palette.paint($1, .bad) : "  " + palette.paint($1, .bad)
        }
        if let lastAnswer {
            lines += [
                "", "The last answer came \(HumanUnits.time(Double((time - lastAnswer).milliseconds) / 1000)) ago.",
            ]
        }
        return Self.draw(lines)
    }

    private static func draw(_ lines: [String]) -> String {
        "\u{1b}[H" + lines.prefix(rows).map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J"
    }

    private func row(_ name: String, _ text: String) -> String {
        name.padded(to: StatusScreen.margin) + text.oneLine.cut(to: StatusScreen.columns - StatusScreen.margin)
    }

    /// At most this many of the lines, the last of them saying how many are left out.
    private func cropped(_ lines: [String], to most: Int, _ what: String) -> [String] {
        guard lines.count > most else { return lines }
        return lines.prefix(max(most - 1, 0)) + ["  ... and \(lines.count - max(most - 1, 0)) lines: \(what)"]
    }

    /// Lock and guard, and the ledger of what the guard stopped.
    private func killSwitch(_ status: KillSwitchStatus) -> [String] {
        let (lock, lockTone) =
            status.locked ? ("LOCKED", Palette.Tone.bad) : ("not locked", Palette.Tone.good)
        let guardLine = StatusScreen.guardLine(status.guardStatus)
        let room = StatusScreen.columns - StatusScreen.margin - lock.count - 2
        let ledger = status.stopped.isEmpty ? "nothing" : StoppedPackets.summary(of: status.stopped)
        return [
            "kill-switch".padded(to: StatusScreen.margin) + palette.paint(lock, lockTone) + "; "
                + palette.paint(guardLine.text.cut(to: room), guardLine.tone),
            row("stopped", ledger),
        ]
    }

    private func egress(_ all: [EgressStatus]) -> [String] {
        guard !all.isEmpty else { return [row("egress", "none: nothing can pass")] }
        // Those that are not ready first: they are what is looked for.
        let sorted = all.filter { $0.state != .ready } + all.filter { $0.state == .ready }
        let rows = sorted.enumerated().map { index, egress in
            let name = egress.name.oneLine.cut(to: 20).padded(to: 12) + "  "
            let state = egress.state.rawValue
            let room = StatusScreen.columns - StatusScreen.margin - name.columns - 10
            return (index == 0 ? "egress" : "").padded(to: StatusScreen.margin) + name
                + palette.paint(state, egress.state.tone) + "".padded(to: 10 - state.count)
                + egress.detail.oneLine.cut(to: room)
        }
        return cropped(rows, to: 5, "more egresses")
    }

    private func traffic(at time: Instant) -> [String] {
        let minute = history.lastMinute(until: time)
        func line(_ name: String, _ direction: KeyPath<TrafficHistory.Rate, Double>) -> String {
            let rate = HumanUnits.rate(history.total?[keyPath: direction]).paddedLeft(to: 12)
            let graph = Sparkline.text(minute.map { $0?[keyPath: direction] }, unicode: unicode)
            return name.padded(to: 5) + rate + "  " + graph
        }
        return [line("up", \.up), line("down", \.down)]
    }

    private func listeners(_ all: [ListenerStatus]) -> [String] {
        guard !all.isEmpty else { return [] }
        func columns(
            _ name: String, _ open: String, _ accepted: String, _ refused: String, _ up: String, _ down: String
        )
            -> String
        {
            name.cut(to: 20).padded(to: 20) + open.paddedLeft(to: 8) + accepted.paddedLeft(to: 12)
                + refused.paddedLeft(to: 12) + up.paddedLeft(to: 13) + down.paddedLeft(to: 13)
        }
        let rows = all.map(\.withoutWalletCounts).map { listener in
            let refused = listener.refused.values.reduce(UInt64(0)) { $0 &+ $1 }
            let rate = history.rates[listener.name]
            return columns(
                listener.name.oneLine, listener.open.map(String.init) ?? "-",
                listener.accepted.map(String.init) ?? "-", listener.isWallet ? "-" : String(refused),
                HumanUnits.rate(rate?.up), HumanUnits.rate(rate?.down))
        }
        return [columns("listener", "open", "accepted", "refused", "up", "down")] + rows.map { $0.cut(to: 80) } + [""]
    }

    /// The published services: a row each where there is room, else how many of them are.
    private func inbound(_ services: [InboundStatus], room: Int) -> [String] {
        guard !services.isEmpty else { return [] }
        guard services.count <= room else {
            let published = services.count { $0.published == true }
            let missing = services.filter { $0.published != true }.map(\.name.oneLine)
            let rest = missing.isEmpty ? "" : ", not \(missing.joined(separator: ", "))"
            return [row("inbound", "\(published) of \(services.count) published\(rest)")]
        }
        return services.enumerated().map { place, service in
            let (word, tone) = service.standing
            let name = service.name.oneLine.cut(to: 12).padded(to: 12) + "  "
            let more = (service.detail ?? service.address ?? "").oneLine
            let space = StatusScreen.columns - StatusScreen.margin - name.columns - word.count - 2
            return (place == 0 ? "inbound" : "").padded(to: StatusScreen.margin) + name + palette.paint(word, tone)
                + (more.isEmpty ? "" : "  " + more.cut(to: space))
        }
    }

    private func wallet(_ wallet: WalletStatus) -> [String] {
        guard !wallet.nodes.isEmpty else { return [] }
        let ready = wallet.nodes.count { $0.state == .ready }
        let height = wallet.quorumHeight.map { ", agreed height \($0)" } ?? ", no agreed height"
        return [row("wallet", "\(ready) of \(wallet.nodes.count) nodes ready\(height)")]
    }
}
