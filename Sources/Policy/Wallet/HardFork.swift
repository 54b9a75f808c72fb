/// One change of the network's rules, as a node tells it.
public struct HardFork: Hashable, Sendable {
    /// The version of blocks from then on.
    public var version: UInt8
    /// The first block of that version.
    public var height: UInt64

    /// This version, from this block on.
    public init(version: UInt8, height: UInt64) {
        self.version = version
        self.height = height
    }
}
