import Protocols

/// Reads a QR code back, by the standard and not by the code under test: format, mask, codewords, blocks and their
/// syndromes, then the text.
struct QRReader {
    let code: QRCode
    var version: Int { (code.size - 17) / 4 }

    /// Blocks, and codewords of correction in each, by version (ISO/IEC 18004, table 9).
    private static let low = [
        (1, 7), (1, 10), (1, 15), (1, 20), (1, 26), (2, 18), (2, 20), (2, 24), (2, 30), (4, 18),
    ]
    private static let medium = [
        (1, 10), (1, 16), (1, 26), (2, 18), (2, 24), (4, 16), (4, 18), (4, 22), (5, 22), (5, 26),
    ]
    private static let alignment = [
        [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
    ]

    /// The fifteen modules beside the upper left finder, from the timing's row to its column.
    var format: String {
        let places = (0..<6).map { (8, $0) } + [(8, 7), (8, 8), (7, 8)] + (0..<6).reversed().map { ($0, 8) }
        return String(places.map { code[$0.0, $0.1] ? "1" : "0" })
    }

    /// The same beside the other two finders.
    var secondFormat: String {
        let end = code.size
        let places = (1...7).map { (end - $0, 8) } + (0..<8).map { (8, end - 8 + $0) }
        return String(places.map { code[$0.0, $0.1] ? "1" : "0" })
    }

    /// The version's eighteen bits, from the modules above the lower left finder, the highest first.
    var versionBits: String {
        String((0..<18).reversed().map { code[code.size - 11 + $0 % 3, $0 / 3] ? "1" : "0" })
    }

    private func isPattern(_ row: Int, _ column: Int) -> Bool {
        let end = code.size
        if row == 6 || column == 6 { return true }
        if row < 9, column < 9 || column >= end - 8 { return true }
        if row >= end - 8, column < 9 { return true }
        if version >= 7, row < 6 && column >= end - 11 || column < 6 && row >= end - 11 { return true }
        let places = Self.alignment[version - 1]
        for middle in places {
            for other in places where abs(row - middle) <= 2 && abs(column - other) <= 2 {
                let isCorner =
                    middle == 6 && (other == 6 || other == places.last) || other == 6 && middle == places.last
                if !isCorner { return true }
            }
        }
        return false
    }

    private func isMasked(_ mask: Int, _ i: Int, _ j: Int) -> Bool {
        let product = i * j
        let sum = i + j
        let both = product % 2 + product % 3
        let values: [Int] = [
            sum % 2, i % 2, j % 3, sum % 3, (i / 2 + j / 3) % 2, both, both % 2, (sum % 2 + product % 3) % 2,
        ]
        return values[mask] == 0
    }

    /// All codewords in the order in which they lie.
    var codewords: [UInt8] {
        var bits: [Bool] = []
        var columns = Array((0..<code.size).reversed().filter { $0 != 6 })
        var isUpward = true
        while columns.count >= 2 {
            let pair = columns.prefix(2)
            columns.removeFirst(2)
            for step in 0..<code.size {
                let row = isUpward ? code.size - 1 - step : step
                for column in pair where !isPattern(row, column) {
                    bits.append(code[row, column] != isMasked(code.mask, row, column))
                }
            }
            isUpward.toggle()
        }
        return stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start -> UInt8 in
            var byte: UInt8 = 0
            for bit in bits[start..<start + 8] { byte = byte << 1 | (bit ? 1 : 0) }
            return byte
        }
    }

    /// Each block whole, data and correction.
    func blocks(_ level: QRCode.Level) -> (blocks: [[UInt8]], correction: Int) {
        let (count, correction) = (level == .low ? Self.low : Self.medium)[version - 1]
        let all = codewords
        let data = all.count - count * correction
        let short = data / count
        var blocks = [[UInt8]](repeating: [], count: count)
        var rest = all[...]
        for place in 0...short {
            for block in 0..<count where place < short || block >= count - data % count {
                blocks[block].append(rest.removeFirst())
            }
        }
        for _ in 0..<correction { for block in 0..<count { blocks[block].append(rest.removeFirst()) } }
        return (blocks, correction)
    }

    /// Whether every block's polynomial has the roots that it must have.
    func isCorrect(_ level: QRCode.Level) -> Bool {
        var powers: [Int] = []
        var value = 1
        for _ in 0..<255 {
            powers.append(value)
            value = value << 1
            if value > 255 { value ^= 0x11d }
        }
        let (blocks, correction) = blocks(level)
        return blocks.allSatisfy { block in
            (0..<correction).allSatisfy { root in
                block.enumerated().reduce(0) { sum, entry in
                    guard entry.element != 0, let log = powers.firstIndex(of: Int(entry.element)) else { return sum }
                    return sum ^ powers[(log + root * (block.count - 1 - entry.offset)) % 255]
                } == 0
            }
        }
    }

    /// The four penalties of 7.8.3.1, on rows and columns as texts.
    var penalty: Int {
        let side = 0..<code.size
        let rows = side.map { row in String(side.map { code[row, $0] ? "1" : "0" }) }
        let columns = side.map { column in String(side.map { code[$0, column] ? "1" : "0" }) }
        var sum = 0
        for line in rows + columns {
            for sign in ["0", "1"] as [Character] {
                for run in line.split(whereSeparator: { $0 != sign }) where run.count >= 5 { sum += run.count - 2 }
            }
            for start in line.indices {
                for finder in ["10111010000", "00001011101"] where line[start...].hasPrefix(finder) { sum += 40 }
            }
        }
        for row in side.dropLast() {
            for column in side.dropLast() {
                let dark = [(0, 0), (0, 1), (1, 0), (1, 1)].count { code[row + $0.0, column + $0.1] }
                if dark == 0 || dark == 4 { sum += 3 }
            }
        }
        let dark = rows.joined().count { $0 == "1" }
        let percent = Double(dark * 100) / Double(code.size * code.size)
        return sum + Int(abs(percent - 50) / 5) * 10
    }

    /// What it says, by its mode.
    func text(_ level: QRCode.Level) -> String {
        let (blocks, correction) = blocks(level)
        var bits: [Bool] = []
        for block in blocks {
            for byte: UInt8 in block.dropLast(correction) {
                for shift: UInt8 in (0..<8).reversed() { bits.append((byte >> shift) & 1 == 1) }
            }
        }
        var rest = bits[...]
        func take(_ count: Int) -> Int {
            var value = 0
            for bit in rest.prefix(count) { value = value << 1 | (bit ? 1 : 0) }
            rest = rest.dropFirst(count)
            return value
        }
        switch take(4) {
        case 4:
            let count = take(version < 10 ? 8 : 16)
            return String(decoding: (0..<count).map { _ in UInt8(take(8)) }, as: UTF8.self)
        case 2:
            let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
            var count = take(version < 10 ? 9 : 11)
            var text = ""
            while count > 1 {
                let pair = take(11)
                text += [alphabet[pair / 45], alphabet[pair % 45]]
                count -= 2
            }
            if count == 1 { text.append(alphabet[take(6)]) }
            return text
        default: return "another mode"
        }
    }
}
