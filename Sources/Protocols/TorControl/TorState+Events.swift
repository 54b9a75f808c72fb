extension TorState {
    /// What the client asks for: once on connecting, and then by every poll. The list of connections is asked for in
    /// doubt only: a Tor that is a relay has thousands.
    var keys: [String] {
        ["version", "status/bootstrap-phase", "status/circuit-established", "network-liveness"]
            + (doubtsRelays ? ["orconn-status"] : [])
    }

    /// Takes over what GETINFO answered (control-spec section 3.9).
    mutating func apply(answer: TorControlReply) {
        let values = answer.values
        if let version = values["version"] { self.version = version.forPeople }
        if let phase = values["status/bootstrap-phase"] {
            let words = TorControlWords(phase)
            if let bootstrap = TorBootstrap(words.words, words) { apply(bootstrap) }
        }
        switch values["status/circuit-established"] {
        case [0x31]?: applyCircuitEstablished()
        case [0x30]?: circuitEstablished = false
        default: break
        }
        if let connections = values["orconn-status"] {
            relayConnected = connections.split(separator: 0x0a).contains {
                TorControlWords($0).words.dropFirst().first == "CONNECTED"
            }
        }
        if let liveness = values["network-liveness"] { apply(liveness: String(decoding: liveness, as: UTF8.self)) }
    }

    /// Takes over an event (section 4.1). Those that are not known here are no news to it.
    ///
    /// - Returns: What of it is true for a time only.
    @discardableResult
    mutating func apply(event: TorControlReply) -> Passing? {
        guard let text = event.lines.first?.text else { return nil }
        let values = TorControlWords(text)
        let words = values.words
        switch words.first {
        case "STATUS_CLIENT" where words.count >= 3: applyClientStatus(words[2], words.dropFirst(), values)
        case "STATUS_GENERAL" where words.count >= 3: return applyGeneralStatus(words[2], values)
        case "NETWORK_LIVENESS" where words.count >= 2: apply(liveness: words[1].lowercased())
        case "ORCONN" where words.count >= 3:
            applyRelayConnection(words[2], values)
            return words[2] == "FAILED" ? .relayFailure : nil
        default: break
        }
        return nil
    }

    /// What Tor says once, and does not take back when it is over.
    enum Passing {
        case clockSkew
        case relayFailure
    }

    private mutating func applyClientStatus(
        _ action: String, _ words: some Collection<String>, _ values: TorControlWords
    ) {
        switch action {
        case "BOOTSTRAP":
            if let bootstrap = TorBootstrap(words, values) { apply(bootstrap) }
        case "CIRCUIT_ESTABLISHED": applyCircuitEstablished()
        case "CIRCUIT_NOT_ESTABLISHED":
            circuitEstablished = false
            if values.text("REASON") == "DIR_ALL_UNREACHABLE" { circuitLoss = .unreachable }
        case "NOT_ENOUGH_DIR_INFO": circuitLoss = .directory
        case "ENOUGH_DIR_INFO": if circuitLoss == .directory { circuitLoss = nil }
        default: break
        }
    }

    private mutating func applyGeneralStatus(_ action: String, _ values: TorControlWords) -> Passing? {
        switch action {
        case "CLOCK_SKEW":
            // Positive: our clock is ahead. MIN_SKEW is a lower bound, sent where no more is known.
            guard let skew = values.number("SKEW") ?? values.number("MIN_SKEW"), skew != 0 else { return nil }
            clockSkew = skew
            isSkewSecondHand = false
            return .clockSkew
        case "CLOCK_JUMPED":
            let seconds = values.number("TIME") ?? 0
            if values.text("IDLE") == "1" {
                circuitLoss = .slept(seconds)
            } else {
                // Somebody has set the clock: Tor says so again if it is still wrong.
                clockSkew = nil
                circuitLoss = .clockJumped(seconds)
            }
        case "DIR_ALL_UNREACHABLE": circuitLoss = .unreachable
        default: break
        }
        return nil
    }

    private mutating func applyRelayConnection(_ status: String, _ values: TorControlWords) {
        switch status {
        case "FAILED":
            relayFailures = min(relayFailures + 1, Self.relayDoubt)
            relayFailure = values.text("REASON") ?? "no reason given"
        case "CONNECTED": forgetRelayFailures()
        default: break
        }
    }

    /// Begins a new row of failures.
    mutating func forgetRelayFailures() {
        relayFailures = 0
        relayFailure = ""
        relayConnected = nil
    }

    private mutating func apply(_ bootstrap: TorBootstrap) {
        guard bootstrap != self.bootstrap else { return }  // a poll repeats the last message, however old
        self.bootstrap = bootstrap
        if let skew = bootstrap.warning?.clockSkew, skew != 0 {
            isSkewSecondHand = clockSkew == nil || isSkewSecondHand
            clockSkew = skew
        } else if bootstrap.warning == nil && isSkewSecondHand {
            isSkewSecondHand = false
            clockSkew = nil
        }
    }

    private mutating func applyCircuitEstablished() {
        self.circuitEstablished = true
        hasHadCircuit = true
        circuitLoss = nil
    }

    private mutating func apply(liveness: String) {
        switch liveness {
        case "up": networkLive = true
        case "down": networkLive = false
        default: break
        }
    }
}
