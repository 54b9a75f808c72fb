public import Protocols

/// Whether a VPN is proven good: its interface is there, up, with a carrier and an address, and whoever is to answer
/// does, through it.
///
/// ```
/// no such interface ─▶ down ─▶ no carrier ─▶ no address ─▶ asked ─▶ ready      any change of the interface: from the
///        ▲──────────────────────────────────────────────────────────┘          start, and what is open is cut
/// ```
/// A machine: the driver tells it of the interface and of the probes that it asks for.
public struct VPNReadiness: Sendable {
    /// The interface's name.
    public let interface: String
    /// What the kernel says of it; nil where there is none.
    public private(set) var link: Link?
    /// What is known.
    public private(set) var readiness: EgressReadiness
    private var isKnown = false
    private var probe: ProxyReadiness
    private let what: String
    private let prover: IPAddress

    /// Nothing is known yet.
    ///
    /// - Parameters:
    ///   - prover: whose answer proves the tunnel.
    ///   - called: what sentences call it: "the resolver 10.64.0.1".
    public init(interface: String, prover: IPAddress, called: String) {
        self.interface = interface
        self.prover = prover
        what = "\(called), through \(interface),"
        probe = ProxyReadiness(what: what)
        readiness = EgressReadiness(.starting, "asking the kernel for the interface \(interface)")
    }

    /// The addresses that streams leave with; empty unless the interface can carry any.
    public var addresses: Set<IPAddress> { isUsable ? link?.addresses ?? [] : [] }

    /// The kernel's word on the interface: nil where there is none of its name.
    ///
    /// - Returns: whether what was open is open through something that is no more, and must end.
    public mutating func linkIs(_ new: Link?, now: Instant) -> Bool {
        guard !isKnown || new != link else { return false }
        let old = isKnown && isUsable ? link : nil
        isKnown = true
        link = new
        // A further address harms nothing that is open; it may be what a probe needed.
        let isLost = old.map { old in
            !isUsable || new?.index != old.index || !old.addresses.isSubset(of: new?.addresses ?? [])
        }
        guard isUsable else {
            readiness = EgressReadiness(.down, obstacle)
            return isLost ?? false
        }
        if isLost != false {
            // Another tunnel, of which nothing is proven.
            probe = ProxyReadiness(what: what)
            readiness = probe.readiness
        }
        return isLost ?? false
    }

    /// The kernel does not say what its interfaces are: why, in a sentence.
    public mutating func cannotWatch(_ sentence: String) {
        isKnown = true
        link = nil
        readiness = EgressReadiness(.down, sentence)
    }

    private var isUsable: Bool { obstacle.isEmpty }

    /// Why nothing can leave by it; empty where something can.
    private var obstacle: String {
        guard let link else { return "the interface \(interface) does not exist: is the VPN's program running?" }
        if !link.isUp { return "\(interface) is down: start the VPN, or `ip link set \(interface) up`" }
        if !link.hasCarrier { return "\(interface) has no carrier: is the VPN's program running?" }
        if link.addresses.isEmpty { return "\(interface) has no address: the VPN is not connected yet" }
        guard link.addresses.contains(where: { $0.isIPv4 == prover.isIPv4 }) else {
            return "\(interface) has no \(prover.isIPv4 ? "IPv4" : "IPv6") address, and \(prover) needs one"
        }
        return ""
    }

    // MARK: Probes

    /// How long a probe may take.
    public var probeTimeout: Duration { probe.probeTimeout }
    /// Whether a probe is under way.
    public var isProbing: Bool { probe.isProbing }

    /// The time has come to this point.
    ///
    /// - Returns: whether to start a probe now.
    public mutating func tick(_ now: Instant) -> Bool {
        guard isKnown, isUsable else { return false }
        return probe.tick(now)
    }

    /// When `tick` has something to do, next; nil while a probe runs, or the interface has to change first.
    public var deadline: Instant? { isKnown && isUsable ? probe.deadline : nil }

    /// It answered.
    public mutating func probeSucceeded(_ now: Instant) { report { $0.probeSucceeded(now) } }

    /// It did not answer, or wrongly: why, in words that follow "the resolver 10.64.0.1, through wg0,".
    public mutating func probeFailed(_ why: String, now: Instant) {
        let sentence = "\(what) \(why)"
        report { $0.probeFailed(sentence, reached: true, now: now) }
    }

    /// A probe could not even begin, for a reason of our own.
    public mutating func probePostponed(_ now: Instant) { report { $0.probePostponed(now) } }

    /// A stream, or a question to the resolver, failed in a way that tells of the tunnel: ask at once.
    public mutating func dialFailed(_ now: Instant) { probe.dialFailed(now) }

    private mutating func report(_ outcome: (inout ProxyReadiness) -> Void) {
        guard isKnown, isUsable else { return }
        var probe = probe
        outcome(&probe)
        self.probe = probe
        readiness = probe.readiness
    }
}
