import Protocols

/// A node's JSON answer, read as far as it must be: whether it is one whole object, and where a value lies in it.
///
/// It is no RFC 8259: monerod of 0.18 writes binary data raw into strings (the pool's hashes, the backlog, the
/// distribution of outputs), with control characters, bytes that are no UTF-8 and the escape `\v`. So a string may
/// hold anything but an end here, while brackets, commas and colons must stand where they belong. Nothing is copied,
/// and each byte is looked at once.
enum NodeJSON {
    /// Whether the object has a member of one of these names; nil where the bytes are not one whole object and nothing
    /// else.
    static func has(_ key: [UInt8], or other: [UInt8], in bytes: Span<UInt8>) -> Bool? {
        var isThere = false
        guard
            let end = walk(
                bytes, from: 0,
                { name, _ in
                    isThere = isThere || bytes.holds(key, at: name) || bytes.holds(other, at: name)
                    return true
                }), skipSpaces(bytes, from: end) == bytes.count
        else { return nil }
        return isThere
    }

    /// Where the value of this member lies. The text may be cut off behind it.
    ///
    /// - Parameter start: Where the object begins that it is a member of.
    static func value(of key: [UInt8], in bytes: Span<UInt8>, from start: Int = 0) -> Range<Int>? {
        var found: Range<Int>?
        _ = walk(bytes, from: start) { name, value in
            if bytes.holds(key, at: name) { found = value }
            return found == nil
        }
        return found
    }

    /// Whether a string of these bytes stands there.
    static func holds(string text: [UInt8], at range: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        range.count >= 2 && bytes[range.lowerBound] == UInt8(ascii: "\"")
            && bytes.holds(text, at: range.lowerBound &+ 1..<range.upperBound &- 1)
    }

    /// Tells each member of the object that begins there, until `tell` says that it knows enough.
    ///
    /// - Returns: The index behind the object; nil where it is none, is cut off, or was not read to its end.
    private static func walk(
        _ bytes: Span<UInt8>, from start: Int, _ tell: (_ key: Range<Int>, _ value: Range<Int>) -> Bool
    ) -> Int? {
        var index = skipSpaces(bytes, from: start)
        guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { return nil }
        index = skipSpaces(bytes, from: index &+ 1)
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") { return index &+ 1 }
        while true {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\""), let keyEnd = endOfString(bytes, at: index),
                let value = valueOfMember(bytes, at: index, keyEnd: keyEnd), let end = endOfValue(bytes, at: value)
            else { return nil }
            guard tell(index &+ 1..<keyEnd &- 1, value..<end) else { return nil }
            index = skipSpaces(bytes, from: end)
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case UInt8(ascii: ","): index = skipSpaces(bytes, from: index &+ 1)
            case UInt8(ascii: "}"): return index &+ 1
            default: return nil
            }
        }
    }

    private static func skipSpaces(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return index }
            index &+= 1
        }
        return index
    }

    /// The index behind the string whose quote stands there.
    private static func endOfString(_ bytes: Span<UInt8>, at start: Int) -> Int? {
        var index = start &+ 1
        while index < bytes.count {
            let byte = bytes[index]
            index &+= 1
            if byte == UInt8(ascii: "\"") { return index }
            if byte == UInt8(ascii: "\\") { index &+= 1 }
        }
        return nil
    }

    /// The index behind the number or the word that begins there.
    private static func endOfScalar(_ bytes: Span<UInt8>, at start: Int) -> Int? {
        switch bytes[start] {
        case UInt8(ascii: "t"): return bytes.holds(Self.true, at: start..<start &+ 4) ? start &+ 4 : nil
        case UInt8(ascii: "f"): return bytes.holds(Self.false, at: start..<start &+ 5) ? start &+ 5 : nil
        case UInt8(ascii: "n"): return bytes.holds(Self.null, at: start..<start &+ 4) ? start &+ 4 : nil
        case UInt8(ascii: "-"), 0x30...0x39:
            var index = start &+ 1
            while index < bytes.count {
                switch bytes[index] {
                case 0x30...0x39, 0x2b, 0x2d, 0x2e, 0x45, 0x65: index &+= 1  // digits + - . E e
                default: return index
                }
            }
            return nil  // an object never ends in a number: it is cut off
        default: return nil
        }
    }

    private static let `true` = Array("true".utf8)
    private static let `false` = Array("false".utf8)
    private static let null = Array("null".utf8)

    /// The index behind the value that begins there; nil where it is none, is cut off, or goes deeper than 64
    /// brackets.
    private static func endOfValue(_ bytes: Span<UInt8>, at start: Int) -> Int? {
        var index = start
        /// One bit for each bracket that is open, the innermost lowest: 1 for an object.
        var brackets: UInt64 = 0
        var depth = 0
        while true {
            guard index < bytes.count else { return nil }
            let first = bytes[index]
            if first == UInt8(ascii: "\"") {
                guard let end = endOfString(bytes, at: index) else { return nil }
                index = end
            } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                let isObject = first == UInt8(ascii: "{")
                guard depth < 64 else { return nil }
                brackets = brackets << 1 | (isObject ? 1 : 0)
                depth &+= 1
                index = skipSpaces(bytes, from: index &+ 1)
                guard index < bytes.count else { return nil }
                // An empty one is closed below.
                if bytes[index] != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject {
                        guard let value = valueOfMember(bytes, at: index) else { return nil }
                        index = value
                    }
                    continue
                }
            } else {
                guard let end = endOfScalar(bytes, at: index) else { return nil }
                index = end
            }
            while true {
                guard depth > 0 else { return index }
                index = skipSpaces(bytes, from: index)
                guard index < bytes.count else { return nil }
                let isObject = brackets & 1 == 1
                if bytes[index] == UInt8(ascii: ",") {
                    index = skipSpaces(bytes, from: index &+ 1)
                    if isObject {
                        guard let value = valueOfMember(bytes, at: index) else { return nil }
                        index = value
                    }
                    break
                }
                guard bytes[index] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return nil }
                index &+= 1
                brackets >>= 1
                depth &-= 1
            }
        }
    }

    /// The index of the value of the member whose key begins there.
    private static func valueOfMember(_ bytes: Span<UInt8>, at start: Int, keyEnd: Int? = nil) -> Int? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "\""),
            let end = keyEnd ?? endOfString(bytes, at: start)
        else { return nil }
        let colon = skipSpaces(bytes, from: end)
        guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { return nil }
        return skipSpaces(bytes, from: colon &+ 1)
    }
}
