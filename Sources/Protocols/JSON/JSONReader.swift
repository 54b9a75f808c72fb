extension JSONValue {
    /// Reads one whole JSON text (RFC 8259), strictly: what other readers understand in two ways is refused.
    ///
    /// - Parameters:
    ///   - bytes: the text, all of it; spaces around the value are allowed, a byte order mark is not.
    ///   - limits: how much it may hold.
    /// - Throws: `JSONFailure` with the byte where it was seen.
    public init(reading bytes: Span<UInt8>, limits: JSONLimits = JSONLimits()) throws(JSONFailure) {
        var reader = try JSONReader(of: bytes, limits: limits)
        let value = try reader.value(bytes, depth: 0)
        try reader.end(bytes)
        self = value
    }
}

/// The place in a text up to which it is read. Strings are in JSONReader+String.swift, numbers in
/// JSONNumber.swift; JSONReader+Scan.swift steps over values without making them.
struct JSONReader {
    let limits: JSONLimits
    var offset = 0
    private var members = 0

    /// A reader at the first byte of a text's value.
    init(of bytes: Span<UInt8>, limits: JSONLimits) throws(JSONFailure) {
        self.limits = limits
        guard bytes.count <= limits.bytes else { throw JSONFailure(.tooLarge, at: limits.bytes) }
        do {
            // Once for the whole text: from here on strings can be cut anywhere at an ASCII byte.
            _ = try UTF8Span(validating: bytes)
        } catch {
            throw JSONFailure(.notUTF8, at: error.byteOffsets.lowerBound)
        }
        skipSpaces(bytes)
    }

    /// Nothing but spaces may follow the value.
    mutating func end(_ bytes: Span<UInt8>) throws(JSONFailure) {
        skipSpaces(bytes)
        guard offset == bytes.count else { throw JSONFailure(.trailingBytes, at: offset) }
    }

    /// The byte at `offset`, which does not move.
    func peek(_ bytes: Span<UInt8>) -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    mutating func skipSpaces(_ bytes: Span<UInt8>) {
        while let byte = peek(bytes), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
    }

    mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(JSONFailure) -> JSONValue {
        guard let byte = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(bytes, depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(bytes, depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "-"), 0x30...0x39: return .number(try number(bytes))
        default:
            try word(bytes)
            return byte == UInt8(ascii: "n") ? .null : .bool(byte == UInt8(ascii: "t"))
        }
    }

    /// Steps over `true`, `false` or `null`.
    mutating func word(_ bytes: Span<UInt8>) throws(JSONFailure) {
        let start = offset
        let word: StaticString
        switch peek(bytes) {
        case UInt8(ascii: "t"): word = "true"
        case UInt8(ascii: "f"): word = "false"
        case UInt8(ascii: "n"): word = "null"
        default: throw JSONFailure(.noValue, at: offset)
        }
        for expected in word.description.utf8 {
            guard let byte = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
            guard byte == expected else { throw JSONFailure(.noValue, at: start) }
            offset += 1
        }
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONFailure) -> JSONNumber {
        let start = offset
        try scanNumber(bytes)
        return JSONNumber(scanned: text(bytes, from: start, to: offset))
    }

    /// Steps over a number.
    mutating func scanNumber(_ bytes: Span<UInt8>) throws(JSONFailure) {
        var scan = JSONNumber.Scan(end: offset)
        try scan.run(bytes)
        offset = scan.end
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(JSONFailure) -> [JSONValue] {
        var elements: [JSONValue] = []
        guard try open(UInt8(ascii: "]"), bytes, depth: depth) else { return elements }
        repeat {
            try countMember()
            elements.append(try value(bytes, depth: depth))
        } while try goesOn(UInt8(ascii: "]"), bytes)
        return elements
    }

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(JSONFailure) -> JSONObject {
        var members: [JSONMember] = []
        var keys = JSONSeenKeys()
        guard try open(UInt8(ascii: "}"), bytes, depth: depth) else { return JSONObject(distinct: members) }
        repeat {
            let start = try beginMember(bytes)
            let key = try string(bytes)
            guard keys.isNew(key, among: members) else { throw JSONFailure(.duplicateKey, at: start) }
            try colon(bytes)
            members.append(JSONMember(key, try value(bytes, depth: depth)))
        } while try goesOn(UInt8(ascii: "}"), bytes)
        return JSONObject(distinct: members)
    }

    /// Counts a member, whose key's opening quote is where this returns.
    mutating func beginMember(_ bytes: Span<UInt8>) throws(JSONFailure) -> Int {
        try countMember()
        guard let quote = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
        guard quote == UInt8(ascii: "\"") else { throw JSONFailure(.noKey, at: offset) }
        return offset
    }

    /// Steps from behind a key to its value.
    mutating func colon(_ bytes: Span<UInt8>) throws(JSONFailure) {
        skipSpaces(bytes)
        guard let colon = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
        guard colon == UInt8(ascii: ":") else { throw JSONFailure(.noColon, at: offset) }
        offset += 1
        skipSpaces(bytes)
    }

    /// Steps over the opening bracket; false if the closing one follows at once (which is stepped over too).
    mutating func open(_ closing: UInt8, _ bytes: Span<UInt8>, depth: Int) throws(JSONFailure) -> Bool {
        guard depth <= limits.depth else { throw JSONFailure(.tooDeep, at: offset) }
        offset += 1
        skipSpaces(bytes)
        guard peek(bytes) == closing else { return true }
        offset += 1
        return false
    }

    /// After an element: true past a comma, false past the closing bracket.
    mutating func goesOn(_ closing: UInt8, _ bytes: Span<UInt8>) throws(JSONFailure) -> Bool {
        skipSpaces(bytes)
        guard let byte = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
        guard byte == closing || byte == UInt8(ascii: ",") else { throw JSONFailure(.noComma, at: offset) }
        offset += 1
        skipSpaces(bytes)
        return byte != closing
    }

    mutating func countMember() throws(JSONFailure) {
        members += 1
        guard members <= limits.members else { throw JSONFailure(.tooMany, at: offset) }
    }
}

/// The keys of an object that is being read: a few are compared one by one, many by a set.
private struct JSONSeenKeys {
    private var seen: Set<[UInt8]> = []

    /// Whether `key` is not yet one of `members`; remembers it.
    mutating func isNew(_ key: String, among members: [JSONMember]) -> Bool {
        guard members.count >= 16 else { return !members.contains { $0.key.hasSameBytes(as: key) } }
        if seen.isEmpty { seen = Set(members.map { Array($0.key.utf8) }) }
        return seen.insert(Array(key.utf8)).inserted
    }
}
