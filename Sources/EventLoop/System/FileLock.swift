internal import CLinux

/// A lock on a file, held until this value is let go or the process ends, however it ends. Children do not inherit it.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: Descriptor

    private init(owning descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// Takes the lock; nil where another has it. The file is made where it is missing.
    public static func take(_ path: String) throws(SystemError) -> FileLock? {
        let doing = "lock \(path)"
        let raw = unsafe openFile(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard raw >= 0 else { throw .current(doing) }
        let descriptor = Descriptor(owning: raw)
        if lockFile(raw) == 0 { return FileLock(owning: descriptor) }
        guard lastError == EWOULDBLOCK else { throw .current(doing) }
        return nil
    }
}
