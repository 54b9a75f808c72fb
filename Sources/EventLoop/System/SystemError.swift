internal import CLinux

/// A system call that failed, with its `errno`.
public struct SystemError: Error, Hashable, Sendable {
    /// The `errno`.
    public let code: Int32
    /// What was being done, in a few words: "connect", "open /run/x".
    public let doing: String

    /// The error of `code` while `doing`.
    public init(_ doing: String, code: Int32) {
        self.doing = doing
        self.code = code
    }

    /// There is no way there: "Network is unreachable".
    public static func noWay(_ doing: String) -> SystemError {
        SystemError(doing, code: ENETUNREACH)
    }

    /// Whoever was asked did not answer: "Protocol error".
    public static func noAnswer(_ doing: String) -> SystemError {
        SystemError(doing, code: EPROTO)
    }

    /// The error that `errno` holds right now.
    package static func current(_ doing: String) -> SystemError {
        SystemError(doing, code: lastError)
    }

    /// The kernel's words for the code: "Connection refused".
    public var reason: String {
        unsafe String(cString: strerror(code))
    }

    /// The code's name in C: "ECONNREFUSED".
    public var symbol: String {
        guard let name = unsafe strerrorname_np(code) else { return "error \(code)" }
        return unsafe String(cString: name)
    }

    /// Whether the file is not there.
    public var isMissing: Bool { code == ENOENT }

    /// Whether the permissions say no.
    public var isForbidden: Bool { code == EACCES || code == EPERM }

    /// Whether nobody listens there.
    public var isRefused: Bool { code == ECONNREFUSED }

    /// Whether this machine has no such address, or nothing of its family.
    public var isNoAddress: Bool { code == EADDRNOTAVAIL || code == EAFNOSUPPORT }

    /// Whether the caller ran out of descriptors, of the process or of the machine.
    public var isDescriptorLimit: Bool {
        code == EMFILE || code == ENFILE
    }
}

extension SystemError: CustomStringConvertible {
    /// "connect: Connection refused".
    public var description: String {
        "\(doing): \(reason)"
    }
}

/// The calling thread's `errno`.
package var lastError: Int32 {
    unsafe __errno_location().pointee
}
