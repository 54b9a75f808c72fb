/// JSON texts as bytes, looked at without making values of them.
public enum JSONText {
    /// Whether it is one JSON text within these limits (RFC 8259), as strictly as `JSONValue` reads, but for keys that
    /// stand twice: those are not looked for.
    public static func isValid(_ bytes: Span<UInt8>, limits: JSONLimits = JSONLimits()) -> Bool {
        false
    }

    /// The text without spaces between its parts.
    ///
    /// - Parameter range: a part of the bytes that is a JSON text already scanned, such as a member's value.
    public static func compact(_ bytes: Span<UInt8>, in range: Range<Int>) -> [UInt8] {
        []
    }
}
