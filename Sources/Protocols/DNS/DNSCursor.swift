/// Walks through a DNS message. Each read either takes all of what it is after, or says that the message is malformed.
struct DNSCursor {
    /// How often a name may point elsewhere. Each pointer must go back, so it ends anyway; this bounds the time.
    private static let pointerLimit = 127

    private let message: [UInt8]
    /// The byte that is read next.
    private(set) var offset = 0

    init(_ message: [UInt8]) {
        self.message = message
    }

    var isAtEnd: Bool { offset == message.count }

    mutating func byte() throws(DNSFailure) -> UInt8 {
        guard offset < message.count else { throw .malformed("it ends early") }
        defer { offset &+= 1 }
        return message[offset]
    }

    mutating func number16() throws(DNSFailure) -> UInt16 {
        try UInt16(byte()) << 8 | UInt16(byte())
    }

    mutating func number32() throws(DNSFailure) -> UInt32 {
        try UInt32(number16()) << 16 | UInt32(number16())
    }

    mutating func bytes(_ count: Int) throws(DNSFailure) -> [UInt8] {
        guard count <= message.count - offset else { throw .malformed("it ends early") }
        defer { offset += count }
        return Array(message[offset..<(offset + count)])
    }

    /// A name, with what it points to.
    mutating func name() throws(DNSFailure) -> DNSName {
        var wire: [UInt8] = []
        var at = offset
        // Behind the name in the record; known at its first pointer.
        var end: Int?
        // A pointer goes to before the labels that it ends: a name cannot come back to itself.
        var start = offset
        var pointers = 0
        while true {
            guard at < message.count else { throw .malformed("a name ends early") }
            let length = message[at]
            switch length {
            case 0:
                wire.append(0)
                offset = end ?? at + 1
                return DNSName(wire: wire)
            case 1...63:
                let last = at + Int(length)
                guard last < message.count else { throw .malformed("a name ends early") }
                // With room for the empty label.
                guard wire.count + 1 + Int(length) < DNSName.longest else { throw .malformed("a name over 255 bytes") }
                wire.append(contentsOf: message[at...last])
                at = last + 1
            case 0xc0...0xff:
                guard at + 1 < message.count else { throw .malformed("a name ends early") }
                let target = Int(length & 0x3f) << 8 | Int(message[at + 1])
                guard target < start, pointers < Self.pointerLimit else { throw .malformed("a name goes in circles") }
                pointers += 1
                end = end ?? at + 2
                at = target
                start = target
            default:
                // 01 and 10 are other kinds of label, which were given up (RFC 6891 section 5).
                throw .malformed("an unknown kind of label")
            }
        }
    }
}
