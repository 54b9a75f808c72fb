import Protocols

/// A node's JSON answer, read as far as it must be: whether it is one whole object, and where a value lies in it.
///
/// It is no RFC 8259: monerod of 0.18 writes binary data raw into strings (the pool's hashes, the backlog, the
/// distribution of outputs), with control characters, bytes that are no UTF-8 and the escape `\v`. So a string may
/// hold anything but an end here, while brackets, commas and colons must stand where they belong. Nothing is copied.
struct NodeJSON {
    private let bytes: [UInt8]

    /// Reads these bytes.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether it is one object and nothing else.
    var isObject: Bool {
        let start = skipSpaces(from: 0)
        guard byte(start) == UInt8(ascii: "{"), let end = endOfValue(at: start) else { return false }
        return skipSpaces(from: end) == bytes.count
    }

    /// Where the value of this member of an object lies. The text may be cut off behind it.
    ///
    /// - Parameter object: Where the object lies; the whole text where it is nil.
    func value(of key: [UInt8], in object: Range<Int>? = nil) -> Range<Int>? {
        var index = skipSpaces(from: object?.lowerBound ?? 0)
        guard byte(index) == UInt8(ascii: "{") else { return nil }
        repeat {
            index = skipSpaces(from: index &+ 1)
            guard byte(index) == UInt8(ascii: "\""), let keyEnd = endOfString(at: index) else { return nil }
            let isWanted = bytes.span.holds(key, at: index &+ 1..<keyEnd &- 1)
            index = skipSpaces(from: keyEnd)
            guard byte(index) == UInt8(ascii: ":") else { return nil }
            index = skipSpaces(from: index &+ 1)
            guard let end = endOfValue(at: index) else { return nil }
            if isWanted { return index..<end }
            index = skipSpaces(from: end)
        } while byte(index) == UInt8(ascii: ",")
        return nil
    }

    /// Whether a string of these bytes stands there.
    func holdsString(_ text: [UInt8], at range: Range<Int>) -> Bool {
        range.count >= 2 && byte(range.lowerBound) == UInt8(ascii: "\"")
            && bytes.span.holds(text, at: range.lowerBound &+ 1..<range.upperBound &- 1)
    }

    private func byte(_ index: Int) -> UInt8? {
        index < bytes.count ? bytes[index] : nil
    }

    private func skipSpaces(from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0a, 0x0d: index &+= 1
            default: return index
            }
        }
        return index
    }

    /// The index behind the string whose quote stands there.
    private func endOfString(at start: Int) -> Int? {
        var index = start &+ 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): return index &+ 1
            case UInt8(ascii: "\\"): index &+= 2
            default: index &+= 1
            }
        }
        return nil
    }

    /// The index behind the number or the word that begins there.
    private func endOfScalar(at start: Int) -> Int? {
        var index = start
        guard let first = byte(start) else { return nil }
        switch first {
        case UInt8(ascii: "t"): return endOfWord("true", at: start)
        case UInt8(ascii: "f"): return endOfWord("false", at: start)
        case UInt8(ascii: "n"): return endOfWord("null", at: start)
        case UInt8(ascii: "-"), 0x30...0x39:
            while let byte = byte(index) {
                switch byte {
                case 0x30...0x39, 0x2b, 0x2d, 0x2e, 0x45, 0x65: index &+= 1  // digits + - . E e
                default: return index
                }
            }
            return nil  // an object never ends in a number: it is cut off
        default: return nil
        }
    }

    private func endOfWord(_ word: StaticString, at start: Int) -> Int? {
        var index = start
        for expected in word.description.utf8 {
            guard byte(index) == expected else { return nil }
            index &+= 1
        }
        return index
    }

    /// The index behind the value that begins there; nil where it is none, is cut off, or goes deeper than 64
    /// brackets.
    private func endOfValue(at start: Int) -> Int? {
        var index = start
        /// One bit for each bracket that is open, the innermost lowest: 1 for an object.
        var brackets: UInt64 = 0
        var depth = 0
        while true {
            guard let first = byte(index) else { return nil }
            switch first {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let isObject = first == UInt8(ascii: "{")
                guard depth < 64 else { return nil }
                brackets = brackets << 1 | (isObject ? 1 : 0)
                depth &+= 1
                index = skipSpaces(from: index &+ 1)
                if byte(index) != UInt8(ascii: isObject ? "}" : "]") {
                    if isObject {
                        guard let value = valueOfMember(at: index) else { return nil }
                        index = value
                    }
                    continue
                }
            case UInt8(ascii: "\""):
                guard let end = endOfString(at: index) else { return nil }
                index = end
            default:
                guard let end = endOfScalar(at: index) else { return nil }
                index = end
            }
            // A value has ended, or the bracket that closes an empty one stands here.
            while true {
                guard depth > 0 else { return index }
                index = skipSpaces(from: index)
                guard let next = byte(index) else { return nil }
                let isObject = brackets & 1 == 1
                if next == UInt8(ascii: ",") {
                    index = skipSpaces(from: index &+ 1)
                    if isObject {
                        guard let value = valueOfMember(at: index) else { return nil }
                        index = value
                    }
                    break
                }
                guard next == UInt8(ascii: isObject ? "}" : "]") else { return nil }
                index &+= 1
                brackets >>= 1
                depth &-= 1
            }
        }
    }

    /// The index of the value of the member whose key begins there.
    private func valueOfMember(at start: Int) -> Int? {
        guard byte(start) == UInt8(ascii: "\""), let end = endOfString(at: start) else { return nil }
        let colon = skipSpaces(from: end)
        guard byte(colon) == UInt8(ascii: ":") else { return nil }
        return skipSpaces(from: colon &+ 1)
    }
}
