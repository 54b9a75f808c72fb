/// Why bytes are no JSON text that we read, and where.
///
/// It never quotes the text: a request's body may name what a log must not.
public struct JSONFailure: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Cause: Hashable, Sendable, CaseIterable {
        /// The text ends before the value does.
        case truncated
        /// A byte that begins no value: a bare word, a single quote, a comma too many.
        case noValue
        /// Where an object must be, something else begins.
        case noObject
        /// An object's member does not begin with a string.
        case noKey
        /// No colon between key and value.
        case noColon
        /// Neither a comma nor the closing bracket after an element.
        case noComma
        /// A number that goes on wrongly.
        case badNumber
        /// A number with a zero before its other digits.
        case leadingZero
        /// A number of more than `JSONNumber.longest` bytes.
        case longNumber
        /// A raw control character in a string.
        case controlCharacter
        /// A backslash before a byte that makes no escape.
        case badEscape
        /// An escaped half of a surrogate pair without its other half.
        case loneSurrogate
        /// Not UTF-8: overlong, a surrogate, beyond U+10FFFF, or cut.
        case notUTF8
        /// A key that this object already has, compared after unescaping.
        case duplicateKey
        /// An escape in a key, where it must be the plain text.
        case escapedKey
        /// Bytes after the value.
        case trailingBytes
        /// Nested deeper than the limit.
        case tooDeep
        /// More elements and members than the limit.
        case tooMany
        /// More bytes than the limit.
        case tooLarge
    }

    /// What is wrong.
    public let cause: Cause
    /// The byte where it was seen, counted from 0.
    public let offset: Int

    init(_ cause: Cause, at offset: Int) {
        self.cause = cause
        self.offset = offset
    }
}

extension JSONFailure: CustomStringConvertible {
    /// One sentence, with the byte: "not JSON at byte 17: a key stands twice in one object".
    public var description: String {
        "not JSON at byte \(offset): \(cause)"
    }
}

extension JSONFailure.Cause: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .truncated: "the text ends too early"
        case .noValue: "a value must begin here (an object, a list, a string, a number, true, false or null)"
        case .noObject: "an object must begin here"
        case .noKey: "a key in double quotes must stand here"
        case .noColon: "a colon must stand between key and value"
        case .noComma: "a comma or the closing bracket must stand here"
        case .badNumber: "a digit must stand here"
        case .leadingZero: "a number must not begin with a zero before other digits"
        case .longNumber: "a number must not be longer than \(JSONNumber.longest) bytes"
        case .controlCharacter: "a control character in a string must be escaped"
        case .badEscape: "this escape is unknown; a backslash goes before one of \" \\ / b f n r t or u and four digits"
        case .loneSurrogate: "one half of a surrogate pair stands alone"
        case .notUTF8: "the text must be UTF-8"
        case .duplicateKey: "a key stands twice in one object"
        case .escapedKey: "a key must be written without escapes"
        case .trailingBytes: "nothing may follow the value"
        case .tooDeep: "it is nested too deeply"
        case .tooMany: "it has too many elements"
        case .tooLarge: "it is too large"
        }
    }
}
