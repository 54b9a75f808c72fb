/// Durations as a configuration writes them: a whole number and its unit.
enum DurationText {
    enum Failure: Error {
        case noUnit, negative, overOneDay, malformed
    }

    /// Reads "500ms", "30s", "5m" or "1h", at most one day.
    static func read(_ text: String) throws(Failure) -> Duration {
        if text.hasPrefix("-") { throw .negative }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { throw .malformed }
        let milliseconds: Int64
        switch text.dropFirst(digits.count) {
        case "": throw .noUnit
        case "ms": milliseconds = 1
        case "s": milliseconds = 1000
        case "m": milliseconds = 60_000
        case "h": milliseconds = 3_600_000
        default: throw .malformed
        }
        // More digits than these are over a day in every unit.
        guard digits.utf8.count <= 9, let count = Int64(digits), count * milliseconds <= 86_400_000 else {
            throw .overOneDay
        }
        return .milliseconds(count * milliseconds)
    }

    /// "30 s", or "1500 ms" where it is no whole number of seconds.
    static func words(_ duration: Duration) -> String {
        let components = duration.components
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
