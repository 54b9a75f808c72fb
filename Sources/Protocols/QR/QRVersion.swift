/// One of the sizes of a QR code, and how its codewords are parted in blocks (ISO/IEC 18004, tables 1, 9 and E.1).
struct QRVersion {
    /// 1 to 10.
    let number: Int

    static let all = (1...10).map { QRVersion(number: $0) }

    /// Modules on each side.
    var size: Int { 17 + 4 * number }

    /// Codewords of eight bits, with those that correct.
    private static let codewords = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346]
    /// Codewords that correct, in each block.
    private static let low = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18]
    private static let medium = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26]
    /// Blocks.
    private static let lowBlocks = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4]
    private static let mediumBlocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5]
    /// Where the middles of alignment patterns stand, in both directions.
    private static let alignments: [[Int]] = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ]

    /// The rows and columns of the alignment patterns' middles.
    var alignment: [Int] { Self.alignments[number - 1] }

    /// How many codewords of a block correct it.
    func correction(_ level: QRCode.Level) -> Int {
        switch level {
        case .low: Self.low[number - 1]
        case .medium: Self.medium[number - 1]
        }
    }

    /// How many codewords of data each block has: the shorter blocks first.
    func blocks(_ level: QRCode.Level) -> [Int] {
        let count =
            switch level {
            case .low: Self.lowBlocks[number - 1]
            case .medium: Self.mediumBlocks[number - 1]
            }
        let data = Self.codewords[number - 1] - count * correction(level)
        return (0..<count).map { data / count + ($0 >= count - data % count ? 1 : 0) }
    }

    /// How many codewords of data there are.
    func capacity(_ level: QRCode.Level) -> Int { blocks(level).reduce(0, +) }

    /// Data and what corrects it, in the order in which they are drawn: the first codeword of each block, the second of
    /// each, and so on; so damage in one place is spread over all blocks.
    ///
    /// - Parameter data: as many codewords as `capacity` says.
    func interleaved(_ data: [UInt8], _ level: QRCode.Level) -> [UInt8] {
        let correction = ReedSolomon(count: correction(level))
        var rest = data[...]
        var blocks: [(data: [UInt8], correction: [UInt8])] = []
        for count in self.blocks(level) {
            let block = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            blocks.append((block, correction.remainder(of: block)))
        }
        let longest = blocks.map(\.data.count).max() ?? 0
        return (0..<longest).flatMap { place in blocks.compactMap { $0.data.count > place ? $0.data[place] : nil } }
            + (0..<correction.count).flatMap { place in blocks.map { $0.correction[place] } }
    }
}
