internal import Protocols

/// Finds keys that are too deep before toml++ sees them.
///
/// toml++ 3.3.0 bounds how deep values are nested, but not how many parts a dotted key has, and it frees its
/// tables by recursion: one line "a.a.a. ..." of half a megabyte would end the stack.
enum TomlDepth {
    /// More dots than this outside strings and comments on one line are refused. Beside keys only numbers and
    /// times have dots.
    static let maximumDots = 32

    private enum State {
        case plain, comment
        case string(quote: UInt8)
        case multiline(quote: UInt8)
    }

    /// Where the first line with too many dots has the one too many.
    static func excess(in bytes: [UInt8]) -> TomlPosition? {
        var state = State.plain
        var place = TomlPosition.start
        var dots = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            var taken = 1
            switch state {
            case .plain:
                if byte == 0x23 { state = .comment }
                if byte == 0x22 || byte == 0x27 {
                    let isMultiline = isTriple(bytes, index)
                    state = isMultiline ? .multiline(quote: byte) : .string(quote: byte)
                    taken = isMultiline ? 3 : 1
                }
                if byte == 0x2e {
                    dots += 1
                    if dots > maximumDots { return place }
                }
            case .comment: break
            case .string(let quote):
                if byte == 0x5c, quote == 0x22 { taken = escapeLength(bytes, index) }
                if byte == quote || byte == 0x0a { state = .plain }
            case .multiline(let quote):
                if byte == 0x5c, quote == 0x22 { taken = escapeLength(bytes, index) }
                if isTriple(bytes, index), byte == quote {
                    state = .plain
                    // Up to two quotes may stand before the three that close.
                    taken = 3
                    while taken < 5, index + taken < bytes.count, bytes[index + taken] == quote { taken += 1 }
                }
            }
            if byte == 0x0a {
                place = TomlPosition(line: place.line + 1, column: 1)
                dots = 0
                if case .comment = state { state = .plain }
            } else if byte & 0xc0 != 0x80 {
                place.column += taken
            }
            index += taken
        }
        return nil
    }

    /// The backslash and what it escapes; a line break is left to be counted.
    private static func escapeLength(_ bytes: [UInt8], _ index: Int) -> Int {
        index + 1 < bytes.count && bytes[index + 1] == 0x0a ? 1 : 2
    }

    private static func isTriple(_ bytes: [UInt8], _ index: Int) -> Bool {
        index + 2 < bytes.count && bytes[index] == bytes[index + 1] && bytes[index] == bytes[index + 2]
    }
}
