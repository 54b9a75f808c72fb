/// The character classes of RFC 9110 section 5.6 and RFC 3986.
extension UInt8 {
    /// A character of a token: method, header name, list element.
    var isHTTPToken: Bool {
        if (self | 0x20) &- 0x61 < 26 { return true }  // nearly all are letters
        return switch self {
        case 0x30...0x39: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: true  // ! #-' * + - . ^ _ ` | ~
        default: false
        }
    }

    /// A printable ASCII character, a space or a tab: all that a header value may hold here. Bytes above 0x7f are
    /// read as Latin-1 by one reader and as UTF-8 by the next.
    var isHTTPText: Bool {
        self &- 0x20 <= 0x5e || self == 0x09
    }

    /// A character of an absolute path or a query, other than "%" (RFC 3986 section 3.3).
    var isHTTPPath: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x21, 0x24, 0x26...0x2f, 0x3a, 0x3b, 0x3d, 0x3f, 0x40, 0x5f, 0x7e: true  // ! $ &-/ : ; = ? @ _ ~
        default: false
        }
    }

    /// A character of Host: a name, an address, a bracketed address, a port.
    var isHTTPHost: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        case 0x2d, 0x2e, 0x3a, 0x5b, 0x5d, 0x5f: true  // - . : [ ] _
        default: false
        }
    }

    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self &- 0x30
        case 0x41...0x46: self &- 0x37
        case 0x61...0x66: self &- 0x57
        default: nil
        }
    }

    /// The lower-case form of an ASCII letter.
    var lowercasedASCII: UInt8 {
        (0x41...0x5a).contains(self) ? self &+ 0x20 : self
    }

    /// A space or a tab.
    var isHTTPBlank: Bool {
        self == 0x20 || self == 0x09
    }
}

extension Span<UInt8> {
    /// Whether both are the same but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index].lowercasedASCII != other[index].lowercasedASCII { return false }
        return true
    }

    /// Whether printable bytes are this token but for the case of letters. `text` is of lower-case letters, digits and
    /// "-": an upper-case letter becomes one of them by the bit that is set here, and of other bytes only some that are
    /// not printable.
    public func isToken(_ text: String) -> Bool {
        let text = text.utf8.span
        guard count == text.count else { return false }
        var place = 0
        while place < count, self[place] | 0x20 == text[place] { place &+= 1 }
        return place == count
    }

    /// How many bytes from the first on are printable.
    var leadingTextCount: Int {
        var place = 0
        // Sixteen at a time, which are compared at once.
        while place &+ 16 <= count, extracting(place..<place &+ 16).isPrintable { place &+= 16 }
        while place < count, self[place].isHTTPText { place &+= 1 }
        return place
    }

    /// Whether all of sixteen bytes are printable and none is a tab, found out without a way out of the middle.
    private var isPrintable: Bool {
        var greatest: UInt8 = 0
        for index in 0..<16 { greatest = Swift.max(greatest, self[index] &- 0x20) }
        return greatest <= 0x5e
    }

    /// Whether it is a token: characters of one, and at least one.
    var isHTTPToken: Bool {
        for index in 0..<count where !self[index].isHTTPToken { return false }
        return count > 0
    }
}

extension StringProtocol {
    /// Whether both are the same but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8) { $0.lowercasedASCII == $1.lowercasedASCII }
    }
}

extension String {
    /// The text of bytes that are known to be ASCII.
    init(ascii bytes: Span<UInt8>) {
        if let text = try? UTF8Span(validating: bytes) { self.init(copying: text) } else { self.init() }
    }
}
