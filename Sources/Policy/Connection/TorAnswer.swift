internal import Protocols

/// What a Tor has answered to a stream: by its SOCKS reply, and by its control port where there is one. It decides
/// why the stream was refused, and whether another circuit may do better.
///
/// An exit that refuses is no answer of Tor's own SOCKS port: Tor tries the same circuit again, thousands of times
/// (seen with 0.4.9 where an exit refuses an address that its descriptor allows), or one fresh circuit after the
/// other (where the exit has changed its policy), until two minutes are over. Only its control port tells.
struct TorAnswer: Sendable {
    /// What follows from it.
    enum Verdict: Hashable, Sendable {
        /// More may come.
        case wait
        /// This is why.
        case refuse(Refusal)
        /// The exit of this circuit refuses: another may not.
        case leaveCircuit
    }

    /// Where Tor was asked to connect to.
    let target: Destination
    /// Whether it tells of its streams by its control port.
    let tellsWhy: Bool
    private var told: TorStreamEvent?
    private var code: UInt8?

    init(to target: Destination, tellsWhy: Bool) {
        self.target = target
        self.tellsWhy = tellsWhy
    }

    /// The SOCKS reply, a refusal with this code.
    mutating func refused(code: UInt8) -> Verdict {
        self.code = code
        return tellsWhy && told == nil && Refusal.isCoarse(torCode: code) ? .wait : verdict
    }

    /// An event of a stream with our key.
    ///
    /// - Parameter isOurs: whether it can be of no stream to another destination.
    mutating func heard(_ event: TorStreamEvent, isOurs: Bool) -> Verdict {
        guard event.port == target.port, event.isOnion == isOnion else { return .wait }
        if event.reason == .exitPolicy { return .leaveCircuit }
        guard isOurs else { return .wait }
        // That no circuit is left to try says less than what was the matter with those that were.
        if event.reason != .cannotAttach || told == nil { told = event }
        return code == nil ? .wait : verdict
    }

    /// Whether its SOCKS reply has come.
    var hasRefused: Bool { code != nil }

    /// No more is to be learnt.
    var verdict: Verdict {
        let refusal = Refusal(torCode: code ?? 0x01, to: target.host, told: told)
        // Where no exit that Tor knows will do, no other circuit has a better one.
        return refusal == .exitRefused && told?.reason != .cannotAttach ? .leaveCircuit : .refuse(refusal)
    }

    private var isOnion: Bool { DestinationKind(target.host) == .onion }
}
