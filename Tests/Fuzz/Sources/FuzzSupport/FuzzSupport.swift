/// The fuzzer's input as an array.
public func bytes(_ data: UnsafePointer<UInt8>?, _ size: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: data, count: size))
}

/// Ends the process, which is what libFuzzer takes for a finding, unless `condition` holds.
public func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, line: UInt = #line
) {
    if !condition() { fatalError("line \(line): \(message())") }
}

extension [UInt8] {
    /// The input cut into pieces, at places that follow from the input itself, so that a finding can be repeated.
    /// Empty pieces and single bytes are among them.
    public var pieces: [[UInt8]] {
        var seed = reduce(UInt64(count) &+ 0x9e37_79b9_7f4a_7c15) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        var pieces: [[UInt8]] = []
        var start = 0
        while start < count {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let length = Int(truncatingIfNeeded: seed >> 60) < 12 ? Int(truncatingIfNeeded: seed >> 40 & 7) : count / 2
            let end = Swift.min(count, start + length)
            pieces.append(Array(self[start..<end]))
            start = end
        }
        return pieces
    }
}
