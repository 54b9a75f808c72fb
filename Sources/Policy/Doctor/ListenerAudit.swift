public import Protocols

/// One socket of /proc/net/tcp, tcp6, udp or udp6 that waits for whoever comes.
public struct WaitingSocket: Hashable, Sendable {
    /// Whether it is TCP; else UDP.
    public var isTCP: Bool
    /// Where it waits.
    public var address: IPAddress
    /// At which port.
    public var port: UInt16
    /// Whose it is.
    public var user: UInt32

    /// The sockets in such a file: of TCP those that listen (state 0A), of UDP those that no peer is set for (07). A line
    /// that is none is passed over.
    ///
    /// ```
    ///   sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode
    ///    0: 0100007F:46A0 00000000:0000 0A 00000000:00000000 00:00000000 00000000  4101        0 12345 …
    /// ```
    public static func read(_ bytes: [UInt8], isTCP: Bool) -> [WaitingSocket] {
        bytes.split(separator: 0x0a).compactMap { line in
            let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 7, words[3] == (isTCP ? "0A" : "07"), let user = UInt32(words[7]) else { return nil }
            let parts = words[1].split(separator: ":")
            guard parts.count == 2, parts[1].utf8.count == 4, let port = UInt16(parts[1], radix: 16),
                let address = address(parts[0])
            else { return nil }
            return WaitingSocket(isTCP: isTCP, address: address, port: port, user: user)
        }
    }

    /// An address in groups of 32 bits, each printed as a number of this machine though it lies in network order.
    private static func address(_ text: Substring) -> IPAddress? {
        let digits = Array(text.utf8)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        var groups: [UInt32] = []
        for start in stride(from: 0, to: digits.count, by: 8) {
            guard let group = UInt32(String(decoding: digits[start..<(start + 8)], as: UTF8.self), radix: 16) else {
                return nil
            }
            groups.append(UInt32(bigEndian: group))
        }
        guard groups.count == 4 else { return .v4(IPv4Address(bits: groups[0])) }
        let wide = groups.map { UInt64($0) }
        return .v6(IPv6Address(high: wide[0] << 32 | wide[1], low: wide[2] << 32 | wide[3]))
    }
}

/// Who of the confined users waits for others than this machine.
public enum ListenerAudit {
    /// What the kernel does by itself for a listener.
    public struct Kernel: Hashable, Sendable {
        /// net.ipv4.tcp_syncookies
        public var synCookies: Int?
        /// net.ipv4.tcp_fastopen
        public var fastOpen: Int?

        /// These settings; nil where one cannot be read.
        public init(synCookies: Int?, fastOpen: Int?) {
            self.synCookies = synCookies
            self.fastOpen = fastOpen
        }
    }

    /// The findings about the sockets of those whom the guard is to hold.
    ///
    /// - Parameter unread: why some sockets could not be looked at, each in a sentence: of nobody it is said then that
    ///   there are none.
    public static func findings(
        _ sockets: [WaitingSocket], unread: [String] = [], guard evidence: GuardEvidence, kernel: Kernel
    ) -> [Finding] {
        let names = evidence.heldIDs
        var all: [Finding] = []
        for id in names.keys.sorted() {
            var findings = Findings(
                "listeners of \(names[id]?.printable(limit: 32) ?? "")", isHeld: evidence.isHeld(id))
            let mine = sockets.filter { $0.user == id && !$0.address.listensToLoopbackOnly }
            let tcp = mine.filter(\.isTCP)
            for socket in Set(tcp).sorted(by: { $0.port < $1.port }).prefix(16) {
                let place = Endpoint.tcp(socket.address, port: socket.port)
                findings.leaves(
                    "\(place) answers whoever reaches this machine",
                    mend: "bind it to 127.0.0.1 (monerod: p2p-bind-ip, rpc-bind-ip)")
            }
            let udp = Set(mine.filter { !$0.isTCP }.map(\.port)).sorted().prefix(8)
            if !udp.isEmpty {
                findings.leaves(
                    "it has UDP sockets at port \(udp.map { "\($0)" }.joined(separator: ", ")): questions for names, or UPnP",
                    mend: "see the findings about monerod")
            }
            // The kernel answers for a listener before there is a socket that anybody could be known by.
            if !tcp.isEmpty, kernel.synCookies == 2 {
                findings.add(
                    .warning,
                    "with tcp_syncookies=2 the kernel itself answers who dials its public listener, past the guard",
                    mend: "sysctl -w net.ipv4.tcp_syncookies=1")
            }
            if !tcp.isEmpty, let fastOpen = kernel.fastOpen, fastOpen & 2 != 0 {
                findings.add(
                    .warning,
                    "with tcp_fastopen=\(fastOpen) the kernel may itself answer who dials its public listener",
                    mend: "sysctl -w net.ipv4.tcp_fastopen=1")
            }
            if !unread.isEmpty {
                findings.add(
                    .warning, "not all are examined: \(unread.joined(separator: "; "))", mend: "sudo xmr-routed doctor")
            } else if findings.list.isEmpty {
                findings.add(.ok, "none outside loopback")
            }
            all += findings.list
        }
        return all
    }
}
