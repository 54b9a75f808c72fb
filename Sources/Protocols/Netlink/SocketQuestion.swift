/// Asks the kernel for one TCP socket by its two ends (sock_diag(7), linux/inet_diag.h), and reads the answer.
///
/// The request's body, `struct inet_diag_req_v2`; the ends are in network order, the rest in the machine's:
///
/// ```
///  0        1          2      3     4        8                                               56
/// +--------+----------+------+-----+--------+-----------------------------------------------+
/// | family | protocol | more | pad | states | the two ends                                  |
/// | 1      | 1: TCP   | 1: 0 | 1   | 4: all | 48                                            |
/// +--------+----------+------+-----+--------+-----------------------------------------------+
/// ```
///
/// The answer's body, `struct inet_diag_msg`; attributes may follow:
///
/// ```
///  0        1       2    4              52                 64     68      72
/// +--------+-------+----+--------------+------------------+------+-------+
/// | family | state | …  | the two ends | timer and queues | user | inode |
/// | 1      | 1     | 2  | 48           | 12               | 4    | 4     |
/// +--------+-------+----+--------------+------------------+------+-------+
/// ```
///
/// The two ends, `struct inet_diag_sockid`, the socket's own end first:
///
/// ```
///  0           2            4           20           36          40       48
/// +-----------+------------+-----------+------------+-----------+--------+
/// | own port  | far port   | own       | far        | interface | cookie |
/// | 2         | 2          | address   | address    | 4         | 8: any |
/// |           |            | 16        | 16         |           |        |
/// +-----------+------------+-----------+------------+-----------+--------+
/// ```
public struct SocketQuestion: Hashable, Sendable {
    /// SOCK_DIAG_BY_FAMILY: the type of request and answer.
    public static let messageType: UInt16 = 20
    /// The errno for no such socket; also where the kernel has no part that could look (the module tcp_diag).
    static let noSuchSocket: Int32 = 2
    static let answerSize = 72

    private let family: UInt8
    private let ends: SocketEnds

    /// Asks for the socket that is `own` at its own end and connected to `far`; nil where an end is no TCP endpoint, or
    /// where one is IPv4 and the other is not.
    public init?(own: Endpoint, far: Endpoint) {
        guard case .tcp(let ownAddress, let ownPort) = own, case .tcp(let farAddress, let farPort) = far else {
            return nil
        }
        switch (ownAddress, farAddress) {
        case (.v4, .v4): family = SocketEnds.familyIPv4
        case (.v6, .v6): family = SocketEnds.familyIPv6
        default: return nil
        }
        ends = SocketEnds(
            own: ownAddress.inSixteenBytes, ownPort: ownPort, far: farAddress.inSixteenBytes, farPort: farPort)
    }

    /// The message to send.
    public func request(sequence: UInt32) -> NetlinkRequest {
        NetlinkRequest(
            type: Self.messageType, flags: [], sequence: sequence,
            body: Self.body(family: family, transport: 6, ends))
    }

    /// The body of a request.
    static func body(family: UInt8, transport: UInt8, _ ends: SocketEnds) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(56)
        body.append(family)
        body.append(transport)
        body.append(hostOrder: 0, count: 2)
        body.append(hostOrder: UInt64(UInt32.max), count: 4)
        ends.append(to: &body, family: family)
        return body
    }

    /// What a datagram says to this question; nil where it holds no answer to it: what came late for an earlier one, or
    /// is about another socket.
    public func answer(in datagram: Span<UInt8>, sequence: UInt32) -> SocketOwner? {
        var messages = NetlinkMessages()
        while let message = try? messages.next(in: datagram) {
            guard message.sequence == sequence else { continue }
            if let code = message.errorCode(in: datagram) {
                return .unknown(
                    code == Self.noSuchSocket ? .missing : .unanswered("the kernel answers with error \(code)"))
            }
            if message.type == Self.messageType, let owner = owner(in: datagram, message.body) { return owner }
        }
        return nil
    }

    private func owner(in datagram: Span<UInt8>, _ body: Range<Int>) -> SocketOwner? {
        guard body.count >= Self.answerSize else { return nil }
        let start = body.lowerBound
        guard let found = SocketEnds(datagram, at: start + 4, family: datagram[start]) else { return nil }
        // Where no connection is found the kernel looks for a listener at the same port, and answers with that.
        guard found == ends else { return .unknown(.closed) }
        let user = UInt32(truncatingIfNeeded: datagram.hostOrder(start + 64..<start + 68))
        let inode = datagram.hostOrder(start + 68..<start + 72)
        guard inode != 0, TCPState(rawValue: datagram[start + 1]) != nil else { return .unknown(.closed) }
        return .user(user)
    }
}

/// The states of a TCP socket in which a process can have both its ends told (linux/tcp_states.h); not those in which
/// the kernel alone keeps it, or keeps only what is left of it.
private enum TCPState: UInt8 {
    case established = 1
    case finWait1 = 4
    case finWait2 = 5
    case closeWait = 8
}
