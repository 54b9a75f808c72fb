internal import Protocols

extension ConfigurationReader {
    /// The longest `hold`: monerod waits 45 s in all for a SOCKS connect, and the dial must fit as well.
    private static var longestHold: Duration { .seconds(44) }

    /// `[route]`. What is not configured is blocked: only a `[tor]` and an `[i2p]` that stand are defaults.
    mutating func readRoute(_ root: TomlTable, network: MoneroNetwork, declared: [String]) -> RouteConfiguration {
        let table = table(root["route"], KnownKeys.route) ?? TomlTable()
        let usual: RouteTarget = declared.contains("tor") ? .egress("tor") : .block
        return RouteConfiguration(
            onion: target(table["onion"], "route.onion", declared) ?? usual,
            i2p: target(table["i2p"], "route.i2p", declared) ?? (declared.contains("i2p") ? .egress("i2p") : .block),
            clearnet: target(table["clearnet"], "route.clearnet", declared) ?? usual,
            isolation: choice(table["isolation"], "route.isolation", IsolationScope.self) ?? .peer,
            hold: hold(table["hold"]) ?? .seconds(30),
            allowsPrivate: boolean(table["private"], "route.private") ?? (network == .regtest))
    }

    /// An entry's string as the name of an egress of this file, or "block".
    private mutating func target(_ entry: TomlTable.Entry?, _ path: String, _ declared: [String]) -> RouteTarget? {
        guard let entry, let text = string(entry, path) else { return nil }
        if text == "block" { return .block }
        if let reason = Self.reasonAgainst(text, path) {
            complain("`\(path)` cannot be \(quoted(text)): \(reason), or \"block\"", at: entry.value.position)
            return nil
        }
        if declared.contains(text) { return .egress(text) }
        complain("`\(path)` \(complaint(text, declared))", at: entry.value.position)
        return nil
    }

    /// Why no egress of this kind can carry what this route is for; nil where it can.
    private static func reasonAgainst(_ egress: String, _ path: String) -> String? {
        switch (path, egress) {
        case ("route.i2p", "tor"):
            "Tor would have an exit look the name up; name \"i2p\", or a \"proxy.NAME\" that speaks SOCKS5 to I2P"
        case ("route.onion", "i2p"), ("route.clearnet", "i2p"):
            "I2P leads to I2P addresses only; name \"tor\" or a \"proxy.NAME\""
        case ("route.i2p", _) where egress.hasPrefix("vpn."):
            "a VPN leads to no I2P address; name \"i2p\", or a \"proxy.NAME\" that speaks SOCKS5 to I2P"
        case ("route.onion", _) where egress.hasPrefix("vpn."):
            "a VPN leads to no onion address; name \"tor\" or a \"proxy.NAME\" that speaks SOCKS5 to Tor"
        default: nil
        }
    }

    private func complaint(_ text: String, _ declared: [String]) -> String {
        if let near = Suggestion.nearest(to: text, in: declared + ["block"]) {
            return "names \(quoted(text)), which is not configured; did you mean \"\(near)\"?"
        }
        let isTable =
            text == "tor" || text == "i2p" || text.hasPrefix("proxy.") && text.utf8.count > 6
            || text.hasPrefix("vpn.") && text.utf8.count > 4
        let mend = isTable ? "add [\(text.printable(limit: 80))], or name" : "name"
        let names = (declared + ["block"]).map { "\"\($0)\"" }.joined(separator: " or ")
        return "names \(quoted(text)), which is not configured: \(mend) \(names)"
    }

    private mutating func hold(_ entry: TomlTable.Entry?) -> Duration? {
        guard let entry else { return nil }
        switch entry.value.content {
        case .integer(let number) where number >= 0:
            complain("`route.hold` has no unit: write \"\(number)s\" for seconds", at: entry.value.position)
            return nil
        case .integer, .float:
            complain("`route.hold` must be a duration such as \"30s\", not a number", at: entry.value.position)
            return nil
        default: break
        }
        guard let text = string(entry, "route.hold") else { return nil }
        do {
            let duration = try DurationText.read(text)
            if duration <= Self.longestHold { return duration }
            complain(
                "`route.hold` is longer than 44s, \(quoted(text)): monerod waits 45 s for a connect, write less",
                at: entry.value.position)
        } catch {
            let reason =
                switch error {
                case .noUnit: "has no unit, \(quoted(text)): write ms, s, m or h after the number, such as \"30s\""
                case .negative: "is negative, \(quoted(text)): write 0s to 44s"
                case .overOneDay: "is over a day, \(quoted(text)): write 0s to 44s"
                case .malformed: "is no duration, \(quoted(text)): write a whole number and its unit, such as \"30s\""
                }
            complain("`route.hold` \(reason)", at: entry.value.position)
        }
        return nil
    }
}
