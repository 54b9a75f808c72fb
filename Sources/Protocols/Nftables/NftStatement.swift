/// One statement of an nftables rule: a test that must hold for the rule to go on, or something that it then does. As
/// nft(8) has them, and only those that this project uses.
public enum NftStatement: Hashable, Sendable {
    /// Which way a packet goes on its connection, as connection tracking knows it.
    public enum Direction: UInt8, Hashable, Sendable {
        /// From who began it.
        case original = 0
        /// To who began it.
        case reply = 1
    }

    /// A protocol over IP.
    public typealias Transport = TransportProtocol

    /// What a dynamic set is keyed by.
    public enum Key: Hashable, Sendable {
        /// `meta l4proto`
        case transport
        /// `meta l4proto . th dport`
        case transportAndPort
        /// `ip daddr . meta l4proto . th dport`
        case destinationIPv4
        /// `ip6 daddr . meta l4proto . th dport`
        case destinationIPv6
    }

    // Tests.

    /// `meta skuid 107`: the packet's socket belongs to this user. Never true without a socket, nor with one that no
    /// process has any more.
    case user(UInt32)
    /// `ct mark 0x786d7201`
    case connectionMark(UInt32)
    /// `ct mark & 0xffffff00 == 0x786d7200`: the mark is this one in all but its last byte.
    case connectionMarkFamily(UInt32)
    /// `ct direction reply`
    case direction(Direction)
    /// `ct state new`
    case isNewConnection
    /// `meta l4proto tcp`
    case transport(Transport)
    /// `meta l4proto tcp` and `meta l4proto udp`, in a rule each.
    case hasPorts
    /// `meta l4proto != tcp meta l4proto != udp`
    case hasNoPorts
    /// `ip saddr 127.0.0.0/8`, `ip6 saddr ::1`: the family is tested as well.
    case source(IPAddress, prefix: UInt8)
    /// `ip daddr 127.0.0.1`, `ip daddr != 127.0.0.0/8`: the family is tested as well, and must hold in both forms.
    case destination(IPAddress, prefix: UInt8, isNot: Bool = false)
    /// `tcp dport 18950`; more than one: in a rule each; none: no rule. The transport is tested as well.
    case destinationPorts(Transport, [UInt16])
    /// `tcp sport 18989`: the transport is tested as well.
    case sourcePort(Transport, UInt16)
    /// `ip dscp 42`, `ip6 dscp 42`: the family is tested as well.
    case dscp(UInt8, isIPv6: Bool)
    /// `oifname "lo"`, `oifname != "wg0"`
    case outInterface(String, isNot: Bool = false)
    /// `iifname "wg0"`, `iifname != "lo"`
    case inInterface(String, isNot: Bool = false)
    /// `tcp flags & rst == rst`, `tcp flags & syn == 0`: these bits of the flags are all set, or all clear. The transport
    /// is tested as well.
    case tcpFlags(UInt8, areSet: Bool)

    // Actions.

    /// `counter name "inbound_107"`
    case count(String)
    /// `add @stopped_107 { meta l4proto . th dport }`: counts the packet in the set's element of this key, made where
    /// it is not there. Where the set is full, the rule ends here. (`update` would do the same, but older kernels
    /// take it only for sets whose elements expire.)
    case update(set: String, Key)
    /// `ct mark set 0x786d7201`
    case setConnectionMark(UInt32)
    /// `redirect to :18953`
    case redirect(UInt16)
    /// `reject with tcp reset`: the transport is tested as well.
    case reset
    /// `accept`
    case accept
    /// `drop`
    case drop
    /// `return`
    case goBack
    /// `goto refuse`
    case goTo(String)
}
