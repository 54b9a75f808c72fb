// Both system modules include the time's headers; Swift takes either as their home.
internal import CLibevent
internal import CLinux
public import Protocols

/// One packet by a socket of its own: a TCP connection's first one, or a datagram. For the canary, which must know of
/// each packet that it sends, and what the kernel says to it.
public struct LonePacket: Hashable, Sendable {
    /// Where it goes, by number.
    public var endpoint: Endpoint
    /// What a datagram holds; nil for TCP.
    public var datagram: [UInt8]?
    /// The packet's DSCP (RFC 2474), 0 to 63.
    public var dscp: UInt8

    /// A packet to there.
    public init(to endpoint: Endpoint, datagram: [UInt8]?, dscp: UInt8) {
        self.endpoint = endpoint
        self.datagram = datagram
        self.dscp = dscp
    }

    /// What became of a packet, as far as its sender can see.
    public enum Outcome: Hashable, Sendable {
        /// The connection was made, or the kernel took the datagram.
        case passed
        /// There was no way there, so no packet was made; the kernel's name for why ("ENETUNREACH").
        case noRoute(String)
        /// It was refused, or no answer came ("ETIMEDOUT").
        case failed(String)
    }

    /// Shorter than the second after which the kernel would send a TCP connection's first packet again.
    public static let longestPatience: Duration = .milliseconds(900)

    /// Sends them all at once, waits for the connections, for at most `longestPatience`, and closes everything.
    public static func send(_ packets: [LonePacket]) -> [Outcome] {
        var attempts = packets.map { $0.begin() }
        let began = monotonicMilliseconds()
        while true {
            let waiting = attempts.indices.filter { attempts[$0].outcome == nil }
            let rest = longestPatience.milliseconds - (monotonicMilliseconds() - began)
            guard !waiting.isEmpty, rest > 0 else { break }
            var watched = waiting.map { pollfd(fd: attempts[$0].raw, events: Int16(POLLOUT), revents: 0) }
            let ready = unsafe poll(&watched, nfds_t(watched.count), Int32(rest))
            guard ready > 0 || lastError == EINTR else { break }
            for (index, seen) in zip(waiting, watched) where seen.revents != 0 {
                attempts[index].outcome = Socket.connectError(seen.fd).map { .failed($0.symbol) } ?? .passed
            }
        }
        for attempt in attempts where attempt.raw >= 0 { close(attempt.raw) }
        return attempts.map { $0.outcome ?? .failed("ETIMEDOUT") }
    }

    private struct Attempt {
        var raw: Int32
        var outcome: Outcome?
    }

    private func begin() -> Attempt {
        let (family, isIPv6): (Int32, Bool) =
            switch endpoint {
            case .tcp(.v4, _): (AF_INET, false)
            case .tcp(.v6, _): (AF_INET6, true)
            case .unix: (AF_UNIX, false)
            }
        let type = (datagram == nil ? SOCK_STREAM : SOCK_DGRAM).rawValue
        let raw = socket(family, Int32(type | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { return Attempt(raw: -1, outcome: Self.withoutPacket(lastError)) }
        let level = Int32(isIPv6 ? IPPROTO_IPV6 : IPPROTO_IP)
        Socket.setOption(raw, level, Int32(isIPv6 ? IPV6_TCLASS : IP_TOS), Int32(dscp) << 2)
        // Of a datagram's socket this only looks for the way.
        let connected = unsafe withSocketAddress(of: endpoint) { unsafe connectSocket(raw, $0, $1) }
        guard connected == 0 || lastError == EINPROGRESS else {
            return Attempt(raw: raw, outcome: Self.withoutPacket(lastError))
        }
        guard let datagram else { return Attempt(raw: raw, outcome: connected == 0 ? .passed : nil) }
        let sent = unsafe datagram.withUnsafeBytes {
            unsafe CLinux.send(raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        return Attempt(
            raw: raw, outcome: sent == datagram.count ? .passed : .failed(SystemError.current("send").symbol))
    }

    /// An error before any packet was made. EINVAL and EACCES are what a `blackhole` and a `prohibit` route say.
    private static func withoutPacket(_ code: Int32) -> Outcome {
        let symbol = SystemError("connect", code: code).symbol
        switch code {
        case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT, ENETDOWN, EACCES, EINVAL: return .noRoute(symbol)
        default: return .failed(symbol)
        }
    }
}

private func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}
