/// A row of characters as high as the values are, against the largest of them.
enum Sparkline {
    /// One character a value; a space where it is not known.
    ///
    /// - Parameter unicode: whether the terminal reads UTF-8; without it the eight heights are ASCII characters.
    static func text(_ values: [Double?], unicode: Bool) -> String {
        let heights: [Character] =
            unicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : ["_", ".", ":", "-", "=", "+", "*", "#"]
        let largest = values.reduce(0) { max($0, $1 ?? 0) }
        return String(
            values.map { value -> Character in
                guard let value else { return " " }
                guard value > 0, largest > 0 else { return heights[0] }
                // Whatever is more than nothing is seen as more than nothing.
                return heights[min(max(Int((value / largest * 7).rounded(.up)), 1), 7)]
            })
    }
}
