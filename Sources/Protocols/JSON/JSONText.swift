/// JSON texts as bytes, looked at without making values of them.
public enum JSONText {
    /// The text without spaces between its parts.
    ///
    /// - Parameter range: a part of the bytes that is a JSON text already scanned, such as a member's value.
    public static func compact(_ bytes: Span<UInt8>, in range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<bytes.count)
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var start = range.lowerBound  // of what is not yet copied
        var index = start
        while index < range.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                while index < range.upperBound, bytes[index] != UInt8(ascii: "\"") {
                    index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                index += 1
            case 0x20, 0x0a, 0x0d, 0x09:
                text.append(copying: bytes.extracting(start..<index))
                index += 1
                start = index
            default: index += 1
            }
        }
        text.append(copying: bytes.extracting(start..<range.upperBound))
        return text
    }
}
