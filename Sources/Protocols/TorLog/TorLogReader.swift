/// Cuts what a Tor writes into lines. A line that is longer than `longestLine` is taken as it is up to there.
public struct TorLogReader: Hashable, Sendable {
    /// In bytes. Tor's own are shorter than 10 kB.
    public static let longestLine = 1024

    private var line: [UInt8] = []

    /// Nothing was read yet.
    public init() {}

    /// These bytes came.
    ///
    /// - Returns: the lines that they end, those without a severity left out.
    public mutating func receive(_ bytes: Span<UInt8>) -> [TorLogLine] {
        var lines: [TorLogLine] = []
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == 0x0a {
                if let read = TorLogLine(line) { lines.append(read) }
                line.removeAll(keepingCapacity: true)
            } else if line.count < Self.longestLine {
                line.append(byte)
            }
        }
        return lines
    }
}
