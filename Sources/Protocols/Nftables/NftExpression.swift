/// One expression of a rule as the kernel has it (linux/netfilter/nf_tables.h): a rule is a row of these, each of which
/// loads a register, compares one, or acts. Only those that `NftStatement` becomes; any other is `foreign`.
///
/// Registers are the kernel's numbers: 0 the verdict, 1 to 4 of 16 bytes each, 8 and up the same room in pieces of 4.
enum NftExpression: Hashable, Sendable {
    /// `meta`: loads what belongs to the packet (NFT_META_…).
    case meta(UInt32, into: UInt32)
    /// `ct`: loads what connection tracking knows of it (NFT_CT_…).
    case connection(UInt32, into: UInt32)
    /// `ct`: sets it from a register.
    case setConnection(UInt32, from: UInt32)
    /// `payload`: loads bytes of a header (NFT_PAYLOAD_…).
    case payload(base: UInt32, offset: UInt32, length: UInt32, into: UInt32)
    /// `bitwise`: register = register & mask.
    case mask([UInt8], UInt32)
    /// `cmp`: the rule ends unless the register is, or is not, this.
    case compare(UInt32, isNot: Bool, [UInt8])
    /// `immediate`: loads these bytes.
    case load([UInt8], into: UInt32)
    /// `immediate` into the verdict's register: NF_DROP, NF_ACCEPT, or NFT_GOTO and the like with the chain.
    case verdict(Int32, chain: String?)
    /// `objref` to a named counter.
    case count(String)
    /// `dynset`: makes the set's element of the key in a register, which counts the packet.
    case addElement(set: String, key: UInt32)
    /// `reject` (NFT_REJECT_…).
    case reject(UInt32)
    /// `redir` to the port in a register.
    case redirect(port: UInt32)
    /// Anything else: its name and its bytes.
    case foreign(String, [UInt8])

    /// The kernel's name of it.
    var name: String {
        switch self {
        case .meta: "meta"
        case .connection, .setConnection: "ct"
        case .payload: "payload"
        case .mask: "bitwise"
        case .compare: "cmp"
        case .load, .verdict: "immediate"
        case .count: "objref"
        case .addElement: "dynset"
        case .reject: "reject"
        case .redirect: "redir"
        case .foreign(let name, _): name
        }
    }

    /// NFT_META_…, NFT_CT_…, NFT_PAYLOAD_…: those that are used here.
    enum Key {
        static let inInterface: UInt32 = 6
        static let outInterface: UInt32 = 7
        static let user: UInt32 = 10
        static let family: UInt32 = 15
        static let transport: UInt32 = 16
        static let state: UInt32 = 0
        static let direction: UInt32 = 1
        static let mark: UInt32 = 3
        static let networkHeader: UInt32 = 1
        static let transportHeader: UInt32 = 2
    }

    /// NF_DROP, NF_ACCEPT, NFT_GOTO, NFT_RETURN.
    enum Verdict {
        static let drop: Int32 = 0
        static let accept: Int32 = 1
        static let goTo: Int32 = -4
        static let goBack: Int32 = -5
    }

    /// NFT_REJECT_TCP_RST.
    static let tcpReset: UInt32 = 1
    /// NFT_OBJECT_COUNTER.
    static let counter: UInt32 = 1
    /// NF_NAT_RANGE_PROTO_SPECIFIED: only the port is said.
    static let portIsGiven: UInt32 = 2
    /// NFT_REG_1.
    static let register: UInt32 = 1
}
