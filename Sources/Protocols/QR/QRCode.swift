/// A QR code (ISO/IEC 18004:2015, model 2) of versions 1 to 10 and levels L and M: a square of dark and light modules that
/// a camera reads as a text.
///
///     ███████  █ █  ███████
///     █     █ █  █  █     █      finders in three corners, timing between them,
///     █ ███ █   █   █ ███ █      format beside them, data in the rest from the
///     █ ███ █ ██ █  █ ███ █      lower right on, up and down by two columns
///     ...
public struct QRCode: Hashable, Sendable {
    /// How much of it may be unreadable.
    public enum Level: Hashable, Sendable, CaseIterable {
        /// L: about 7 %.
        case low
        /// M: about 15 %.
        case medium
    }

    /// How many modules each side has: 21 to 57, without the quiet zone around it.
    public let size: Int
    /// Which of the eight masks it is drawn with, 0 to 7.
    public let mask: Int

    private let modules: [Bool]

    /// The smallest code that holds a text; nil where none of the ten does.
    ///
    /// - Parameters:
    ///   - text: in the alphanumeric mode if it has only characters of that mode, else its UTF-8 bytes.
    ///   - mask: this mask and no other, 0 to 7; nil for the one whose drawing is the easiest to read.
    public init?(_ text: String, level: Level = .low, mask: Int? = nil) {
        let masks = mask.map { $0...$0 } ?? 0...7
        guard masks.lowerBound >= 0, masks.upperBound <= 7 else { return nil }
        let content = QRContent(text)
        for version in QRVersion.all {
            guard let codewords = content.codewords(in: version, level) else { continue }
            let blank = QRMatrix(version, codewords: version.interleaved(codewords, level))
            let drawn = masks.map { (mask: $0, matrix: blank.masked($0, level)) }
            guard let best = drawn.min(by: { $0.matrix.penalty < $1.matrix.penalty }) else { return nil }
            size = version.size
            self.mask = best.mask
            modules = best.matrix.modules
            return
        }
        return nil
    }

    /// Whether the module of this row and column, from the upper left on, is dark. Outside all are light: the quiet zone.
    public subscript(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return modules[row * size + column]
    }
}
