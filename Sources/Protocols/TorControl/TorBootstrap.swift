/// How far Tor is on its way to a first circuit: its BOOTSTRAP status (control-spec sections 4.1.10, 5.5).
public struct TorBootstrap: Hashable, Sendable {
    /// What stands in the way, as Tor sees it.
    public struct Warning: Hashable, Sendable {
        /// Tor's words ("Connection refused").
        public var text: String
        /// Tor's keyword ("CONNECTREFUSED", "CLOCK_SKEW").
        public var reason: String
        /// How many problems there were in this phase.
        public var count: Int64
        /// Whether Tor recommends to tell the user: it does from the tenth problem on, or at once where it is sure.
        public var isSerious: Bool
    }

    /// 0 to 100.
    public var progress: Int
    /// Tor's keyword for the phase ("loading_descriptors").
    public var tag: String
    /// What Tor does next, in its words ("Loading relay descriptors").
    public var summary: String
    /// Nil where all goes well.
    public var warning: Warning?

    /// A phase that goes well.
    init(progress: Int, summary: String) {
        self.progress = progress
        tag = ""
        self.summary = summary
    }

    /// Reads `NOTICE BOOTSTRAP PROGRESS=50 TAG=… SUMMARY="…"`; nil where that is not what it is.
    public init?(_ words: some Collection<String>, _ values: TorControlWords) {
        guard Array(words.dropFirst()) == ["BOOTSTRAP"], let progress = values.number("PROGRESS"),
            (0...100).contains(progress)
        else { return nil }
        self.progress = Int(progress)
        tag = values.text("TAG") ?? ""
        summary = values.text("SUMMARY") ?? ""
        guard let reason = values.text("REASON") else { return }
        warning = Warning(
            text: values.text("WARNING") ?? reason, reason: reason, count: values.number("COUNT") ?? 1,
            isSerious: values.text("RECOMMENDATION") == "warn")
    }

    /// "bootstrapped 45 %: loading relay descriptors".
    public var sentence: String {
        summary.isEmpty
            ? "bootstrapped \(progress) %"
            : "bootstrapped \(progress) %: \(summary.prefix(1).lowercased())\(summary.dropFirst())"
    }
}

extension TorBootstrap.Warning {
    /// What is wrong, and what to do about it.
    var sentence: String {
        switch reason {
        case "CONNECTREFUSED": "the relays refuse connections: is a firewall in the way?"
        case "NOROUTE": "there is no route to the Tor network: is this machine online?"
        case "TIMEOUT": "the relays do not answer: if Tor is blocked here, use bridges"
        case "CONNECTRESET", "TLS_ERROR", "IOERROR", "DONE":
            "connections to relays are broken off: if Tor is blocked here, use bridges"
        case "IDENTITY": "a relay has another key than it should: look at the Bridge lines"
        case "PT_MISSING": "a pluggable transport does not run: look at ClientTransportPlugin in torrc"
        case "RESOURCELIMIT": "Tor has no file descriptors or memory left"
        case "CLOCK_SKEW": "the clock is wrong: set it (timedatectl set-ntp true)"
        default: text
        }
    }

    /// The seconds that Tor's text names where the clock is the reason: this is all there is of it for who connects
    /// after the CLOCK_SKEW event ("Clock skew -2460 in directory from DIRSERV").
    var clockSkew: Int64? {
        guard reason == "CLOCK_SKEW", text.hasPrefix("Clock skew ") else { return nil }
        return Int64(text.dropFirst(11).prefix { $0 != " " })
    }
}
