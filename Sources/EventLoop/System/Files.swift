internal import CLinux

/// Small files, read and written whole, as a daemon needs them: configuration, secrets, the lock's state.
public enum Files {
    /// A file's contents with who owns it and who may touch it.
    public struct Contents: Sendable {
        /// The bytes.
        public let bytes: [UInt8]
        /// The owner's user id.
        public let owner: UInt32
        /// The permission bits, 0o7777 at most.
        public let mode: UInt32
    }

    /// Reads a regular file of at most `limit` bytes.
    public static func read(_ path: String, limit: Int) throws(SystemError) -> Contents {
        let doing = "read \(path)"
        let raw = unsafe openFile(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0)
        guard raw >= 0 else { throw .current(doing) }
        return try read(Descriptor(owning: raw), limit: limit, doing: doing)
    }

    /// The same of a file as a process sees it whose root directory is `root` ("/proc/1234/root"): its links lead
    /// nowhere else. Needs Linux 5.6.
    public static func read(_ path: String, below root: String, limit: Int) throws(SystemError) -> Contents {
        let doing = "read \(path) below \(root)"
        let raw = unsafe openBelow(root, path)
        guard raw >= 0 else { throw .current(doing) }
        return try read(Descriptor(owning: raw), limit: limit, doing: doing)
    }

    private static func read(
        _ file: consuming Descriptor, limit: Int, doing: String
    ) throws(SystemError) -> Contents {
        var status = stat()
        guard unsafe fstat(file.raw, &status) == 0 else { throw .current(doing) }
        guard fileType(status.st_mode) == S_IFREG else {
            throw SystemError(doing, code: fileType(status.st_mode) == S_IFDIR ? EISDIR : EINVAL)
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe CLinux.read(file.raw, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count < 0 {
                if lastError == EINTR { continue }
                throw .current(doing)
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw SystemError(doing, code: EFBIG) }
        }
        return Contents(bytes: bytes, owner: status.st_uid, mode: status.st_mode & 0o7777)
    }

    /// Replaces a file in one step, mode 0600: whoever reads it sees the old bytes or the new, also after a power
    /// cut.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        let doing = "write \(path)"
        let temporary = path + ".new"
        _ = unsafe unlink(temporary)
        let raw = unsafe openFile(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw .current(doing) }
        let file = Descriptor(owning: raw)
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe CLinux.write(file.raw, $0.baseAddress?.advanced(by: start), $0.count - start)
            }
            if count < 0, lastError == EINTR { continue }
            guard count > 0 else { throw .current(doing) }
            start += count
        }
        let rawDirectory = unsafe openFile(parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard rawDirectory >= 0 else { throw .current(doing) }
        let directory = Descriptor(owning: rawDirectory)
        // What root writes for a service must be the service's to read.
        var status = stat()
        if geteuid() == 0, unsafe fstat(directory.raw, &status) == 0, status.st_uid != 0 {
            guard fchown(file.raw, status.st_uid, status.st_gid) == 0 else { throw .current(doing) }
        }
        guard fsync(file.raw) == 0 else { throw .current(doing) }
        guard unsafe rename(temporary, path) == 0 else { throw .current(doing) }
        guard fsync(directory.raw) == 0 else { throw .current(doing) }
    }

    /// Makes a directory and those above it that are missing, with `mode` each. One that is there stays as it is.
    public static func makeDirectory(_ path: String, mode: UInt32) throws(SystemError) {
        let doing = "make the directory \(path)"
        if unsafe mkdir(path, mode) != 0 {
            if lastError == EEXIST { return }
            guard lastError == ENOENT, parent(of: path) != path else { throw .current(doing) }
            try makeDirectory(parent(of: path), mode: mode)
            guard unsafe mkdir(path, mode) == 0 else {
                if lastError == EEXIST { return }
                throw .current(doing)
            }
        }
        // A umask may take the owner's own rights away, and a directory that nobody can enter is none. Others get nothing.
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw .current(doing) }
        let own = mode & 0o700
        if status.st_mode & own == own { return }
        guard unsafe chmod(path, status.st_mode & 0o7777 | own) == 0 else { throw .current(doing) }
    }

    /// Makes a directory that none but this process's user can look into, and those above it that are missing. One that
    /// is there must be this user's own, and is closed to all others.
    public static func makePrivateDirectory(_ path: String) throws(SystemError) {
        let doing = "make \(path) private"
        try makeDirectory(path, mode: 0o700)
        let raw = unsafe openFile(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard raw >= 0 else { throw .current(doing) }
        let directory = Descriptor(owning: raw)
        var status = stat()
        guard unsafe fstat(directory.raw, &status) == 0 else { throw .current(doing) }
        guard status.st_uid == geteuid() else { throw SystemError(doing, code: EPERM) }
        guard status.st_mode & 0o7777 == 0o700 || fchmod(directory.raw, 0o700) == 0 else { throw .current(doing) }
    }

    /// Whether none but root and this process's user can change what is at a path.
    public static func isOursAlone(_ path: String) throws(SystemError) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw .current("look at \(path)") }
        return (status.st_uid == 0 || status.st_uid == geteuid()) && status.st_mode & 0o022 == 0
    }

    private static func fileType(_ mode: UInt32) -> Int32 { Int32(bitPattern: mode) & S_IFMT }

    /// Makes a file in a directory, writes to it and takes it away again: permissions, a full disk and a read-only
    /// mount all show. It is not synced, which would cost milliseconds of every start.
    public static func proveWritable(_ directory: String) throws(SystemError) {
        let path = directory + "/probe"
        let doing = "write in \(directory)"
        _ = unsafe unlink(path)
        let raw = unsafe openFile(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw .current(doing) }
        let file = Descriptor(owning: raw)
        var byte = UInt8(ascii: "x")
        let written = unsafe CLinux.write(file.raw, &byte, 1)
        let failure = SystemError.current(doing)
        _ = unsafe unlink(path)
        guard written == 1 else { throw failure }
    }

    /// What is at a path: nothing, a socket, or something else.
    public enum Kind: Sendable {
        /// Nothing.
        case missing
        /// A socket.
        case socket
        /// A file, a directory, a link.
        case other
    }

    /// What is at a path; a link is not followed.
    public static func kind(of path: String) -> Kind {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return lastError == ENOENT ? .missing : .other }
        return fileType(status.st_mode) == S_IFSOCK ? .socket : .other
    }

    /// What tells one state of a file from the next: another number says that it was replaced or written to.
    public struct Stamp: Hashable, Sendable {
        private let inode: UInt64
        private let size: Int64
        /// In nanoseconds since 1970.
        private let modified: Int64

        fileprivate init(_ status: inout stat) {
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            modified = unsafe modificationTime(&status)
        }
    }

    /// The stamp of what is at a path, links followed; nil where nothing is.
    public static func stamp(of path: String) -> Stamp? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Stamp(&status) : nil
    }

    /// Gives what is at a path to a group, where it is not its own already: who may do that is root, and the owner who is in
    /// that group. A link is not followed.
    public static func give(_ path: String, toGroup group: UInt32) throws(SystemError) {
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_gid == group { return }
        guard unsafe lchown(path, uid_t.max, group) == 0 else { throw .current("give \(path) to its group") }
    }

    /// Removes a file or a socket; whether it was there does not matter.
    public static func remove(_ path: String) {
        _ = unsafe unlink(path)
    }

    /// The directory that holds a path: "/run" for "/run/x", "." for "x".
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
