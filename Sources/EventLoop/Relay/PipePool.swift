internal import CLinux

/// Empty pipes for splice(2), kept for the next busy direction.
///
/// An unprivileged user has 16,384 pages of pipe buffers (pipe-user-pages-soft), about 1,024 pipes of the default
/// size; past that the kernel hands out pipes of a single page. So the number in use is capped below it, and below
/// what the process's descriptors allow; a direction that gets none copies.
struct PipePool {
    private var idle: [(read: Int32, write: Int32)] = []
    private var inUse = 0
    private let limit: Int
    private static let keep = 64

    init(limit: Int) {
        self.limit = limit
    }

    /// A pipe, or nil when all are in use or the process has no descriptors left.
    mutating func take() -> (read: Int32, write: Int32)? {
        if let pipe = idle.popLast() {
            inUse += 1
            return pipe
        }
        guard inUse < limit else { return nil }
        var ends: (Int32, Int32) = (-1, -1)
        let made = unsafe withUnsafeMutableBytes(of: &ends) {
            unsafe pipe2($0.bindMemory(to: Int32.self).baseAddress, O_NONBLOCK | O_CLOEXEC)
        }
        guard made == 0 else { return nil }
        inUse += 1
        return (ends.0, ends.1)
    }

    /// Takes a pipe back. One with bytes left in it is closed: they belong to a flow that is gone.
    mutating func give(read: Int32, write: Int32, isEmpty: Bool) {
        inUse -= 1
        if isEmpty, idle.count < Self.keep {
            idle.append((read, write))
        } else {
            close(read)
            close(write)
        }
    }

    /// Closes the idle ones.
    mutating func drain() {
        for pipe in idle {
            close(pipe.read)
            close(pipe.write)
        }
        idle = []
    }
}
