internal import Protocols

extension ConfigurationReader {
    /// `[[kill-switch.confine]]`: further users, held to listeners of ours.
    ///
    /// - Parameters:
    ///   - node: whose user and listeners these are told apart from, and name.
    ///   - wallets: whose listeners these name.
    mutating func readConfine(
        _ entry: TomlTable.Entry?, node: NodeConfiguration, wallets: [WalletConfiguration]
    ) -> [ConfinedUserConfiguration] {
        guard let entry else { return [] }
        var found: [ConfinedUserConfiguration] = []
        for (table, header) in tables(entry, "kill-switch.confine", most: 16, "users to confine") {
            checkKeys(of: table, KnownKeys.confine)
            guard table["user"] != nil else {
                complain("[[kill-switch.confine]] names nobody: set `user`", at: header)
                continue
            }
            let listeners = confinedListeners(table["listeners"], node, wallets)
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

    private mutating func confinedListeners(
        _ entry: TomlTable.Entry?, _ node: NodeConfiguration, _ wallets: [WalletConfiguration]
    ) -> [String] {
        guard let entry else { return [] }
        guard case .array(let values) = entry.value.content else {
            complain(
                "`kill-switch.confine.listeners` must be an array of names, such as [\"node.proxy\"], not "
                    + entry.value.kind, at: entry.value.position)
            return []
        }
        let known = node.listeners.map(\.name) + wallets.indices.map { "wallet.\($0)" }
        // The guard lets nobody it holds reach an address outside loopback, this machine's own neither.
        let outside = Set(
            wallets.indices.filter { wallets[$0].isOutsideLoopback }.map { "wallet.\($0)" })
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
            guard !outside.contains(name) else {
                complain(
                    "\(quoted(name)) listens outside loopback, where the guard lets nobody whom it holds go: "
                        + "name a listener on 127.0.0.1", at: value.position)
                continue
            }
            if !names.contains(name) { names.append(name) }
        }
        return names
    }
}
