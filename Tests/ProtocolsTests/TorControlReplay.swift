import Protocols

/// Plays Tor's side of a transcript to a machine, and keeps what the machine did.
struct TorControlReplay {
    /// "> …" for what was sent, in the transcript's form.
    private(set) var sent: [String] = []
    private(set) var states: [TorState] = []
    private(set) var closed: [TorControlFailure] = []
    private(set) var paths: [String] = []
    private(set) var streams: [TorStreamEvent] = []
    private(set) var onions: [TorOnionEvent] = []
    /// The SOCKS user name that is ours.
    var user = ""
    private(set) var client: TorControlClient
    private(set) var now = Instant(milliseconds: 1_000_000)
    private let cookie: [UInt8]

    /// A machine that is connected.
    ///
    /// - Parameter hmac: Stands for HMAC-SHA256; without it, the transcript's own hashes are given for the message
    ///   that Tor made them of, and zeros for any other.
    init(_ transcript: String, hmac: TorControlClient.HMAC? = nil) {
        let values = Self.secrets(transcript)
        cookie = values.cookie
        let recorded: TorControlClient.HMAC = { key, message in
            guard message == values.cookie + values.nonce + values.serverNonce, !values.clientHash.isEmpty else {
                return [UInt8](repeating: 0, count: 32)
            }
            switch String(decoding: key, as: UTF8.self) {
            case "Tor safe cookie authentication server-to-controller hash": return values.serverHash
            case "Tor safe cookie authentication controller-to-server hash": return values.clientHash
            default: return [UInt8](repeating: 0, count: 32)
            }
        }
        client = TorControlClient(nonce: values.nonce, hmac: hmac ?? recorded)
        act(client.connected())
    }

    /// Plays the whole transcript: Tor's lines between two of ours come in parts of `size` bytes. Where ours is due
    /// and was not sent, two seconds pass.
    mutating func play(_ transcript: String, size: Int) {
        var due = 0
        var input: [UInt8] = []
        for line in transcript.split(separator: "\n").map(String.init) + ["> "] {
            if line.hasPrefix("<") {
                input += Array(line.dropFirst(2).utf8) + [0x0d, 0x0a]
            } else if line.hasPrefix(">") {
                receive(input, size: size)
                input = []
                due += 1
                if sent.count < due && line != "> " { tick(seconds: 2) }
            }
        }
    }

    /// Gives the machine these bytes, `size` at a time.
    mutating func receive(_ bytes: [UInt8], size: Int = .max) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(size))
            rest = rest.dropFirst(part.count)
            let user = user
            act(client.received(part.span) { $0.elementsEqual(user.utf8) ? 1 : nil })
        }
    }

    /// Gives the machine these lines.
    mutating func receive(_ lines: String...) {
        receive(lines.flatMap { Array($0.utf8) + [0x0d, 0x0a] })
    }

    /// Lets time pass, and tells the machine once.
    mutating func tick(seconds: Double) {
        now = now + .milliseconds(Int64(seconds * 1000))
        act(client.tick(now))
    }

    /// Onion services are to be published.
    mutating func serveOnions() { act(client.serveOnions()) }
    mutating func publish(_ request: TorOnionRequest) { act(client.publish(request)) }
    mutating func unpublish(_ address: String) { act(client.unpublish(address)) }

    /// The connection ends.
    mutating func close() {
        act(client.closed())
    }

    /// The details reported, each once.
    var details: [String] {
        states.map(\.detail).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// What the machine does when it asks for the cookie file: give the transcript's.
    var cookieFile: Result<[UInt8], TorCookieFailure>?

    private mutating func act(_ effects: [TorControlClient.Effect]) {
        for effect in effects {
            switch effect {
            case .send(let bytes): sent.append("> " + String(decoding: bytes.dropLast(2), as: UTF8.self))
            case .report(let state): states.append(state)
            case .stream(let event): streams.append(event)
            case .onion(let event): onions.append(event)
            case .close(let failure): closed.append(failure)
            case .readCookie(let path):
                paths.append(path)
                act(client.cookie(cookieFile ?? .success(cookie)))
            }
        }
    }

    private static func secrets(
        _ transcript: String
    ) -> (cookie: [UInt8], nonce: [UInt8], serverHash: [UInt8], serverNonce: [UInt8], clientHash: [UInt8]) {
        func after(_ text: String) -> [UInt8] {
            for line in transcript.split(separator: "\n") {
                for word in line.split(separator: " ") + [line] where word.hasPrefix(text) {
                    return hex(word.dropFirst(text.count))
                }
            }
            return []
        }
        return (
            after("# cookie "), after("> AUTHCHALLENGE SAFECOOKIE "), after("SERVERHASH="), after("SERVERNONCE="),
            after("> AUTHENTICATE ")
        )
    }

    private static func hex(_ text: Substring) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// A Tor made up of what the tests need.
extension TorControlReplay {
    static let info = [
        "250-PROTOCOLINFO 1", "250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE=\"/run/tor/cookie\"",
        "250-VERSION Tor=\"0.4.9.11\"", "250 OK",
    ]
    /// What `hash` bytes look like on the wire.
    static let hash = String(repeating: "aB", count: 32)

    /// A machine that got the answer to PROTOCOLINFO.
    static func asked(
        _ info: [String] = info, cookie: Result<[UInt8], TorCookieFailure> = .success([UInt8](repeating: 7, count: 32)),
        hmac: @escaping TorControlClient.HMAC = { _, _ in [UInt8](repeating: 0xab, count: 32) }
    ) -> TorControlReplay {
        var replay = TorControlReplay("", hmac: hmac)
        replay.cookieFile = cookie
        for line in info { replay.receive(line) }
        return replay
    }

    /// A machine that Tor has let in, and that knows Tor to be ready.
    static func ready() -> TorControlReplay {
        var replay = asked()
        replay.receive("250 AUTHCHALLENGE SERVERHASH=\(hash) SERVERNONCE=\(hash)", "250 OK", "250 OK")
        replay.answerPoll()
        return replay
    }

    /// Answers a GETINFO.
    mutating func answerPoll(circuit: Int = 1, liveness: String = "up", relays: [String]? = nil) {
        receive(
            "250-version=0.4.9.11",
            "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"",
            "250-status/circuit-established=\(circuit)", "250-network-liveness=\(liveness)")
        if let relays {
            receive("250+orconn-status=")
            for relay in relays { receive(relay) }
            receive(".")
        }
        receive("250 OK")
    }
}
