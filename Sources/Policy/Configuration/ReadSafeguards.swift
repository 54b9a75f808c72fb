internal import Protocols

extension ConfigurationReader {
    /// `[kill-switch]`. A guard that is required and has nobody to confine would promise what it cannot hold.
    mutating func readKillSwitch(_ root: TomlTable) -> KillSwitchConfiguration {
        let table = table(root["kill-switch"], KnownKeys.killSwitch)
        let mode =
            choice(table?["guard"], "kill-switch.guard", KillSwitchConfiguration.GuardMode.self) ?? .required
        if mode == .required, !namesUser(root) {
            let place = table?["guard"]?.value.position ?? root["node"]?.position ?? .start
            complain(
                "the guard is required but has nobody to confine: set `user` in [node] to the node's user, "
                    + "or `guard = \"off\"` in [kill-switch]", at: place)
        }
        return KillSwitchConfiguration(guardMode: mode)
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
