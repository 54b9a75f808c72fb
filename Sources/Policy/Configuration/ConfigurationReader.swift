public import Protocols

extension Configuration {
    /// Reads a configuration strictly: an unknown key, a value out of range, a name that stands for nothing are
    /// each refused, with the place and the mend, and all of them at once.
    ///
    /// - Parameters:
    ///   - tree: the file's root table.
    ///   - context: what the world must be asked for.
    /// - Returns: the configuration, or every problem that was found.
    public static func read(
        _ tree: TomlTable, context: ConfigurationContext
    ) -> Result<Configuration, ConfigurationProblems> {
        var reader = ConfigurationReader(context: context)
        let configuration = reader.read(tree)
        return reader.problems.isEmpty ? .success(configuration) : .failure(ConfigurationProblems(reader.problems))
    }
}

/// Walks the tree and collects what is wrong. What it answers is a configuration only if nothing was.
struct ConfigurationReader {
    let context: ConfigurationContext
    var problems: [ConfigurationProblem] = []

    init(context: ConfigurationContext) {
        self.context = context
    }

    mutating func read(_ root: TomlTable) -> Configuration {
        checkKeys(of: root, KnownKeys.top)
        let network = choice(root["network"], "network", MoneroNetwork.self) ?? .mainnet
        let declared = declaredEgresses(root)
        let egresses = readEgresses(root, network: network, declared: declared)
        let route = readRoute(root, network: network, declared: declared)
        let node = readNode(root, egresses: egresses)
        let wallets = readWallets(
            root["wallet"], WalletSurroundings(egresses: egresses, route: route, node: node))
        let inbound = readInbound(
            root, InboundSurroundings(declared: declared, egresses: egresses, node: node, wallets: wallets))
        let killSwitch = readKillSwitch(root, node: node, wallets: wallets)
        let control = readControl(root)
        let log = readLog(root)
        return Configuration(
            network: network, egresses: egresses, route: route, node: node, inbound: inbound, wallets: wallets,
            killSwitch: killSwitch, control: control, log: log)
    }

    mutating func complain(_ message: String, at position: TomlPosition) {
        problems.append(ConfigurationProblem(message, at: position))
    }

    /// Refuses every key that `table` does not have, or not yet.
    mutating func checkKeys(of table: TomlTable, _ known: KnownKeys.Table) {
        for entry in table.entries where !known.built.contains(entry.key) {
            guard known.later.contains(entry.key) else {
                complain(KnownKeys.complaint(entry.key, in: known), at: entry.position)
                continue
            }
            complain("`\(known.path(entry.key))` is not in this version: take it out", at: entry.position)
        }
    }

    /// The table of this entry, with its keys checked; nil where there is none or it is something else.
    mutating func table(_ entry: TomlTable.Entry?, _ known: KnownKeys.Table) -> TomlTable? {
        guard let entry else { return nil }
        guard case .table(let table) = entry.value.content else {
            complain("`\(known.name)` must be a table, [\(known.name)], not \(entry.value.kind)", at: entry.position)
            return nil
        }
        checkKeys(of: table, known)
        return table
    }

    /// An entry's string; nil where there is none or it is something else.
    mutating func string(_ entry: TomlTable.Entry?, _ path: String) -> String? {
        guard let entry else { return nil }
        guard case .string(let text) = entry.value.content else {
            complain("`\(path)` must be a string in quotes, not \(entry.value.kind)", at: entry.value.position)
            return nil
        }
        return text
    }

    /// An entry's boolean; nil where there is none or it is something else.
    mutating func boolean(_ entry: TomlTable.Entry?, _ path: String) -> Bool? {
        guard let entry else { return nil }
        guard case .boolean(let value) = entry.value.content else {
            complain("`\(path)` must be true or false, not \(entry.value.kind)", at: entry.value.position)
            return nil
        }
        return value
    }

    /// An entry's string as one of a few words; nil where there is none or it is another.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ entry: TomlTable.Entry?, _ path: String, _: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let entry, let text = string(entry, path) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        let mend =
            Suggestion.nearest(to: text, in: words).map { "; did you mean \"\($0)\"?" }
            ?? ": write \(words.map { "\"\($0)\"" }.joined(separator: " or "))"
        complain("`\(path)` cannot be \(quoted(text))\(mend)", at: entry.value.position)
        return nil
    }

    /// A value of the file as a message shows it: in quotes, and not too long.
    func quoted(_ text: String) -> String {
        "\"\(text.printable(limit: 80))\""
    }
}
