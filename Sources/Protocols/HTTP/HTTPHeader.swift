/// One header field whose name is a token and whose value is printable text: no CR, LF or NUL can be in it.
public struct HTTPHeader: Hashable, Sendable {
    /// The name as it was written.
    public let name: String
    /// The value, without the white space around it.
    public let value: String

    /// Makes one.
    ///
    /// - Throws: Where the name is no token, or the value has a control or non-ASCII byte, or begins or ends with
    ///   white space (it would not be read back as it is).
    public init(_ name: String, _ value: String) throws(HTTPFailure) {
        guard name.utf8.span.isHTTPToken else { throw .badHeaderName }
        guard value.utf8.allSatisfy(\.isHTTPText) else {
            throw HTTPFailure("A header value has a control character or a byte that is not ASCII.")
        }
        for edge in [value.utf8.first, value.utf8.last] where edge == 0x20 || edge == 0x09 {
            throw HTTPFailure("A header value begins or ends with white space.")
        }
        self.name = name
        self.value = value
    }

    /// One that is known to be good.
    init(known name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension HTTPFailure { static let badHeaderName = HTTPFailure("A header name has a character that no name has.") }
