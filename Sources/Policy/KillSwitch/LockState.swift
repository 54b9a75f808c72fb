/// The operator's lock, as it is kept on disk. It outlives the process: a crash, a stop, a restart or an upgrade
/// never unlocks.
public enum LockState: Hashable, Sendable {
    /// Nothing is locked.
    case unlocked
    /// The operator locked.
    case locked
    /// What is on disk cannot be read, or cannot be written, so it means locked. The sentence says why.
    case unknown(String)

    /// Whether anything may pass.
    public var isLocked: Bool { self != .unlocked }

    /// The bytes of the lock's file. A word, so that an operator can read it, and nothing else.
    public var fileContents: [UInt8] {
        Array((isLocked ? "locked\n" : "unlocked\n").utf8)
    }

    /// Reads the bytes of the lock's file. Whatever is neither of the two words means locked.
    ///
    /// - Parameter path: what the sentence calls the file.
    public init(fileContents: [UInt8], path: String) {
        switch String(decoding: fileContents, as: UTF8.self) {
        case "unlocked\n": self = .unlocked
        case "locked\n": self = .locked
        default:
            self = .unknown(
                "the lock's state in \(path) is corrupt, which means locked; run `xmr-routed unlock` to let pass again")
        }
    }
}
