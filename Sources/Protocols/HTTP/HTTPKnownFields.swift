/// Where the fields lie that say how a message is read: they are looked for once, while the head is read.
struct HTTPKnownFields: Sendable {
    /// The fields of one name, by where the first one's value begins in the headers' lines.
    struct Place: Sendable {
        /// Where it begins; 0, where no value can be, if there is none.
        private var start: UInt32 = 0
        /// Whether there are more.
        private(set) var isRepeated = false

        /// Whether there is one at least.
        var isThere: Bool { start > 0 }

        /// Where the first one's value lies in these lines.
        func value(in lines: Span<UInt8>) -> Range<Int> {
            let start = min(Int(start), lines.count)
            var end = start
            while end < lines.count, lines[end] != 0x0d { end &+= 1 }
            return start..<end
        }

        fileprivate mutating func note(_ place: Int) {
            isRepeated = isThere
            if !isThere { start = UInt32(truncatingIfNeeded: place) }
        }
    }

    private(set) var host = Place()
    private(set) var connection = Place()
    private(set) var contentLength = Place()
    private(set) var transferEncoding = Place()
    private(set) var expect = Place()
    private(set) var contentEncoding = Place()

    /// Notes a field whose value begins at `place`.
    mutating func note(_ name: Span<UInt8>, at place: Int) {
        switch name.count {
        case 4 where name.isToken("host"): host.note(place)
        case 6 where name.isToken("expect"): expect.note(place)
        case 10 where name.isToken("connection"): connection.note(place)
        case 14 where name.isToken("content-length"): contentLength.note(place)
        case 16 where name.isToken("content-encoding"): contentEncoding.note(place)
        case 17 where name.isToken("transfer-encoding"): transferEncoding.note(place)
        default: break
        }
    }
}
