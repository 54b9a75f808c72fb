/// A socket as the kernel lists it (sock_diag(7)), and how to ask for all of a kind and to have one destroyed.
/// `SocketQuestion` shows the layouts; a destruction is a question of another type.
public struct SocketEntry: Hashable, Sendable {
    /// SOCK_DESTROY.
    static let destroy: UInt16 = 21
    /// Where the two ends lie in a listed socket.
    private static let entryEnds = 4

    /// By which protocol it speaks.
    public let transport: TransportProtocol
    /// Who made it, by number.
    public let user: UInt32
    /// Its own end and the far end, an IPv4 address in its mapped form.
    let ends: SocketEnds
    /// AF_INET or AF_INET6.
    let family: UInt8
    /// The bytes of both ends, with the interface and the cookie by which the kernel knows this socket from a later one.
    private let identity: [UInt8]

    /// Whether its packets stay on this machine by their addresses.
    public var isLoopback: Bool { ends.far.isLoopback }

    /// Asks for all of one protocol that have a far end.
    ///
    /// - Parameter isIPv6: whether those of IPv6, else those of IPv4.
    public static func list(_ transport: TransportProtocol, isIPv6: Bool, sequence: UInt32) -> NetlinkRequest {
        let family = isIPv6 ? SocketEnds.familyIPv6 : SocketEnds.familyIPv4
        return request(
            SocketQuestion.messageType, flags: .dump, sequence: sequence, family: family, transport,
            identity: [UInt8](repeating: 0, count: SocketEnds.size))
    }

    /// Asks for its destruction: it sends no more, and whoever has it gets ECONNABORTED. The kernel answers with error 2
    /// (ENOENT) where it is gone already.
    public func destruction(sequence: UInt32) -> NetlinkRequest {
        Self.request(
            Self.destroy, flags: .acknowledge, sequence: sequence, family: family, transport, identity: identity)
    }

    /// Reads one of a list; nil for what is no socket of this protocol that has a far end.
    public init?(_ message: NetlinkMessage, of transport: TransportProtocol, in datagram: Span<UInt8>) {
        let start = message.body.lowerBound
        guard message.type == SocketQuestion.messageType, message.body.count >= SocketQuestion.answerSize,
            message.body.upperBound <= datagram.count
        else { return nil }
        let state = datagram[start + 1]
        guard state < 32, transport.states >> UInt64(state) & 1 != 0 else { return nil }
        family = datagram[start]
        guard let ends = SocketEnds(datagram, at: start + Self.entryEnds, family: family), ends.farPort != 0 else {
            return nil
        }
        self.ends = ends
        self.transport = transport
        user = UInt32(truncatingIfNeeded: datagram.hostOrder(start + 64..<start + 68))
        // Old kernels say user 0 of a socket that no process has any more; nobody's file has the number 0.
        if user == 0, datagram.hostOrder(start + 68..<start + 72) == 0 { return nil }
        let bytes = start + Self.entryEnds..<start + Self.entryEnds + SocketEnds.size
        identity = [UInt8](copying: datagram.extracting(bytes))
    }

    private static func request(
        _ type: UInt16, flags: NetlinkMessage.Flags, sequence: UInt32, family: UInt8, _ transport: TransportProtocol,
        identity: [UInt8]
    ) -> NetlinkRequest {
        var body: [UInt8] = [family, transport.rawValue, 0, 0]
        body.append(hostOrder: transport.states, count: 4)
        return NetlinkRequest(type: type, flags: flags, sequence: sequence, body: body + identity)
    }
}

extension TransportProtocol {
    /// Those states in which a socket has a far end and can still send: of TCP all but LISTEN, CLOSE, TIME_WAIT and a
    /// connection that is not made yet, of UDP that of a connected one (linux/tcp_states.h).
    fileprivate var states: UInt64 {
        let numbers: [UInt64] = self == .tcp ? [1, 2, 3, 4, 5, 8, 9, 11] : [1]
        return numbers.reduce(0) { $0 | 1 << $1 }
    }
}
