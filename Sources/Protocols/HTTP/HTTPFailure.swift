/// Why bytes are no HTTP message to us, or a value must not become one.
///
/// There is one reading of a message or none: whatever two HTTP implementations are known to read differently is
/// refused (request smuggling needs two readers that differ).
public struct HTTPFailure: Error, Hashable, Sendable {
    /// The status code that answers it: 400 and its kin for a request, 502 for a response.
    public var status: Int
    /// What is wrong, in one sentence without the bytes themselves.
    public var sentence: String

    /// A failure of this status code and sentence.
    public init(status: Int = 400, _ sentence: String) {
        self.status = status
        self.sentence = sentence
    }

    /// The peer speaks TLS to a listener that does not.
    public static let tlsHello = HTTPFailure(
        "The peer began with a TLS hello: this listener speaks plain HTTP.")
    /// The connection ended inside a message.
    public static let truncated = HTTPFailure("The connection ended inside a message.")

    /// The same, said of an upstream's answer.
    var ofResponse: HTTPFailure {
        HTTPFailure(status: 502, sentence)
    }
}
