/// How much a JSON text may hold before it is refused: what a hostile one can cost is bounded by these.
public struct JSONLimits: Hashable, Sendable {
    /// How many arrays and objects may stand in each other. The reader goes down by recursion, so that it is at
    /// most 64 whatever is asked for.
    public let depth: Int
    /// The size of the whole text in bytes.
    public let bytes: Int
    /// How many elements and members all arrays and objects hold together.
    public let members: Int

    /// Limits for a control message; more bytes and members where larger answers are expected.
    public init(depth: Int = 64, bytes: Int = 1 << 20, members: Int = 20_000) {
        self.depth = min(depth, 64)
        self.bytes = bytes
        self.members = members
    }
}
