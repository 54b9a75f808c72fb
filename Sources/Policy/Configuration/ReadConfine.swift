internal import Protocols

extension ConfigurationReader {
    /// `[[kill-switch.confine]]`: further users, held to listeners of ours.
    ///
    /// - Parameter node: whose user and listeners these are told apart from, and name.
    mutating func readConfine(_ entry: TomlTable.Entry?, node: NodeConfiguration) -> [ConfinedUserConfiguration] {
        guard let entry else { return [] }
        guard case .array(let values) = entry.value.content else {
            complain(
                "`kill-switch.confine` must be an array of tables, [[kill-switch.confine]], not \(entry.value.kind)",
                at: entry.position)
            return []
        }
        if values.count > 16 {
            complain("more than 16 users to confine: take some out", at: entry.position)
        }
        var found: [ConfinedUserConfiguration] = []
        for value in values.prefix(16) {
            guard case .table(let table) = value.content else {
                complain("`kill-switch.confine` holds tables, not \(value.kind)", at: value.position)
                continue
            }
            checkKeys(of: table, KnownKeys.confine)
            guard table["user"] != nil else {
                complain("[[kill-switch.confine]] names nobody: set `user`", at: value.position)
                continue
            }
            let listeners = confinedListeners(table["listeners"], node)
            guard let user = confinedUser(table["user"], "kill-switch.confine.user"),
                let place = table["user"]?.value.position
            else { continue }
            if user == node.user {
                complain("\(quoted(user)) is `node.user` already, whom the guard confines: take this out", at: place)
            } else if found.contains(where: { $0.user == user }) {
                complain("\(quoted(user)) is confined already: put all its listeners in one table", at: place)
            } else {
                found.append(ConfinedUserConfiguration(user: user, listeners: listeners))
            }
        }
        return found
    }

    private mutating func confinedListeners(_ entry: TomlTable.Entry?, _ node: NodeConfiguration) -> [String] {
        guard let entry else { return [] }
        guard case .array(let values) = entry.value.content else {
            complain(
                "`kill-switch.confine.listeners` must be an array of names, such as [\"node.proxy\"], not "
                    + entry.value.kind, at: entry.value.position)
            return []
        }
        let known = node.listeners.map(\.name)
        var names: [String] = []
        for value in values {
            guard case .string(let name) = value.content else {
                complain("`kill-switch.confine.listeners` holds names in quotes, not \(value.kind)", at: value.position)
                continue
            }
            guard known.contains(name) else {
                let mend =
                    known.isEmpty ? "there is none" : "there is " + known.map { "\"\($0)\"" }.joined(separator: ", ")
                complain("no listener is called \(quoted(name)): \(mend)", at: value.position)
                continue
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
