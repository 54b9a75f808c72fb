/// Has connection tracking forget connections (linux/netfilter/nfnetlink_conntrack.h). Their next packet is that of a new
/// one, and carries no mark.
///
/// ```
/// struct nfgenmsg: family, 0, 0
/// ├─ CTA_TUPLE_ORIG (1)                      or   ├─ CTA_MARK (8)        the mark
/// │  ├─ CTA_TUPLE_IP (1)                          └─ CTA_MARK_MASK (21)  all bits
/// │  │  └─ CTA_IP_V4_SRC (1), _DST (2), or CTA_IP_V6_SRC (3), _DST (4)
/// │  └─ CTA_TUPLE_PROTO (2)
/// │     └─ CTA_PROTO_NUM (1), _SRC_PORT (2), _DST_PORT (3)
/// ```
public enum ConnectionTracking {
    /// NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE.
    static let deletion: UInt16 = 1 << 8 | 2
    private static let orig: UInt16 = 1

    /// Forgets the connection that this socket is an end of, whichever end began it. The kernel answers with error 2
    /// (ENOENT) where it knows of none.
    public static func forget(_ socket: SocketEntry, sequence: UInt32) -> NetlinkRequest {
        let ends = socket.ends
        // An IPv6 socket with a mapped IPv4 address has an IPv4 connection.
        let isIPv4 = ends.own.isMapped && ends.far.isMapped
        var body: [UInt8] = [isIPv4 ? SocketEnds.familyIPv4 : SocketEnds.familyIPv6, 0, 0, 0]
        body.append(attribute: orig) { tuple in
            tuple.append(attribute: 1) { addresses in
                addresses.append(attribute: isIPv4 ? 1 : 3, ends.own.octets.suffix(isIPv4 ? 4 : 16))
                addresses.append(attribute: isIPv4 ? 2 : 4, ends.far.octets.suffix(isIPv4 ? 4 : 16))
            }
            tuple.append(attribute: 2) { ports in
                ports.append(attribute: 1, [socket.transport.rawValue])
                ports.append(attribute: 2, port: ends.ownPort)
                ports.append(attribute: 3, port: ends.farPort)
            }
        }
        return NetlinkRequest(type: deletion, flags: .acknowledge, sequence: sequence, body: body)
    }

    /// Forgets all connections with this mark. Not for kernels before 4.20, which would forget all that there are.
    public static func forget(mark: UInt32, sequence: UInt32) -> NetlinkRequest {
        var body: [UInt8] = [0, 0, 0, 0]
        body.append(attribute: 8, bigEndian: mark)
        body.append(attribute: 21, bigEndian: .max)
        return NetlinkRequest(type: deletion, flags: .acknowledge, sequence: sequence, body: body)
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
