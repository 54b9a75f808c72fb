extension String {
    /// This text as one line of a message may show it: at most `limit` Unicode scalars, "..." where there were more,
    /// and a replacement character for each that would end the line, move the cursor or turn the direction of
    /// writing. What is shown comes from a file, and is shown on a terminal.
    public func printable(limit: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(limit) {
            scalars.append(scalar.isPrintable ? scalar : "\u{fffd}")
        }
        return String(scalars) + (unicodeScalars.dropFirst(limit).isEmpty ? "" : "...")
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
