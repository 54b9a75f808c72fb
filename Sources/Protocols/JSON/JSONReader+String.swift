extension JSONReader {
    /// Reads a string from its opening quote to behind its closing one (RFC 8259 section 7).
    mutating func string(_ bytes: Span<UInt8>) throws(JSONFailure) -> String {
        let (range, hasEscapes) = try scanString(bytes)
        guard hasEscapes else { return text(bytes, from: range.lowerBound, to: range.upperBound) }
        var inner = self
        inner.offset = range.lowerBound
        return String(decoding: try inner.unescaped(bytes, to: range.upperBound), as: UTF8.self)
    }

    /// Steps over a string, from its opening quote to behind its closing one.
    ///
    /// - Returns: What is between the quotes, and whether there is an escape in it.
    mutating func scanString(_ bytes: Span<UInt8>) throws(JSONFailure) -> (text: Range<Int>, hasEscapes: Bool) {
        offset += 1
        let start = offset
        var hasEscapes = false
        while true {
            var place = offset  // not `offset` itself, which would be written back at each byte
            // Sixteen at a time, which are compared at once.
            while place &+ 16 <= bytes.count, bytes.extracting(place..<place &+ 16).isPlainInJSON { place &+= 16 }
            while place < bytes.count, !bytes[place].isSpecialInJSON { place &+= 1 }
            offset = place
            switch peek(bytes) {
            case UInt8(ascii: "\""):
                offset += 1
                return (start..<place, hasEscapes)
            case UInt8(ascii: "\\"):
                _ = try escape(bytes)
                hasEscapes = true
            case nil: throw JSONFailure(.truncated, at: offset)
            default: throw JSONFailure(.controlCharacter, at: offset)
            }
        }
    }

    /// The bytes from here to the end of a string that was scanned, without its escapes.
    private mutating func unescaped(_ bytes: Span<UInt8>, to end: Int) throws(JSONFailure) -> [UInt8] {
        var unescaped: [UInt8] = []
        while offset < end {
            if bytes[offset] == UInt8(ascii: "\\") {
                unescaped.append(contentsOf: String(try escape(bytes)).utf8)
            } else {
                unescaped.append(bytes[offset])
                offset += 1
            }
        }
        return unescaped
    }

    /// The bytes of a range that is known to be UTF-8, as text.
    func text(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> String {
        guard let valid = try? UTF8Span(validating: bytes.extracting(start..<end)) else { return "" }
        return String(copying: valid)
    }

    /// Reads one escape from its backslash; two of them where they are the halves of a surrogate pair.
    private mutating func escape(_ bytes: Span<UInt8>) throws(JSONFailure) -> Unicode.Scalar {
        let start = offset
        offset += 1
        guard let letter = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw JSONFailure(.badEscape, at: start)
        }
        let first = try fourDigits(bytes)
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A surrogate, U+D800 to U+DFFF: the high half, then at once the low one.
        guard first < 0xdc00 else { throw JSONFailure(.loneSurrogate, at: start) }
        for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
            guard let byte = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
            guard byte == expected else { throw JSONFailure(.loneSurrogate, at: start) }
            offset += 1
        }
        let second = try fourDigits(bytes)
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first - 0xd800) << 10) + UInt32(second - 0xdc00))
        else { throw JSONFailure(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func fourDigits(_ bytes: Span<UInt8>) throws(JSONFailure) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(bytes) else { throw JSONFailure(.truncated, at: offset) }
            guard let digit = byte.hexValue else { throw JSONFailure(.badEscape, at: offset) }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }
}

extension Span<UInt8> {
    /// Whether none of sixteen bytes is special, found out without a way out of the middle.
    fileprivate var isPlainInJSON: Bool {
        // A control character becomes one of the greatest, the quote and the backslash the greatest. One loop for each:
        // of these the compiler makes one instruction for all sixteen.
        var control: UInt8 = 0
        for index in 0..<16 { control = Swift.max(control, self[index] &- 0x20) }
        var quote: UInt8 = 0
        for index in 0..<16 { quote = Swift.max(quote, ~(self[index] ^ 0x22)) }
        var backslash: UInt8 = 0
        for index in 0..<16 { backslash = Swift.max(backslash, ~(self[index] ^ 0x5c)) }
        return control < 0xe0 && quote < 0xff && backslash < 0xff
    }
}

extension UInt8 {
    /// Whether it is no plain byte of a string: the quote, the backslash or a control character.
    fileprivate var isSpecialInJSON: Bool {
        self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\")
    }
}
