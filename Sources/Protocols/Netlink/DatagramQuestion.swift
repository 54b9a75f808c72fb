/// Asks the kernel for the UDP sockets of one local port (sock_diag(7), linux/inet_diag.h), and reads who has them. The
/// layout is that of `SocketQuestion`, with protocol 17, and all that have the port are told.
///
/// To ask for one socket by its two ends, as for TCP, one must know where its datagrams went, which is lost where they
/// were redirected.
public struct DatagramQuestion: Hashable, Sendable {
    /// What came of a datagram of the kernel.
    public enum Progress: Hashable, Sendable {
        /// More comes.
        case more
        /// That was all.
        case done
        /// The kernel does not answer; its error.
        case failed(Int32)
    }

    /// The users who have such a socket.
    public private(set) var users: Set<UInt32> = []

    private let family: UInt8
    private let own: IPv6Address
    private let port: UInt16
    private let farPorts: Set<UInt16>

    /// Asks for the sockets that a datagram from `sender` may have come from.
    ///
    /// - Parameters:
    ///   - isIPv6Socket: whether IPv6 sockets are asked for: they send IPv4 too.
    ///   - farPorts: to which ports it can have been sent: a socket that is connected to another is none that is meant.
    ///     One that is connected to nothing sends anywhere.
    public init?(from sender: Endpoint, isIPv6Socket: Bool, farPorts: Set<UInt16>) {
        guard case .tcp(let address, let port) = sender, isIPv6Socket || address.isIPv4 else { return nil }
        family = isIPv6Socket ? SocketEnds.familyIPv6 : SocketEnds.familyIPv4
        own = address.inSixteenBytes
        self.port = port
        self.farPorts = farPorts
    }

    /// The message to send.
    public func request(sequence: UInt32) -> NetlinkRequest {
        let none = IPv6Address(high: 0, low: 0)
        let ends = SocketEnds(own: none, ownPort: port, far: none, farPort: 0)
        return NetlinkRequest(
            type: SocketQuestion.messageType, flags: .dump, sequence: sequence,
            body: SocketQuestion.body(family: family, transport: 17, ends))
    }

    /// Takes a datagram of the kernel; what is in it for another question is passed over.
    public mutating func receive(_ datagram: Span<UInt8>, sequence: UInt32) -> Progress {
        var messages = NetlinkMessages()
        while let message = try? messages.next(in: datagram) {
            guard message.sequence == sequence else { continue }
            if message.type == NetlinkMessage.done { return .done }
            if let code = message.errorCode(in: datagram) { return .failed(code) }
            if message.type == SocketQuestion.messageType { take(datagram, message.body) }
        }
        return .more
    }

    private mutating func take(_ datagram: Span<UInt8>, _ body: Range<Int>) {
        guard body.count >= SocketQuestion.answerSize else { return }
        let start = body.lowerBound
        guard let ends = SocketEnds(datagram, at: start + 4, family: datagram[start]), ends.ownPort == port,
            ends.own == own || ends.own.isUnspecified, ends.farPort == 0 || farPorts.contains(ends.farPort)
        else { return }
        users.insert(UInt32(truncatingIfNeeded: datagram.hostOrder(start + 64..<start + 68)))
    }
}

extension IPv6Address {
    /// `::`, or 0.0.0.0 in its mapped form.
    fileprivate var isUnspecified: Bool { high == 0 && (low == 0 || low == 0xffff_0000_0000) }
}
