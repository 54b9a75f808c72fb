/// One challenge of a WWW-Authenticate header: a scheme and its parameters (RFC 9110 section 11).
///
/// Read strictly: one challenge a header, no parameter twice, nothing empty in the list, no escape in a value.
struct HTTPChallenge {
    /// The scheme as it was written.
    let scheme: String
    /// The parameters' names in lower case, and their values without quotes.
    private let parameters: [(name: String, value: String)]

    /// Reads a header's value; nil where it is not exactly one challenge with parameters.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        var reader = Reader(rest: bytes[...])
        let scheme = reader.token()
        guard !scheme.isEmpty, reader.skipBlanks() > 0 else { return nil }
        var parameters: [(name: String, value: String)] = []
        repeat {
            reader.skipBlanks()
            let name = String(decoding: reader.token().map(\.lowercasedASCII), as: UTF8.self)
            guard !name.isEmpty, !parameters.contains(where: { $0.name == name }), reader.skip(0x3d),
                let value = reader.value()
            else { return nil }
            parameters.append((name, String(decoding: value, as: UTF8.self)))
            reader.skipBlanks()
        } while reader.skip(0x2c)
        guard reader.rest.isEmpty else { return nil }
        self.scheme = String(decoding: scheme, as: UTF8.self)
        self.parameters = parameters
    }

    /// The parameter of this name, in lower case; nil where it is not there.
    subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func token() -> ArraySlice<UInt8> {
            let token = rest.prefix { $0.isHTTPToken }
            rest = rest[token.endIndex...]
            return token
        }

        @discardableResult
        mutating func skipBlanks() -> Int {
            let count = rest.count
            rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
            return count - rest.count
        }

        mutating func skip(_ byte: UInt8) -> Bool {
            guard rest.first == byte else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// A token, or a quoted string without escapes, which can be empty.
        mutating func value() -> ArraySlice<UInt8>? {
            guard skip(0x22) else {
                let token = token()
                return token.isEmpty ? nil : token
            }
            let text = rest.prefix { $0.isHTTPText && $0 != 0x22 && $0 != 0x5c }
            rest = rest[text.endIndex...]
            return skip(0x22) ? text : nil
        }
    }
}
