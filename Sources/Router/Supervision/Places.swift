import EventLoop

/// Where things are, for the router and for the commands that ask it.
public enum Places {
    private static let packagedSocket = "/run/xmr-routed/control.sock"

    /// Where the packaged guard speaks.
    public static let guardSocket = "/run/xmr-routed-guard/guard.sock"

    /// The control socket that a router makes: what the configuration says, else one of the user's own, else the
    /// packaged one.
    public static func controlSocket(configured: String?) -> String {
        configured ?? usersOwnSocket ?? packagedSocket
    }

    /// The control socket that a command asks: what its option says, else the file in force, else that of the
    /// user's own router where one is, else the packaged one.
    public static func controlSocketToAsk(option: String?, configured: String?) -> String {
        if let given = option ?? configured { return given }
        if let own = usersOwnSocket, Files.kind(of: own) == .socket { return own }
        return packagedSocket
    }

    private static var usersOwnSocket: String? {
        guard ThisProcess.user != 0, let runtime = ThisProcess.environment("XDG_RUNTIME_DIR") else { return nil }
        return runtime + "/xmr-routed/control.sock"
    }

    /// Where the lock is kept.
    ///
    /// - Throws: a sentence when nothing says where.
    public static func stateDirectory() throws(StartFailure) -> String {
        // systemd names several directories with colons between them; ours is the first.
        if let given = ThisProcess.environment("STATE_DIRECTORY") {
            return String(given.prefix { $0 != ":" })
        }
        if ThisProcess.user == 0 { return "/var/lib/xmr-routed" }
        if let home = ThisProcess.environment("XDG_STATE_HOME") { return home + "/xmr-routed" }
        if let home = ThisProcess.environment("HOME") { return home + "/.local/state/xmr-routed" }
        throw StartFailure("nowhere to keep the lock: set STATE_DIRECTORY, or HOME")
    }
}
