/// One line that a SAM bridge sends, read strictly (SAM V3, "SAM Version 3.1 to 3.3").
///
/// ```
/// HELLO REPLY RESULT=OK VERSION=3.1
/// SESSION STATUS RESULT=OK DESTINATION=<keys>
/// STREAM STATUS RESULT=CANT_REACH_PEER MESSAGE="…"
/// NAMING REPLY RESULT=OK NAME=ME VALUE=<destination>
/// DEST REPLY PUB=<destination> PRIV=<keys>
/// PING <text>
/// ```
public enum SAMReply: Hashable, Sendable {
    /// What a command was.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// The greeting.
        case hello = "HELLO REPLY"
        /// A session.
        case session = "SESSION STATUS"
        /// A stream.
        case stream = "STREAM STATUS"
        /// A name.
        case naming = "NAMING REPLY"
        /// New keys.
        case keys = "DEST REPLY"
    }

    /// The bridge speaks this version of SAM 3: 1 for 3.1.
    case hello(minor: Int)
    /// The session stands, with these keys.
    case session(I2PKeys)
    /// The stream stands, or waits for a peer.
    case stream
    /// This name has this destination.
    case name([UInt8], I2PDestination)
    /// New keys.
    case keys(I2PKeys)
    /// It did not do what it was asked.
    case refused(Subject, SAMResult)
    /// It asks whether we are there; the answer is PONG and the same text.
    case ping([UInt8])
    /// It is there.
    case pong([UInt8])

    /// Reads a line without its line feed.
    ///
    /// - Throws: `SAMFailure` where SAM has no such line, or one of ours lacks a part.
    public init(line: [UInt8]) throws(SAMFailure) {
        let words = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = words.first else { throw .malformed }
        if first.elementsEqual("PING".utf8) || first.elementsEqual("PONG".utf8) {
            let text = Array(line.dropFirst(5))
            self = first.elementsEqual("PING".utf8) ? .ping(text) : .pong(text)
            return
        }
        guard words.count >= 2 else { throw .malformed }
        let head = String(decoding: first, as: UTF8.self) + " " + String(decoding: words[1], as: UTF8.self)
        guard let subject = Subject(rawValue: head) else { throw .unexpected }
        let pairs = try Self.pairs(words.count > 2 ? words[2] : [])
        if let result = pairs["RESULT"] {
            guard result.elementsEqual("OK".utf8) else {
                guard let known = SAMResult(rawValue: String(decoding: result, as: UTF8.self)) else {
                    throw .unknownResult
                }
                self = .refused(subject, known)
                return
            }
        } else if subject != .keys {
            // i2pd and Java's router give new keys without a RESULT.
            throw .malformed
        }
        self = try Self.success(subject, pairs)
    }

    private static func success(_ subject: Subject, _ pairs: [String: [UInt8]]) throws(SAMFailure) -> SAMReply {
        switch subject {
        case .hello:
            guard let version = pairs["VERSION"] else { throw .malformed }
            // One digit and a dot, then one digit: 3.1 to 3.9.
            guard version.count == 3, version.starts(with: "3.".utf8), (0x31...0x39).contains(version[2]) else {
                throw .version
            }
            return .hello(minor: Int(version[2]) &- 0x30)
        case .session:
            guard let text = pairs["DESTINATION"] else { throw .malformed }
            guard let keys = I2PKeys(base64: text) else { throw .badKeys }
            return .session(keys)
        case .stream: return .stream
        case .naming:
            guard let name = pairs["NAME"], let value = pairs["VALUE"], let found = I2PDestination(base64: value) else {
                throw .malformed
            }
            return .name(name, found)
        case .keys:
            guard let text = pairs["PRIV"] else { throw .malformed }
            guard let keys = I2PKeys(base64: text) else { throw .badKeys }
            guard let spoken = pairs["PUB"], I2PDestination(base64: spoken) == keys.destination else { throw .badKeys }
            return .keys(keys)
        }
    }

    /// KEY=VALUE, each once. What follows MESSAGE= is its text, quoted or not, to the end of the line: i2pd writes it
    /// with spaces and without quotes.
    private static func pairs(_ text: ArraySlice<UInt8>) throws(SAMFailure) -> [String: [UInt8]] {
        var pairs: [String: [UInt8]] = [:]
        for word in text.split(separator: 0x20) {
            guard let equals = word.firstIndex(of: 0x3d), equals > word.startIndex else { throw .malformed }
            let key = word[..<equals]
            guard key.allSatisfy({ (0x41...0x5a).contains($0) || $0 == 0x5f }) else { throw .malformed }
            if key.elementsEqual("MESSAGE".utf8) { break }
            let old = pairs.updateValue(Array(word[(equals &+ 1)...]), forKey: String(decoding: key, as: UTF8.self))
            guard old == nil else { throw .malformed }
        }
        return pairs
    }
}
