/// The colours of a screen, or none.
public struct Palette: Hashable, Sendable {
    /// What a colour is for.
    public enum Tone: Hashable, Sendable {
        /// As it should be.
        case good
        /// Worth a look.
        case warning
        /// Not as it should be.
        case bad
    }

    /// Whether anything is painted.
    public let isColoured: Bool

    /// No colours.
    public static let plain = Palette(isTerminal: false, noColor: nil)

    /// Colours if the output is a terminal and NO_COLOR is unset or empty (https://no-color.org).
    ///
    /// - Parameters:
    ///   - isTerminal: whether the output is one, and not TERM=dumb.
    ///   - noColor: the value of NO_COLOR, nil if it is unset.
    public init(isTerminal: Bool, noColor: String?) {
        isColoured = isTerminal && (noColor ?? "").isEmpty
    }

    /// The text in the colour of this tone (ECMA-48, bold with one of the eight colours).
    func paint(_ text: String, _ tone: Tone) -> String {
        guard isColoured else { return text }
        let colour =
            switch tone {
            case .good: 32
            case .warning: 33
            case .bad: 31
            }
        return "\u{1b}[1;\(colour)m\(text)\u{1b}[0m"
    }
}

extension ProtectionState {
    var tone: Palette.Tone {
        switch self {
        case .protected: .good
        case .degraded: .warning
        case .blocked, .unguarded: .bad
        }
    }
}

extension Readiness {
    var tone: Palette.Tone {
        switch self {
        case .ready: .good
        case .starting: .warning
        case .failing, .down: .bad
        }
    }
}
