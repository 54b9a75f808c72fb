/// What Tor tells of a stream that it could not connect (control-spec section 4.1.2):
///
/// ```
///   STREAM 111 DETACHED 5 203.0.113.12:18080 REASON=END REMOTE_REASON=EXITPOLICY SOCKS_USERNAME="6b…" …
///   STREAM 136 FAILED 0 203.0.113.12:18080 REASON=CANT_ATTACH SOCKS_USERNAME="6b…" …
/// ```
///
/// A Tor tells of every program's streams: of those that are not ours nothing is kept, nor of ours where they go,
/// but for the port and whether it is an onion service.
public struct TorStreamEvent: Hashable, Sendable {
    /// What became of the stream.
    public enum Status: Hashable, Sendable {
        /// One circuit did not do; Tor tries another, or the same again.
        case detached
        /// Tor has given up, and says so in its SOCKS reply.
        case failed
    }

    /// Tor's keywords for why, as far as they tell one thing from another.
    public enum Reason: String, Hashable, Sendable {
        /// The exit's policy has no such destination.
        case exitPolicy = "EXITPOLICY"
        /// No circuit will do: no exit that Tor knows takes the port, or none did until Tor's patience ended.
        case cannotAttach = "CANT_ATTACH"
        /// The name has no address; of an onion service: no descriptor, or none of its introduction points answers.
        case resolveFailed = "RESOLVEFAILED"
        /// Nobody listens there.
        case connectRefused = "CONNECTREFUSED"
        /// The exit has no route to there.
        case noRoute = "NOROUTE"
        /// The network there cannot be reached.
        case netUnreachable = "NET_UNREACHABLE"
        /// No answer in time.
        case timeout = "TIMEOUT"
        /// Ended at once. An onion service says so of a port that it does not have.
        case done = "DONE"
        /// Broken off.
        case connectionReset = "CONNRESET"
        /// The circuit ended below it. Of an onion service that went away: its end of the rendezvous circuit.
        case destroyed = "DESTROY"
        /// A private address.
        case privateAddress = "PRIVATE_ADDR"
        /// The destination is none, to Tor.
        case protocolViolation = "TORPROTOCOL"
        /// Anything else. A relay of 0.4.9 says MISC of a port where nobody listens.
        case other = "MISC"
    }

    /// Whose stream: what the caller knows its SOCKS user name by.
    public var key: UInt64
    /// What became of it.
    public var status: Status
    /// Why. Where Tor passes on what the exit or the onion service said, it is that.
    public var reason: Reason
    /// Whether it is what the exit or the onion service said, and not Tor itself.
    public var isRemote: Bool
    /// The port it was to go to.
    public var port: UInt16
    /// Whether it was to go to an onion service.
    public var isOnion: Bool

    /// An event of these facts.
    public init(key: UInt64, status: Status, reason: Reason, isRemote: Bool, port: UInt16, isOnion: Bool) {
        self.key = key
        self.status = status
        self.reason = reason
        self.isRemote = isRemote
        self.port = port
        self.isOnion = isOnion
    }

    /// Reads an event's text; nil where it is no such event, or none of ours. What is not needed is not read: a
    /// busy Tor sends thousands of these in a second.
    ///
    /// - Parameter keyOf: the key of a SOCKS user name, as it came (still escaped); nil where it is none of ours.
    public init?(_ text: [UInt8], keyOf: (ArraySlice<UInt8>) -> UInt64?) {
        guard Self.isAbout(text) else { return nil }
        var words = TorControlWordSplitter(text)
        _ = words.next()
        _ = words.next()
        switch words.next() {
        case let word? where word.elementsEqual("DETACHED".utf8): status = .detached
        case let word? where word.elementsEqual("FAILED".utf8): status = .failed
        default: return nil
        }
        _ = words.next()
        guard let target = words.next(), let colon = target.lastIndex(of: 0x3a),
            let port = Self.port(target[(colon &+ 1)...])
        else { return nil }
        self.port = port
        isOnion = target[..<colon].suffix(6).elementsEqual(".onion".utf8)
        var key: UInt64?
        var reason: ArraySlice<UInt8>?
        var remoteReason: ArraySlice<UInt8>?
        while let word = words.next() {
            // Where a key comes twice, the first counts.
            if key == nil, let value = word.after("SOCKS_USERNAME=") {
                guard value.count >= 2, value.first == 0x22, value.last == 0x22,
                    let known = keyOf(value.dropFirst().dropLast())
                else { return nil }
                key = known
            } else if reason == nil, let value = word.after("REASON=") {
                reason = value
            } else if remoteReason == nil, let value = word.after("REMOTE_REASON=") {
                remoteReason = value
            }
        }
        guard let key, let known = remoteReason ?? reason else { return nil }
        self.key = key
        self.reason = Reason(keyword: known)
        isRemote = remoteReason != nil
    }

    /// Whether an event's text is about a stream.
    static func isAbout(_ text: [UInt8]) -> Bool {
        text.starts(with: "STREAM ".utf8)
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count) else { return nil }
        var port = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            port = port * 10 + Int(digit &- 0x30)
        }
        return UInt16(exactly: port)
    }
}

extension TorStreamEvent.Reason {
    fileprivate init(keyword: ArraySlice<UInt8>) {
        self = Self(rawValue: String(decoding: keyword, as: UTF8.self)) ?? .other
    }
}

/// The words of a control line, one after the other, as they came: a space inside a quoted string parts no words.
/// Nothing is copied.
private struct TorControlWordSplitter {
    private let text: [UInt8]
    private var index = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The next word; nil at the end.
    mutating func next() -> ArraySlice<UInt8>? {
        while index < text.count, text[index] == 0x20 { index &+= 1 }
        guard index < text.count else { return nil }
        let start = index
        var isQuoted = false
        while index < text.count {
            switch text[index] {
            case 0x22: isQuoted.toggle()
            case 0x5c where isQuoted: index &+= 1
            case 0x20 where !isQuoted: return text[start..<index]
            default: break
            }
            index &+= 1
        }
        // A backslash may be the last byte.
        index = text.count
        return text[start...]
    }
}

extension ArraySlice<UInt8> {
    /// What follows the prefix; nil without it.
    fileprivate func after(_ prefix: String) -> ArraySlice<UInt8>? {
        starts(with: prefix.utf8) ? dropFirst(prefix.utf8.count) : nil
    }
}
