/// The eight masks of a QR code, and what makes a drawing hard to read (ISO/IEC 18004, 7.8).
enum QRMask {
    /// Whether a mask turns the module of this row and column.
    static func turns(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        let product = row * column
        return switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: product % 2 + product % 3 == 0
        case 6: (product % 2 + product % 3) % 2 == 0
        default: ((row + column) % 2 + product % 3) % 2 == 0
        }
    }

    /// The four penalties together: runs of one colour, squares of it, what looks like a finder, and how far dark and
    /// light are from balance.
    static func penalty(size: Int, isDark: (_ row: Int, _ column: Int) -> Bool) -> Int {
        var sum = 0
        var dark = 0
        for line in 0..<size {
            sum += penalty(of: (0..<size).map { isDark(line, $0) }) + penalty(of: (0..<size).map { isDark($0, line) })
            dark += (0..<size).count { isDark(line, $0) }
        }
        for row in 0..<size - 1 {
            for column in 0..<size - 1 {
                let corner = isDark(row, column)
                let isSquare =
                    corner == isDark(row, column + 1) && corner == isDark(row + 1, column)
                    && corner == isDark(row + 1, column + 1)
                if isSquare { sum += 3 }
            }
        }
        return sum + abs(dark * 20 - size * size * 10) / (size * size) * 10
    }

    private static let finders: [[Bool]] = {
        let finder = [true, false, true, true, true, false, true]
        let quiet = [Bool](repeating: false, count: 4)
        return [finder + quiet, quiet + finder]
    }()

    /// Of one row or column: three and one more for each module in a run beyond five; forty for a finder's likeness.
    private static func penalty(of line: [Bool]) -> Int {
        var sum = 0
        var run = 0
        for (place, isDark) in line.enumerated() {
            run = place > 0 && line[place - 1] == isDark ? run + 1 : 1
            if run == 5 { sum += 3 } else if run > 5 { sum += 1 }
            for finder in finders where line[place...].starts(with: finder) { sum += 40 }
        }
        return sum
    }
}
