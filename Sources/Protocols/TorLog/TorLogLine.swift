/// One line of what Tor writes to its log.
///
/// ```
///   Nov 25 15:45:09.886 [warn] Failed to parse/validate config: Unknown option 'Bogus'.  Failing.
///   date                severity message
/// ```
public struct TorLogLine: Hashable, Sendable {
    /// How bad it is, in Tor's words.
    public enum Severity: String, Hashable, Sendable {
        /// For developers. Not asked for.
        case debug
        /// Of no interest. Not asked for: it may name destinations.
        case info
        /// Of interest to the operator.
        case notice
        /// Something is wrong.
        case warn
        /// Tor cannot go on.
        case err
    }

    /// How bad it is.
    public var severity: Severity
    /// The message, printable.
    public var message: String

    /// A line.
    public init(_ severity: Severity, _ message: String) {
        self.severity = severity
        self.message = message
    }

    /// Reads a line; nil where it has no severity.
    public init?(_ line: some Collection<UInt8>) {
        // Month, day and time come first: 20 bytes, with milliseconds or without.
        guard let open = line.firstIndex(of: 0x5b), line.distance(from: line.startIndex, to: open) <= 24,
            let close = line[open...].firstIndex(of: 0x5d),
            let severity = Severity(
                rawValue: String(decoding: line[line.index(after: open)..<close], as: UTF8.self))
        else { return nil }
        self.severity = severity
        message = String(decoding: line[line.index(after: close)...].drop { $0 == 0x20 }, as: UTF8.self)
            .printable(limit: TorLogReader.longestLine)
    }

    /// How far Tor says that it has come; nil for another line.
    ///
    /// ```
    ///   Bootstrapped 45% (requesting_descriptors): Asking for relay descriptors
    /// ```
    public var bootstrap: TorBootstrap? {
        guard message.hasPrefix("Bootstrapped ") else { return nil }
        let rest = message.dropFirst(13)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let progress = Int(digits), (0...100).contains(progress), rest.dropFirst(digits.count).hasPrefix("%")
        else { return nil }
        let summary = rest.split(separator: ": ", maxSplits: 1).dropFirst().first ?? ""
        return TorBootstrap(progress: progress, summary: String(summary))
    }

    /// Whether it says that the control port can be reached now, which Tor opens after its SOCKS port.
    public var opensControl: Bool {
        message.hasPrefix("Opened Control listener")
    }
}
