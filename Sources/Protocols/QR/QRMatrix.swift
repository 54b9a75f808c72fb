/// The modules of a QR code while it is drawn: the patterns by which a reader finds its way, and the data between them
/// (ISO/IEC 18004, 6.3, 7.7, 7.9 and 7.10).
struct QRMatrix {
    let version: QRVersion
    /// Row after row, true where dark.
    private(set) var modules: [Bool]
    /// Those that are no data, and that no mask turns.
    private var isPattern: [Bool]

    var size: Int { version.size }

    /// A drawing of these codewords, without mask and format.
    init(_ version: QRVersion, codewords: [UInt8]) {
        self.version = version
        modules = [Bool](repeating: false, count: version.size * version.size)
        isPattern = modules
        drawTiming()
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        drawAlignment()
        drawFormat(0)  // Keeps its place free.
        drawVersion()
        drawData(codewords)
    }

    /// The same with the mask, which is written down beside the finders with the level.
    func masked(_ mask: Int, _ level: QRCode.Level) -> QRMatrix {
        var matrix = self
        for row in 0..<size {
            for column in 0..<size where !isPattern[row * size + column] && QRMask.turns(mask, row, column) {
                matrix.modules[row * size + column].toggle()
            }
        }
        matrix.drawFormat(Self.formatBits(level, mask))
        return matrix
    }

    /// How hard it is to read: the less the better.
    var penalty: Int { QRMask.penalty(size: size) { modules[$0 * size + $1] } }

    /// Draws a module of a pattern; outside there is nothing to draw.
    private mutating func pattern(_ row: Int, _ column: Int, _ isDark: Bool) {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return }
        modules[row * size + column] = isDark
        isPattern[row * size + column] = true
    }

    private mutating func drawTiming() {
        for place in 0..<size {
            pattern(6, place, place % 2 == 0)
            pattern(place, 6, place % 2 == 0)
        }
    }

    /// A dark square in a light one in a dark one, and a light edge around them.
    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for down in -4...4 {
            for right in -4...4 {
                let distance = max(abs(down), abs(right))
                pattern(row + down, column + right, distance != 2 && distance != 4)
            }
        }
    }

    private mutating func drawAlignment() {
        let places = version.alignment
        guard let first = places.first, let last = places.last else { return }
        for row in places {
            for column in places where ![[first, first], [first, last], [last, first]].contains([row, column]) {
                for down in -2...2 {
                    for right in -2...2 { pattern(row + down, column + right, max(abs(down), abs(right)) != 1) }
                }
            }
        }
    }

    /// Level and mask, twice, and the module that is always dark.
    private mutating func drawFormat(_ bits: UInt32) {
        func bit(_ place: Int) -> Bool { bits >> UInt32(place) & 1 == 1 }
        for place in 0..<6 { pattern(place, 8, bit(place)) }
        pattern(7, 8, bit(6))
        pattern(8, 8, bit(7))
        pattern(8, 7, bit(8))
        for place in 9..<15 { pattern(8, 14 - place, bit(place)) }
        for place in 0..<8 { pattern(8, size - 1 - place, bit(place)) }
        for place in 8..<15 { pattern(size - 15 + place, 8, bit(place)) }
        pattern(size - 8, 8, true)
    }

    /// From version 7 on, its number, twice.
    private mutating func drawVersion() {
        guard version.number >= 7 else { return }
        let bits = Self.versionBits(version.number)
        for place in 0..<18 {
            let isDark = bits >> UInt32(place) & 1 == 1
            pattern(size - 11 + place % 3, place / 3, isDark)
            pattern(place / 3, size - 11 + place % 3, isDark)
        }
    }

    /// By two columns from the right, up the first two and down the next, past the timing's column.
    private mutating func drawData(_ codewords: [UInt8]) {
        var place = 0
        var right = size - 1
        var isUpward = true
        while right > 0 {
            if right == 6 { right = 5 }
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] where !isPattern[row * size + column] {
                    guard place < codewords.count * 8 else { continue }
                    modules[row * size + column] = codewords[place / 8] >> UInt8(7 - place % 8) & 1 == 1
                    place += 1
                }
            }
            right -= 2
            isUpward.toggle()
        }
    }

    /// Level and mask with what corrects them: BCH (15, 5) by x^10 + x^8 + x^5 + x^4 + x^2 + x + 1, and a mask of its own.
    static func formatBits(_ level: QRCode.Level, _ mask: Int) -> UInt32 {
        let levelBits: UInt32 =
            switch level {
            case .low: 0b01
            case .medium: 0b00
            }
        return corrected(levelBits << 3 | UInt32(mask), by: 0x537, degree: 10) ^ 0x5412
    }

    /// The version's number with what corrects it: Golay (18, 6) by x^12 + x^11 + x^10 + x^9 + x^8 + x^5 + x^2 + 1.
    static func versionBits(_ number: Int) -> UInt32 {
        corrected(UInt32(number), by: 0x1f25, degree: 12)
    }

    private static func corrected(_ value: UInt32, by generator: UInt32, degree: UInt32) -> UInt32 {
        var remainder = value
        for _ in 0..<degree {
            remainder = remainder << 1 ^ (remainder >> (degree - 1) & 1) * generator
        }
        return value << degree | remainder
    }
}
