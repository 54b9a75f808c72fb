/// Who has a socket, as the kernel tells it.
public enum SocketOwner: Hashable, Sendable {
    /// The user who made it, by number, while some process has it.
    case user(UInt32)
    /// Nobody who could be named.
    case unknown(Reason)

    /// Why the kernel names nobody.
    public enum Reason: Hashable, Sendable {
        /// No process has it any more: closed, or in one of TCP's last states. The kernel says user 0 then, which is
        /// nobody, not root.
        case closed
        /// There is no such socket: it was reset, or it is in another network namespace.
        case missing
        /// The kernel was not asked, or gave no answer; why, in words.
        case unanswered(String)
    }
}
