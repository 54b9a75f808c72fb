/// Why the router cannot start, or cannot take a new configuration: one sentence with the mend.
public struct StartFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// Whether it is that this machine has no such address.
    let isNoAddress: Bool

    /// This sentence.
    public init(_ description: String) {
        self.init(description, isNoAddress: false)
    }

    init(_ description: String, isNoAddress: Bool) {
        self.description = description
        self.isNoAddress = isNoAddress
    }
}
