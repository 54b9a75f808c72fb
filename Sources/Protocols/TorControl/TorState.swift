/// What is known of a Tor by its control port, and what follows from it.
public struct TorState: Hashable, Sendable {
    /// Whether streams can be given to it.
    public enum Readiness: Hashable, Sendable {
        /// On its way: nothing is wrong, and it is not there yet.
        case starting
        /// Bootstrapped, with circuits, and the network is not down.
        case ready
        /// Something is wrong; `detail` says what, and the mend.
        case failing
    }

    /// Why Tor says that it has no circuit.
    public enum CircuitLoss: Hashable, Sendable {
        /// Its clock jumped by so many seconds, so it gave its circuits up.
        case clockJumped(Int64)
        /// It had no time to run for so many seconds (the machine slept), so it gave its circuits up.
        case slept(Int64)
        /// It has too few relay descriptors.
        case directory
        /// No directory server can be reached.
        case unreachable
    }

    /// "0.4.9.11", or longer.
    public var version: String?
    /// The bootstrap phase.
    public var bootstrap: TorBootstrap?
    /// Whether it has built a circuit and believes that it can build more.
    public var circuitEstablished: Bool?
    /// Whether it was so at any time since we asked: before its first circuit a Tor is on its way, later it has lost it.
    var hasHadCircuit = false
    /// Why not.
    public var circuitLoss: CircuitLoss?
    /// Whether the network works: what comes from relays says so.
    public var networkLive: Bool?
    /// How many connections to relays failed in a row, up to five. One that stands ends the row.
    public var relayFailures = 0
    /// Tor's keyword for the last of these failures ("CONNECTREFUSED").
    public var relayFailure = ""
    /// Whether any connection to a relay stands; nil where nobody has asked, as nothing had failed.
    public var relayConnected: Bool?
    /// Seconds that this machine's clock is ahead of the Tor network's; negative: behind.
    public var clockSkew: Int64?
    /// Whether `clockSkew` is only known from a bootstrap warning, which may be older than the last setting of the clock.
    var isSkewSecondHand = false
    /// Whether a command has been unanswered for too long.
    public var isSilent = false
    /// Why the control connection is of no use.
    public var failure: TorControlFailure?

    /// Nothing is known yet.
    public init() {}

    /// Whether streams can be given to it.
    public var readiness: Readiness {
        judgement.0
    }

    /// One sentence a person can act on, without a full stop.
    public var detail: String {
        judgement.1
    }

    /// Whether it must be asked if any relay is connected. Tor goes on saying that all is well (progress 100,
    /// circuit-established 1, network-liveness up) when every relay refuses it: seen for ten minutes and longer.
    var doubtsRelays: Bool {
        relayFailures >= Self.relayDoubt
    }

    /// So many failures in a row raise the doubt.
    static let relayDoubt = 5

    /// Whether Tor, bootstrapped, has lost the network: it may rest then, and never find out that the network is back
    /// unless somebody asks something of it.
    var needsProbe: Bool {
        bootstrap?.progress == 100 && readiness == .failing && !isSilent
    }

    private var judgement: (Readiness, String) {
        if let failure { return (.failing, failure.description) }
        if isSilent { return (.failing, "does not answer its control port (stopped, or overloaded)") }
        guard let bootstrap else { return (.starting, "waits for Tor's control port to say how it is") }
        let clock = clockSkew.map(Self.clockSentence)
        guard bootstrap.progress == 100 else {
            if let clock { return (.failing, "\(clock); \(bootstrap.sentence)") }
            if let warning = bootstrap.warning, warning.isSerious {
                return (.failing, "stuck at \(bootstrap.progress) %: \(warning.sentence)")
            }
            if networkLive == false && bootstrap.progress < 14 {
                return (.starting, "\(bootstrap.sentence), and nothing has come from the network yet")
            }
            return (.starting, bootstrap.sentence)
        }
        if networkLive == false { return (.failing, "network is down, says Tor: is this machine online?") }
        if doubtsRelays && relayConnected == false {
            let problem = TorBootstrap.Warning(text: relayFailure, reason: relayFailure, count: 0, isSerious: true)
            return (.failing, "no relay can be reached; \(problem.sentence)")
        }
        guard circuitEstablished == true else {
            if let reason = circuitLoss?.sentence ?? clock { return (.failing, "no circuit: \(reason)") }
            return hasHadCircuit
                ? (.failing, "no circuit: Tor lost its last one, and builds another")
                : (.starting, "bootstrapped 100 %: building the first circuit")
        }
        return (.ready, clock.map { "bootstrapped 100 %, but the \($0)" } ?? "bootstrapped 100 %")
    }

    /// "clock is 41 minutes behind: set it (timedatectl set-ntp true)".
    private static func clockSentence(_ skew: Int64) -> String {
        "clock is \(words(skew)) \(skew < 0 ? "behind" : "ahead"): set it (timedatectl set-ntp true)"
    }

    /// A number of seconds, whatever its sign, as a person would say it.
    fileprivate static func words(_ seconds: Int64) -> String {
        let size = seconds.magnitude
        return switch size {
        case 1: "1 second"
        case ..<120: "\(size) seconds"
        case ..<7200: "\((size + 30) / 60) minutes"
        case ..<172_800: "\((size + 1800) / 3600) hours"
        default: "\(size / 86400) days"
        }
    }
}

extension TorState.CircuitLoss {
    fileprivate var sentence: String {
        switch self {
        case .clockJumped(let seconds):
            "the clock jumped \(TorState.words(seconds)) \(seconds < 0 ? "back" : "forward"),"
                + " and Tor builds its circuits anew"
        case .slept(let seconds): "Tor stood still for \(TorState.words(seconds)), and builds its circuits anew"
        case .directory: "Tor knows too few relays, and loads more"
        case .unreachable: "no directory server can be reached: is this machine online?"
        }
    }
}
