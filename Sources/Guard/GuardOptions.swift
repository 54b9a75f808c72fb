public import EventLoop
import Netlink
public import Settings

/// What the command line says of the guard.
public struct GuardOptions: Sendable {
    /// The configuration's file.
    public var file: ConfigurationFile
    /// The name of the router's user: a chain of his own holds him, where there is such a user.
    public var routerUser: String
    /// Where the guard listens; canary.sock lies beside it.
    public var socket: String
    /// Whether the kernel is to keep the table for the guard alone, where it can.
    public var isOwned: Bool

    /// These.
    public init(file: ConfigurationFile, routerUser: String, socket: String, isOwned: Bool) {
        self.file = file
        self.routerUser = routerUser
        self.socket = socket
        self.isOwned = isOwned
    }

    /// The packaged router's user.
    public static let packagedRouterUser = "xmr-routed"
    /// Whose members may listen to the guard, where there is such a group.
    static let group = "xmr-routed"
}

/// Why the guard does nothing, or no more, and what the command exits with.
public struct GuardFailure: Error, Hashable, Sendable {
    /// Its kind.
    public enum Kind: Hashable, Sendable {
        /// The configuration cannot be used.
        case configuration
        /// CAP_NET_ADMIN is missing.
        case notAllowed
        /// A socket cannot be had, or another guard has it.
        case socket
        /// The kernel does not do what it is asked.
        case kernel
    }

    /// Its kind.
    public let kind: Kind
    /// A line each: what is wrong, and the mend.
    public let lines: [String]

    init(_ kind: Kind, _ lines: String...) {
        self.init(kind, lines)
    }

    init(_ kind: Kind, _ lines: [String]) {
        self.kind = kind
        self.lines = lines
    }

    /// The kernel does not do what it is asked.
    init(_ error: NftablesFailure) {
        guard error.kind == .forbidden else {
            self.init(.kernel, error.description)
            return
        }
        self.init(.notAllowed, "\(error): run the guard as root, or with that capability")
    }

    /// The kernel gives no socket.
    public init(_ error: SystemError) {
        self.init(.kernel, "the kernel cannot be asked: \(error)")
    }
}
