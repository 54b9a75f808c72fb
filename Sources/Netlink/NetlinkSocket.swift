internal import CLinux
public import EventLoop

/// A netlink socket (netlink(7)): asks the kernel, and hears what the kernel tells unasked. What anybody else sends to
/// it is dropped. Non-blocking, closed on exec; it needs no privilege.
@safe
public final class NetlinkSocket {
    /// Which part of the kernel it speaks with.
    public enum Subject: Int32, Sendable {
        /// Links, addresses, routes (rtnetlink(7)).
        case route = 0
        /// Sockets (sock_diag(7)).
        case socketDiagnosis = 4
        /// The packet filter and connection tracking (NETLINK_NETFILTER). Whoever changes or reads these needs
        /// CAP_NET_ADMIN.
        case netfilter = 12

        /// What is done with it, for an error.
        fileprivate var doing: String {
            switch self {
            case .route: "ask the kernel for its links (netlink)"
            case .socketDiagnosis: "ask the kernel for sockets (netlink)"
            case .netfilter: "speak with the kernel's packet filter (netlink)"
            }
        }
    }

    /// What a look into the socket's queue brought.
    public enum Reception: Hashable, Sendable {
        /// One datagram of the kernel, given to `body`.
        case datagram
        /// The queue is empty.
        case nothing
        /// The kernel had more to tell than the queue holds, and threw it away: what was known is known no more, and
        /// must be asked for anew.
        case overflow
        /// A datagram that is longer than `longestDatagram`; none of it was given to `body`.
        case truncated
    }

    /// As long as the kernel makes a datagram that holds many messages, for a reader with this much room.
    public static let longestDatagram = 32768

    private let descriptor: Descriptor
    private let buffer: UnsafeMutablePointer<UInt8>
    private let doing: String

    /// A socket on this subject that hears these multicast groups (a bit each: RTMGRP_LINK is 1).
    ///
    /// - Throws: `SystemError` where the kernel or a sandbox gives none (EAFNOSUPPORT: systemd's
    ///   RestrictAddressFamilies= lacks AF_NETLINK).
    public init(_ subject: Subject, groups: UInt32 = 0) throws(SystemError) {
        doing = subject.doing
        let raw = openNetlink(subject.rawValue, groups)
        guard raw >= 0 else { throw .current(doing) }
        descriptor = Descriptor(owning: raw)
        unsafe buffer = .allocate(capacity: Self.longestDatagram)
    }

    /// A socket on this subject that somebody else opened, such as this program before it was started anew: its port id
    /// is the same, and with it whatever the kernel has given that. What is in its queue is still there.
    ///
    /// - Throws: `SystemError` where it is no such socket.
    public init(adopting descriptor: consuming Descriptor, _ subject: Subject) throws(SystemError) {
        doing = subject.doing
        guard adoptNetlink(descriptor.raw, subject.rawValue) == 0 else { throw .current(doing) }
        self.descriptor = descriptor
        unsafe buffer = .allocate(capacity: Self.longestDatagram)
    }

    deinit {
        unsafe buffer.deallocate()
    }

    /// The descriptor's number, to be watched for reading. Valid while this object lives.
    public var raw: Int32 { descriptor.raw }

    /// The number by which the kernel knows it among those of its network namespace.
    public var port: UInt32 { netlinkPort(descriptor.raw) }

    /// Gives it room for this many bytes each way: for requests and answers of many messages.
    public func enlarge(to size: Int32) {
        enlargeBuffers(descriptor.raw, size)
    }

    /// Sends one request to the kernel, which has handled it when this returns: what it answers at once (all but the
    /// later parts of a dump) is in the queue already.
    public func send(_ request: [UInt8]) throws(SystemError) {
        while true {
            let sent = unsafe request.withUnsafeBytes {
                unsafe CLinux.send(descriptor.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if sent == request.count { return }
            guard sent < 0 else { throw SystemError(doing, code: EMSGSIZE) }
            guard lastError == EINTR else { throw .current(doing) }
        }
    }

    /// Takes the next datagram of the kernel off the queue and gives it to `body`, which must not call `receive`. Called
    /// until it says `.nothing`, since a watch tells of news once only.
    public func receive(_ body: (Span<UInt8>) -> Void) throws(SystemError) -> Reception {
        while true {
            var sender: UInt32 = 0
            let length = unsafe receiveNetlink(descriptor.raw, buffer, Self.longestDatagram, &sender)
            guard length >= 0 else {
                switch lastError {
                case EAGAIN: return .nothing
                case EINTR: continue
                case ENOBUFS: return .overflow
                default: throw .current(doing)
                }
            }
            // A process may send to another's socket; only the kernel is believed.
            guard sender == 0 else { continue }
            guard length <= Self.longestDatagram else { return .truncated }
            unsafe body(UnsafeBufferPointer(start: buffer, count: length).span)
            return .datagram
        }
    }
}
