/// Why the router cannot start, or cannot take a new configuration: one sentence with the mend.
public struct StartFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// This sentence.
    public init(_ description: String) {
        self.description = description
    }
}
