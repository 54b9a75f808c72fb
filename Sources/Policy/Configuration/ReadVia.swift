internal import Protocols

extension ConfigurationReader {
    /// An entry's string as the egress through which `name` is reached.
    mutating func via(_ entry: TomlTable.Entry?, of name: String, _ declared: [String]) -> String? {
        guard let entry, let text = string(entry, "\(name).via") else { return nil }
        let others = declared.filter { $0 != name && $0 != "i2p" }
        let reason: String
        if text == name {
            reason = "is itself: name another egress, or take it out"
        } else if text == "i2p" {
            reason = "cannot be \"i2p\", which leads to I2P addresses only: name another egress, or take it out"
        } else if others.contains(text) {
            return text
        } else if let near = Suggestion.nearest(to: text, in: others) {
            reason = "names \(quoted(text)), which is not configured; did you mean \"\(near)\"?"
        } else {
            let mend = others.isEmpty ? "" : "name \(others.map { "\"\($0)\"" }.joined(separator: " or ")), or "
            reason = "names \(quoted(text)), which is not configured: \(mend)take it out"
        }
        complain("`\(name).via` \(reason)", at: entry.value.position)
        return nil
    }

    /// Refuses egresses that are reached through themselves, each loop once.
    mutating func refuseLoops(_ egresses: [EgressConfiguration], _ root: TomlTable) {
        var told: Set<String> = []
        for egress in egresses where !told.contains(egress.name) {
            var way = [egress.name]
            while let next = egresses.first(where: { $0.name == way.last })?.via {
                guard let start = way.firstIndex(of: next) else {
                    way.append(next)
                    continue
                }
                let loop = way[start...]
                if told.isDisjoint(with: loop), let first = loop.first {
                    complain(
                        "`\(first).via` leads back to itself, \((loop + [next]).joined(separator: " via ")): "
                            + "take one `via` out", at: place(ofVia: first, root))
                }
                told.formUnion(loop)
                break
            }
        }
    }

    private func place(ofVia name: String, _ root: TomlTable) -> TomlPosition {
        var table = root
        for part in name.split(separator: ".", maxSplits: 1) {
            guard case .table(let inner)? = table[String(part)]?.value.content else { return .start }
            table = inner
        }
        return table["via"]?.value.position ?? .start
    }
}
