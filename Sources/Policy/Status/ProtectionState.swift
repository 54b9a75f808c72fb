/// How the whole stands: the first of `blocked`, `unguarded`, `degraded`, `protected` that holds.
public enum ProtectionState: String, Hashable, Sendable, CaseIterable {
    /// All that is configured is proven.
    case protected
    /// Some of what is configured is not ready; the rest is protected.
    case degraded
    /// Nothing passes the router.
    case blocked
    /// The router fails closed, but the guard is off: nothing holds anyone to this router.
    case unguarded

    /// What `xmr-routed status` exits with.
    public var exitCode: Int32 {
        switch self {
        case .protected: 0
        case .degraded: 1
        case .blocked: 2
        case .unguarded: 3
        }
    }

    /// What `xmr-routed status` exits with where no daemon answers, or it may not be asked.
    public static let noDaemonExitCode: Int32 = 4
}

/// How far an egress, or a node of a wallet, is from carrying traffic.
public enum Readiness: String, Hashable, Sendable, CaseIterable {
    /// Not tried to the end yet: a Tor that is bootstrapping, a proxy not probed.
    case starting
    /// Proven: its own probe or control port says that it carries traffic now.
    case ready
    /// It answers, but does not carry traffic.
    case failing
    /// It does not answer.
    case down
}
