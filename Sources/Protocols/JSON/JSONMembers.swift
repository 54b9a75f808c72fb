/// Where the members of one JSON object lie in its text, for whoever must check some of them and pass the object on.
///
/// The text is read as strictly as `JSONValue` reads it, but no value is made: a wallet's request is looked at and
/// written again without its values ever being copied but once. As what is checked must be what the next reader
/// understands, it is stricter than `JSONValue` in one point: a key with an escape in it is refused, in this object
/// and in those inside it. So no key can hide behind another spelling, and none can stand twice.
public struct JSONMembers: Hashable, Sendable {
    /// One key and its value.
    public struct Member: Hashable, Sendable {
        /// The bytes of the key, without its quotes.
        public let key: Range<Int>
        /// The bytes of the value, from its first to its last.
        public let value: Range<Int>
    }

    /// The members, in the order they were written.
    public let members: [Member]

    /// Scans the object that a text is.
    ///
    /// - Parameters:
    ///   - bytes: the text; spaces around the object are allowed.
    ///   - range: the part of the bytes that is the text, such as a member's value; nil for all of them. What is
    ///     noted lies in `bytes`, not in the part.
    ///   - limits: how much it may hold.
    /// - Throws: `JSONFailure` with the byte where it was seen.
    public init(
        scanning bytes: Span<UInt8>, in range: Range<Int>? = nil, limits: JSONLimits = JSONLimits()
    ) throws(JSONFailure) {
        let part = range ?? 0..<bytes.count
        guard part.lowerBound >= 0, part.upperBound <= bytes.count else {
            throw JSONFailure(.truncated, at: bytes.count)
        }
        do throws(JSONFailure) {
            members = try Self.scan(bytes.extracting(part), limits: limits, at: part.lowerBound)
        } catch {
            throw JSONFailure(error.cause, at: error.offset + part.lowerBound)
        }
    }

    private static func scan(
        _ bytes: Span<UInt8>, limits: JSONLimits, at start: Int
    ) throws(JSONFailure) -> [Member] {
        var reader = try JSONReader(of: bytes, limits: limits)
        guard reader.peek(bytes) == UInt8(ascii: "{") else { throw JSONFailure(.noObject, at: reader.offset) }
        var members: [Member] = []
        members.reserveCapacity(8)
        var keys = JSONKeys()
        if try reader.open(UInt8(ascii: "}"), bytes, depth: 1) {
            repeat {
                let (key, value) = try reader.scanMember(bytes, depth: 1, keys: &keys)
                members.append(
                    Member(
                        key: key.lowerBound + start..<key.upperBound + start,
                        value: value.lowerBound + start..<value.upperBound + start))
            } while try reader.goesOn(UInt8(ascii: "}"), bytes)
        }
        try keys.end(from: 0, bytes)
        try reader.end(bytes)
        return members
    }

    /// The value under this key; nil where there is none.
    ///
    /// - Parameter bytes: the bytes that were scanned.
    public func value(of key: [UInt8], in bytes: Span<UInt8>) -> Range<Int>? {
        for member in members where bytes.holds(key, at: member.key) { return member.value }
        return nil
    }
}
