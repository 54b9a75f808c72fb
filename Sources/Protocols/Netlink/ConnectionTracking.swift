/// Has connection tracking know a connection by a mark of ours, whatever it knew before
/// (linux/netfilter/nfnetlink_conntrack.h, nf_conntrack_common.h).
///
/// ```
/// struct nfgenmsg: family, 0, 0
/// ├─ CTA_TUPLE_ORIG (1)          from the socket to the far end; alone where a connection is forgotten
/// │  ├─ CTA_TUPLE_IP (1)
/// │  │  └─ CTA_IP_V4_SRC (1), _DST (2), or CTA_IP_V6_SRC (3), _DST (4)
/// │  └─ CTA_TUPLE_PROTO (2)
/// │     └─ CTA_PROTO_NUM (1), _SRC_PORT (2), _DST_PORT (3)
/// ├─ CTA_TUPLE_REPLY (2)         the same the other way
/// ├─ CTA_STATUS (3)              confirmed, seen both ways, assured, no longer than CTA_TIMEOUT
/// ├─ CTA_TIMEOUT (7)             seconds
/// ├─ CTA_MARK (8)
/// └─ CTA_PROTOINFO (4)           of TCP alone
///    └─ CTA_PROTOINFO_TCP (1)
///       └─ _STATE (1) established, _FLAGS_ORIGINAL (4) and _FLAGS_REPLY (5) any sequence number will do
/// ```
public enum ConnectionTracking {
    /// NFNL_SUBSYS_CTNETLINK with IPCTNL_MSG_CT_NEW and IPCTNL_MSG_CT_DELETE.
    static let making: UInt16 = 1 << 8
    static let deletion: UInt16 = 1 << 8 | 2
    /// How long a claim lasts, in seconds: longer than a far end waits between two tries. Not for ever: somebody else
    /// may come to have the same ports.
    static let claimTime: UInt32 = 120
    /// IPS_SEEN_REPLY, IPS_ASSURED, IPS_CONFIRMED, IPS_FIXED_TIMEOUT.
    private static let status: UInt32 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 10
    /// TCP_CONNTRACK_ESTABLISHED.
    private static let established: UInt8 = 3
    /// IP_CT_TCP_FLAG_BE_LIBERAL, and the mask by which it is set.
    private static let liberal: [UInt8] = [8, 8]

    /// Forgets the connection that this socket is an end of, whichever end began it. The kernel answers with error 2
    /// (ENOENT) where it knows of none.
    public static func forget(_ socket: SocketEntry, sequence: UInt32) -> NetlinkRequest {
        let ends = Ends(socket)
        var body = ends.head
        body.append(attribute: 1, nesting: ends.tuple)
        return NetlinkRequest(type: deletion, flags: .acknowledge, sequence: sequence, body: body)
    }

    /// Tells of the connection that this socket is an end of, as one that it began, with this mark. The kernel answers
    /// with error 17 (EEXIST) where it knows of one already.
    public static func claim(_ socket: SocketEntry, mark: UInt32, sequence: UInt32) -> NetlinkRequest {
        let ends = Ends(socket)
        var body = ends.head
        body.append(attribute: 1, nesting: ends.tuple)
        body.append(attribute: 2, nesting: ends.turned.tuple)
        body.append(attribute: 3, bigEndian: status)
        body.append(attribute: 7, bigEndian: claimTime)
        body.append(attribute: 8, bigEndian: mark)
        if socket.transport == .tcp {
            body.append(attribute: 4) { information in
                information.append(attribute: 1) { tcp in
                    tcp.append(attribute: 1, [established])
                    tcp.append(attribute: 4, liberal)
                    tcp.append(attribute: 5, liberal)
                }
            }
        }
        return NetlinkRequest(
            type: making, flags: [.acknowledge, .create, .exclusive], sequence: sequence, body: body)
    }

    /// The ends as a tuple has them.
    private struct Ends {
        let family: UInt8
        let transport: UInt8
        let from: (address: ArraySlice<UInt8>, port: UInt16)
        let to: (address: ArraySlice<UInt8>, port: UInt16)

        init(_ socket: SocketEntry) {
            let ends = socket.ends
            // An IPv6 socket with a mapped IPv4 address has an IPv4 connection.
            let isIPv4 = ends.own.isMapped && ends.far.isMapped
            let size = isIPv4 ? 4 : 16
            self.init(
                family: isIPv4 ? SocketEnds.familyIPv4 : SocketEnds.familyIPv6, transport: socket.transport.rawValue,
                from: (ends.own.octets.suffix(size), ends.ownPort), to: (ends.far.octets.suffix(size), ends.farPort))
        }

        private init(
            family: UInt8, transport: UInt8, from: (address: ArraySlice<UInt8>, port: UInt16),
            to: (address: ArraySlice<UInt8>, port: UInt16)
        ) {
            self.family = family
            self.transport = transport
            self.from = from
            self.to = to
        }

        var turned: Ends { Ends(family: family, transport: transport, from: to, to: from) }

        var head: [UInt8] { [family, 0, 0, 0] }

        func tuple(_ tuple: inout [UInt8]) {
            let isIPv4 = family == SocketEnds.familyIPv4
            tuple.append(attribute: 1) { addresses in
                addresses.append(attribute: isIPv4 ? 1 : 3, from.address)
                addresses.append(attribute: isIPv4 ? 2 : 4, to.address)
            }
            tuple.append(attribute: 2) { ports in
                ports.append(attribute: 1, [transport])
                ports.append(attribute: 2, port: from.port)
                ports.append(attribute: 3, port: to.port)
            }
        }
    }
}

extension IPv6Address {
    /// Whether it is in ::ffff:0:0/96.
    fileprivate var isMapped: Bool { high == 0 && low >> 32 == 0xffff }
}

extension [UInt8] {
    /// Appends a port, the greater byte first.
    fileprivate mutating func append(attribute type: UInt16, port: UInt16) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: UInt64(port), count: 2)
        append(attribute: type, bytes)
    }
}
