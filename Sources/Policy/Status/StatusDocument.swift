/// What the daemon tells about itself: `GET /v1/status` and `status --json`, schema 1. What is not known is nil,
/// which is written as null.
///
/// It names no destination, no transaction and no wallet's doings: a wallet's listener carries no counts, since
/// the times at which they move would say when money moved.
public struct StatusDocument: Hashable, Sendable {
    /// The schema this program writes and reads.
    public static let schema: UInt64 = 1

    /// The daemon's version.
    public var version: String
    /// How the whole stands.
    public var state: ProtectionState
    /// Why it stands so, in one sentence that names each cause.
    public var reason: String
    /// Seconds since the daemon started.
    public var uptimeSeconds: Double?
    /// The operator's lock and the guard.
    public var killSwitch: KillSwitchStatus
    /// Every configured way out, in the order of the configuration.
    public var egress: [EgressStatus]
    /// Every listener for the node and for wallets.
    public var listeners: [ListenerStatus]
    /// The published onion and I2P services.
    public var inbound: [InboundStatus]
    /// The nodes behind the wallet gateway.
    public var wallet: WalletStatus
    /// What works against the promise, each in one sentence.
    public var threats: [String]

    /// A document of these parts.
    public init(
        version: String, state: ProtectionState, reason: String, uptimeSeconds: Double?,
        killSwitch: KillSwitchStatus, egress: [EgressStatus] = [], listeners: [ListenerStatus] = [],
        inbound: [InboundStatus] = [], wallet: WalletStatus = WalletStatus(), threats: [String] = []
    ) {
        self.version = version
        self.state = state
        self.reason = reason
        self.uptimeSeconds = uptimeSeconds
        self.killSwitch = killSwitch
        self.egress = egress
        self.listeners = listeners
        self.inbound = inbound
        self.wallet = wallet
        self.threats = threats
    }
}

/// The operator's lock and what the guard in the kernel was proven to do.
public struct KillSwitchStatus: Hashable, Sendable {
    /// Whether nothing may pass until the operator unlocks; why stands in the document's `reason`.
    public var locked: Bool
    /// The guard.
    public var guardStatus: GuardStatus
    /// What the guard stopped of the confined users, by protocol and port.
    public var stopped: [StoppedPackets]

    /// A kill-switch of these parts.
    public init(locked: Bool, guardStatus: GuardStatus, stopped: [StoppedPackets] = []) {
        self.locked = locked
        self.guardStatus = guardStatus
        self.stopped = stopped
    }
}

/// The guard, as far as it was proven.
public struct GuardStatus: Hashable, Sendable {
    /// What is known of the guard.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Its ruleset was read back from the kernel within the last two seconds, and is the one that this
        /// configuration asks for; and no canary got past it.
        case enforcing
        /// It is required, and nothing proves that it enforces.
        case unproven
        /// It is switched off in the configuration: nothing holds anyone to this router.
        case off
    }

    /// What is known.
    public var state: State
    /// When it was last proven.
    public var provenAt: UTCTime?
    /// How often it had to put its table back. For the metrics, as the next: the document, whose keys are fixed, does not
    /// carry it.
    public var repairs: UInt64?
    /// When the last canary of each confined user ended, by his name.
    public var canaries: [String: UTCTime] = [:]

    /// A guard of this state.
    public init(state: State, provenAt: UTCTime? = nil, repairs: UInt64? = nil, canaries: [String: UTCTime] = [:]) {
        self.state = state
        self.provenAt = provenAt
        self.repairs = repairs
        self.canaries = canaries
    }

    /// Whether it enforces, and a time of proof stands behind that.
    public var isProven: Bool { state == .enforcing && provenAt != nil }
}
