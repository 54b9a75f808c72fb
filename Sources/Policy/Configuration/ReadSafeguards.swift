internal import Protocols

extension ConfigurationReader {
    /// `[kill-switch]`. A guard that is required and has nobody to confine would promise what it cannot hold.
    mutating func readKillSwitch(
        _ root: TomlTable, node: NodeConfiguration, wallets: [WalletConfiguration]
    ) -> KillSwitchConfiguration {
        let table = table(root["kill-switch"], KnownKeys.killSwitch)
        let mode =
            choice(table?["guard"], "kill-switch.guard", KillSwitchConfiguration.GuardMode.self) ?? .required
        let confine = readConfine(table?["confine"], node: node, wallets: wallets)
        if mode == .required, confine.isEmpty, !namesUser(root) {
            let place = table?["guard"]?.value.position ?? root["node"]?.position ?? .start
            complain(
                "the guard is required but has nobody to confine: set `user` in [node] to the node's user, "
                    + "or `guard = \"off\"` in [kill-switch]", at: place)
        }
        sayWhatNeedsTheGuard(root, mode)
        return KillSwitchConfiguration(guardMode: mode, confine: confine)
    }

    /// Without the guard nobody sends strays or questions for names here: the key would promise what is not done.
    private mutating func sayWhatNeedsTheGuard(_ root: TomlTable, _ mode: KillSwitchConfiguration.GuardMode) {
        guard case .table(let node)? = root["node"]?.value.content else { return }
        for (key, idle) in [("strays", "count"), ("dns", "block")] {
            guard let entry = node[key], entry.value.content != .string(idle) else { continue }
            if mode == .off {
                complain(
                    "`node.\(key)` is done by the guard, which is off: take it out, or set `guard = \"required\"` in "
                        + "[kill-switch]", at: entry.position)
            } else if node["user"] == nil {
                complain("`node.\(key)` needs `node.user`, whose packets it is about: set it", at: entry.position)
            }
        }
    }

    /// Whether the file names the node's user; if wrongly, that is said already.
    private func namesUser(_ root: TomlTable) -> Bool {
        guard case .table(let node)? = root["node"]?.value.content else { return root["node"] != nil }
        return node["user"] != nil
    }

    /// `[control]`.
    mutating func readControl(_ root: TomlTable) -> ControlConfiguration {
        guard let entry = table(root["control"], KnownKeys.control)?["socket"],
            let path = string(entry, "control.socket")
        else { return ControlConfiguration() }
        guard path.hasPrefix("/"), path.utf8.count <= 107, path.printable(limit: 107) == path else {
            complain(
                "`control.socket` must be an absolute path of at most 107 printable bytes, not \(quoted(path)): "
                    + "write such as \"/run/xmr-routed/control.sock\"", at: entry.value.position)
            return ControlConfiguration()
        }
        return ControlConfiguration(socket: path)
    }

    /// `[log]`.
    mutating func readLog(_ root: TomlTable) -> LogConfiguration {
        let table = table(root["log"], KnownKeys.log)
        return LogConfiguration(destinations: boolean(table?["destinations"], "log.destinations") ?? false)
    }
}
