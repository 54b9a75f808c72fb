extension Span<UInt8> {
    /// Whether both ranges hold the same bytes.
    func areSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count
        where self[left.lowerBound &+ offset] != self[right.lowerBound &+ offset] {
            return false
        }
        return true
    }

    /// An order of ranges in which those of the same bytes are neighbours: by length, then by bytes.
    func isOrdered(_ left: Range<Int>, before right: Range<Int>) -> Bool {
        guard left.count == right.count else { return left.count < right.count }
        for (left, right) in zip(left, right) where self[left] != self[right] {
            return self[left] < self[right]
        }
        return false
    }

    /// Whether the bytes there are those of `text`.
    func holds(_ text: String, at range: Range<Int>) -> Bool {
        let text = text.utf8.span
        guard range.count == text.count, range.upperBound <= count else { return false }
        for index in 0..<text.count where self[range.lowerBound &+ index] != text[index] {
            return false
        }
        return true
    }

    /// Whether the bytes there are these; not where the range reaches beyond the span.
    public func holds(_ text: [UInt8], at range: Range<Int>) -> Bool {
        guard range.count == text.count, range.lowerBound >= 0, range.upperBound <= count else { return false }
        let text = text.span
        var offset = 0
        while offset < text.count, self[range.lowerBound &+ offset] == text[offset] { offset &+= 1 }
        return offset == text.count
    }

    /// Whether these are its first bytes.
    public func begins(with text: [UInt8]) -> Bool {
        text.count <= count && extracting(0..<text.count).isSame(as: text.span)
    }

    /// Whether both hold the same bytes.
    public func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        // All are looked at, whether or not one differs: a loop that ends early is compiled to single bytes.
        var difference: UInt8 = 0
        for index in 0..<Swift.min(count, other.count) { difference |= self[index] ^ other[index] }
        return difference == 0
    }

    /// Whether all are hexadecimal digits of the small kind.
    public var isHexadecimal: Bool {
        var others: UInt8 = 0
        for index in 0..<count {
            others |= self[index] &- 0x30 < 10 || self[index] &- 0x61 < 6 ? 0 : 1
        }
        return others == 0
    }
}
