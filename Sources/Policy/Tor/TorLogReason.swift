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
        if message.hasPrefix(Self.refusal) { return trimmed }
        if message.hasPrefix("We were supposed to connect to bridge") {
            return "no transport runs that a Bridge line asks for: look at ClientTransportPlugin in `torrc`"
        }
        return Self.telling.contains { message.contains($0) } ? trimmed : nil
    }

    /// Whether it is by a transport that Tor has started or could not start.
    public var isOfTransport: Bool {
        severity == .warn
            && ["anaged proxy", "luggable Transport", "using pluggable transport"].contains {
                message.contains($0)
            }
    }

    private static let refusal = "Failed to parse/validate config: "

    private static let telling = [
        "Could not bind", "Permission denied", "No space left", "Read-only file system", "anaged proxy",
        "luggable Transport process", "another Tor process",
    ]

    private var trimmed: String {
        var text = message.hasPrefix(Self.refusal) ? message.dropFirst(Self.refusal.count) : message[...]
        if text.hasSuffix("  Failing.") { text = text.dropLast(10) }
        while text.hasSuffix(".") { text = text.dropLast() }
        return String(text).printable(limit: 300)
    }
}
