internal import CLinux
private import Protocols

/// What the process knows of itself.
public enum ThisProcess {
    /// The effective user id.
    public static var user: UInt32 { geteuid() }

    /// A variable of the environment; nil when it is missing or empty.
    public static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// The name of a user, from /etc/passwd alone: the library's look-up asks NSS, which may ask the network.
    public static func userName(of user: UInt32) -> String? {
        (try? userEntry { $0.id == user })?.name
    }

    /// The number of a user, from the same place; nil where nobody has this name.
    ///
    /// - Throws: `SystemError` when the file cannot be read now.
    public static func userID(of name: String) throws(SystemError) -> UInt32? {
        try userEntry { $0.name == name }?.id
    }

    /// Becomes this user, for good: with the group that /etc/passwd gives him and no other, without any capability.
    ///
    /// - Throws: `SystemError` where it stays who it was, or half of it: nothing must be done then but to end.
    public static func become(_ name: String) throws(SystemError) {
        let doing = "become the user \(name.printable(limit: 32))"
        guard let entry = try userEntry({ $0.name == name }) else { throw SystemError(doing, code: ENOENT) }
        guard becomeUser(entry.id, entry.group) == 0 else { throw .current(doing) }
    }

    /// A line of the user file.
    private typealias UserEntry = (name: String, id: UInt32, group: UInt32)

    /// The number of a group, from /etc/group alone; nil where nobody has this name, or the file cannot be read.
    public static func groupID(of name: String) -> UInt32? {
        let lines = try? entries(of: "/etc/group")
        return lines?.first { $0[0] == name }.flatMap { UInt32($0[2]) }
    }

    /// Where users stand.
    public static let userFile = "/etc/passwd"

    /// The first user for whom `body` is true. A line that is none is passed over.
    private static func userEntry(_ body: (UserEntry) -> Bool) throws(SystemError) -> UserEntry? {
        for fields in try entries(of: userFile) {
            guard let id = UInt32(fields[2]), let group = UInt32(fields[3]) else { continue }
            let entry = (name: fields[0], id: id, group: group)
            if body(entry) { return entry }
        }
        return nil
    }

    /// The lines of a file of users or groups, each as its first four fields. A line that is none is left out.
    private static func entries(of path: String) throws(SystemError) -> [[String]] {
        let file = try Files.read(path, limit: 16 << 20)
        return file.bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 4, omittingEmptySubsequences: false)
            guard fields.count > 3 else { return nil }
            return fields.prefix(4).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Raises the soft limit of descriptors to the hard one.
    ///
    /// - Returns: how many descriptors this process may have.
    public static func raiseDescriptorLimit() -> Int {
        Int(raiseDescriptorsToHardLimit())
    }

    /// Leaves no copy of its memory, which holds secrets and destinations, in a core file.
    public static func forbidCoreFiles() {
        forbidCores()
    }

    /// SIGTERM.
    public static let terminate = SIGTERM
    /// SIGINT.
    public static let interrupt = SIGINT
    /// SIGHUP.
    public static let hangUp = SIGHUP

    /// The process id.
    public static var id: Int32 { getpid() }

    /// Whether a descriptor is a terminal.
    public static func isTerminal(_ raw: Int32) -> Bool { isatty(raw) == 1 }

    /// Writes all bytes to a descriptor, waiting where it must: for a command's output and the log.
    ///
    /// - Returns: false when the descriptor is closed or broken.
    @discardableResult
    public static func write(_ bytes: [UInt8], to raw: Int32) -> Bool {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe CLinux.write(raw, $0.baseAddress?.advanced(by: start), $0.count - start)
            }
            if count < 0, lastError == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }
}
