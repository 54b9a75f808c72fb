internal import CLinux

/// A file descriptor with one owner, closed when that owner lets go.
public struct Descriptor: ~Copyable, Sendable {
    /// The number. Valid only while this value lives.
    public let raw: Int32

    /// Takes ownership of an open descriptor.
    public init(owning raw: Int32) {
        self.raw = raw
    }

    deinit {
        close(raw)
    }

    /// Gives the ownership away; whoever takes the number must close it.
    consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }
}
