internal import Protocols

extension String {
    /// The text as one line that is safe on a terminal: what could drive the terminal, and every run of spaces,
    /// becomes one space. Details come from proxies, from Tor and from files.
    var oneLine: String {
        var line = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let isSpace = scalar.drivesTerminals || scalar.properties.isWhitespace
            if !isSpace { line.append(scalar) }
            if isSpace, let last = line.last, last != " " { line.append(" ") }
        }
        if line.last == " " { line.removeLast() }
        return String(line)
    }

    /// How many columns a terminal takes for it, at most: everything from U+1100 on is taken for wide.
    var columns: Int {
        unicodeScalars.reduce(0) { $0 + $1.columns }
    }

    /// The text with spaces after it, so that it fills this many columns.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - columns))
    }

    /// The text with spaces before it, so that it fills this many columns.
    func paddedLeft(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - columns)) + self
    }

    /// The text in lines of at most this many columns, broken at spaces where it has any. An empty text is one
    /// empty line.
    func wrapped(to width: Int) -> [String] {
        let width = max(width, 2)
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            let spaced = line.isEmpty ? String(word) : line + " " + word
            guard spaced.columns > width else {
                line = spaced
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = ""
            for scalar in word.unicodeScalars {
                if line.columns + scalar.columns > width {
                    lines.append(line)
                    line = ""
                }
                line.unicodeScalars.append(scalar)
            }
        }
        return lines + (line.isEmpty && !lines.isEmpty ? [] : [line])
    }

    /// The text cut to this many columns, with "..." where something was cut off.
    func cut(to width: Int) -> String {
        guard columns > width else { return self }
        return (wrapped(to: max(width - 3, 2)).first ?? "") + "..."
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int { value < 0x1100 ? 1 : 2 }
}
