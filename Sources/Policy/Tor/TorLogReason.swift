public import Protocols

extension TorLogLine {
    /// What this line says of why a Tor does not run as it should, without a full stop; nil where it says nothing of
    /// that. Only start-up, files and transports are looked for: no such line names a destination.
    public var reason: String? {
        switch severity {
        case .debug, .info, .notice: return nil
        case .err: return message.hasSuffix("see warnings above.") ? nil : trimmed
        case .warn: break
        }
        if let program = transportProgram { return "the transport's program \(program) does not run: is it there?" }
        guard message.hasPrefix(Self.refusal) || Self.telling.contains(where: message.contains) else { return nil }
        return trimmed
    }

    /// Whether it is by a transport that Tor has started or could not start.
    public var isOfTransport: Bool {
        severity == .warn && (transportProgram != nil || message.contains(Self.noTransport))
    }

    /// Whether its reason is only that the lines before have one.
    public var refersToOthers: Bool {
        message.hasSuffix("See logs for details.") || message.hasSuffix("Failed to bind one of the listener ports.")
    }

    /// The program of a transport that has ended or could not be started; nil in any other line.
    ///
    /// ```
    ///   Managed proxy "/usr/bin/obfs4proxy" having PID 14107 terminated with status code 1
    ///   Managed proxy at '/usr/bin/obfs4proxy' died in state Launched
    /// ```
    private var transportProgram: String? {
        guard message.contains("anaged proxy") else { return nil }
        let parts = message.split(maxSplits: 2, omittingEmptySubsequences: false) { $0 == "\"" || $0 == "'" }
        return parts.count == 3 ? String(parts[1]) : nil
    }

    private static let noTransport = "no configured transport called"
    private static let refusal = "Failed to parse/validate config: "

    private static let telling = [
        "Could not bind", "Permission denied", "No space left", "Read-only file system", "another Tor process",
        noTransport,
    ]

    private var trimmed: String {
        var text = message.hasPrefix(Self.refusal) ? message.dropFirst(Self.refusal.count) : message[...]
        if text.hasSuffix("  Failing.") { text = text.dropLast(10) }
        while text.hasSuffix(".") { text = text.dropLast() }
        return String(text).printable(limit: 300)
    }
}
