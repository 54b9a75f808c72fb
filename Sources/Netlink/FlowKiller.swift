internal import CLinux
public import EventLoop
import Protocols

/// Ends what users have open: destroys their sockets that have a far end, so that nothing that was allowed before goes
/// on. It needs CAP_NET_ADMIN, sees its own network namespace only, and waits for nothing.
///
/// Not even the end of it leaves: the kernel says goodbye with a reset, and goes on to answer the far end with resets of
/// its own, which belong to no socket and so to no user: ten packets for twelve connections, in one run. So each
/// connection is given the user's mark first, by which the guard's table knows these packets, and keeps it for a while.
///
/// A listening socket stays, and so does whatever is another user's.
public enum FlowKiller {
    /// Sockets that are made while the others are destroyed are found by another look.
    private static let looks = 4
    /// A packet that comes meanwhile may have connection tracking know the connection again.
    private static let claims = 3
    /// With what the kernel needs for it, since it says no more than that something is missing.
    private static let destroying = "destroy a user's sockets (tcp_diag, udp_diag, CONFIG_INET_DIAG_DESTROY)"
    private static let marking = "mark a user's connections (nf_conntrack_netlink)"

    /// Destroys the TCP sockets of these users that are connected, or about to be, or closing, also where no process has
    /// them any more but the kernel still says whose they were; and their connected UDP sockets.
    ///
    /// - Parameters:
    ///   - outward: further users, of whose sockets those are left that stay on loopback.
    ///   - marks: what marks the connections that a user began.
    /// - Returns: how many sockets were destroyed.
    /// - Throws: `SystemError`; what could be ended has been ended.
    @discardableResult
    public static func destroy(
        users: Set<UInt32>, outward: Set<UInt32> = [], marks: [UInt32: UInt32]
    ) throws(SystemError) -> Int {
        let sockets = Talk(try NetlinkSocket(.socketDiagnosis), doing: destroying)
        let tracking = Talk(try NetlinkSocket(.netfilter), doing: marking)
        var failure: SystemError?
        var destroyed = 0
        for _ in 0..<looks {
            let found: [SocketEntry]
            do throws(SystemError) {
                found = try sockets.list { users.contains($0.user) || !$0.isLoopback && outward.contains($0.user) }
            } catch {
                failure = error
                break
            }
            if found.isEmpty { break }
            for socket in found {
                // One that cannot be marked or destroyed keeps no other alive. What stays on loopback may well say
                // goodbye: a program that waits for an answer learns that there is none.
                do throws(SystemError) {
                    if !socket.isLoopback, let mark = marks[socket.user] { try claim(socket, mark, tracking) }
                } catch {
                    failure = error
                }
                do throws(SystemError) {
                    if try sockets.ask({ socket.destruction(sequence: $0) }) { destroyed += 1 }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return destroyed
    }

    private static func claim(_ socket: SocketEntry, _ mark: UInt32, _ tracking: Talk) throws(SystemError) {
        for _ in 0..<claims {
            _ = try tracking.ask { ConnectionTracking.forget(socket, sequence: $0) }
            if try tracking.ask({ ConnectionTracking.claim(socket, mark: mark, sequence: $0) }) { return }
        }
        throw SystemError(marking, code: EEXIST)
    }
}

/// Requests on one socket, each with its answer.
private final class Talk {
    private let socket: NetlinkSocket
    private let doing: String
    private var sequence: UInt32 = 0

    init(_ socket: NetlinkSocket, doing: String) {
        self.socket = socket
        self.doing = doing
        socket.enlarge(to: 1 << 20)
    }

    /// Sends a request that is acknowledged.
    ///
    /// - Returns: false where there is no such thing, or where it is there already.
    func ask(_ request: (UInt32) -> NetlinkRequest) throws(SystemError) -> Bool {
        var code: Int32?
        try exchange(request) { message, datagram in
            code = message.errorCode(in: datagram)
            return code != nil
        }
        switch code {
        case 0: return true
        case ENOENT, EEXIST: return false
        case let code?: throw SystemError(doing, code: code)
        case nil: throw SystemError(doing, code: EPROTO)
        }
    }

    /// The sockets that have a far end, and are meant.
    func list(_ isMeant: (SocketEntry) -> Bool) throws(SystemError) -> [SocketEntry] {
        var found: [SocketEntry] = []
        for transport in TransportProtocol.allCases {
            for isIPv6 in [false, true] {
                var code: Int32?
                try exchange({ SocketEntry.list(transport, isIPv6: isIPv6, sequence: $0) }) { message, datagram in
                    code = message.errorCode(in: datagram)
                    if let entry = SocketEntry(message, of: transport, in: datagram), isMeant(entry) {
                        found.append(entry)
                    }
                    return code != nil
                }
                guard let code else { throw SystemError(doing, code: EPROTO) }
                // The kernel has no part that could look (the module tcp_diag or udp_diag), or no IPv6 at all.
                guard code == 0 else { throw SystemError(doing, code: code) }
            }
        }
        return found
    }

    /// Sends a request and gives `body` the messages of its answer, until that says that it was the last.
    private func exchange(
        _ request: (UInt32) -> NetlinkRequest, _ body: (NetlinkMessage, Span<UInt8>) -> Bool
    ) throws(SystemError) {
        sequence &+= 1
        let sequence = sequence
        try socket.send(request(sequence).bytes)
        var isDone = false
        while !isDone {
            let reception = try socket.receive { datagram in
                var messages = NetlinkMessages()
                while let message = try? messages.next(in: datagram), !isDone {
                    if message.sequence == sequence { isDone = body(message, datagram) }
                }
            }
            guard reception == .datagram else { return }
        }
    }
}
