extension Span<UInt8> {
    /// The number in these bytes, at most eight, the least first. The caller has seen that they are there.
    func littleEndian(_ range: Range<Int>) -> UInt64 {
        range.reversed().reduce(0) { $0 << 8 | UInt64(self[$1]) }
    }

    /// The number in these bytes, at most eight, the greatest first. The caller has seen that they are there.
    func bigEndian(_ range: Range<Int>) -> UInt64 {
        range.reduce(0) { $0 << 8 | UInt64(self[$1]) }
    }

    /// The number in these bytes, in the order of this machine: what the kernel writes for its own users. The caller
    /// has seen that they are there.
    func hostOrder(_ range: Range<Int>) -> UInt64 {
        #if _endian(big)
            bigEndian(range)
        #else
            littleEndian(range)
        #endif
    }
}

extension [UInt8] {
    /// Appends the lowest `count` bytes of a number, the least first.
    mutating func append(littleEndian value: UInt64, count: Int) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    /// Appends the lowest `count` bytes of a number, the greatest first.
    mutating func append(bigEndian value: UInt64, count: Int) {
        for index in (0..<count).reversed() {
            append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }

    /// Appends the lowest `count` bytes of a number, in the order of this machine.
    mutating func append(hostOrder value: UInt64, count: Int) {
        #if _endian(big)
            append(bigEndian: value, count: count)
        #else
            append(littleEndian: value, count: count)
        #endif
    }
}
