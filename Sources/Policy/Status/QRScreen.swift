public import Protocols

/// A QR code for a terminal: two rows of it in a line, by half blocks. Its colours are named, black on white, since a
/// camera wants dark on light whatever the terminal's own are; so it is drawn alike into a pipe.
public enum QRScreen {
    /// Light modules around it. The standard asks for four, and readers take two.
    private static let quietZone = 4
    private static let narrowQuietZone = 2

    /// Black on white, of the 216 colours that no theme changes, and back.
    private static let ink = "\u{1b}[38;5;16;48;5;231m"
    private static let dark = "\u{1b}[48;5;16m"
    private static let light = "\u{1b}[48;5;231m"
    private static let end = "\u{1b}[0m"

    /// The code, each line ending in a newline.
    ///
    /// - Parameter unicode: whether the terminal reads UTF-8. Without it a module is two spaces, and the drawing twice as
    ///   large.
    public static func draw(_ code: QRCode, unicode: Bool) -> String {
        unicode ? halfBlocks(code) : spaces(code)
    }

    private static func halfBlocks(_ code: QRCode) -> String {
        let columns = -quietZone..<code.size + quietZone
        return stride(from: columns.lowerBound, to: columns.upperBound, by: 2).map { row in
            let line = columns.map { column -> Character in
                switch (code[row, column], code[row + 1, column]) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }
            return ink + String(line) + end + "\n"
        }.joined()
    }

    private static func spaces(_ code: QRCode) -> String {
        let columns = -narrowQuietZone..<code.size + narrowQuietZone
        return columns.map { row in
            columns.map { (code[row, $0] ? dark : light) + "  " }.joined() + end + "\n"
        }.joined()
    }
}
