/// Messages of nf_tables (linux/netfilter/nfnetlink.h, nf_tables.h). Their type is the subsystem and the verb; the body
/// begins with `struct nfgenmsg`:
///
/// ```
///  0        1         2            4
/// +--------+---------+------------+-- … ------+
/// | family | version | subsystem, | attributes|
/// | 1      | 1: 0    | or a count |           |
/// +--------+---------+------------+-- … ------+
/// ```
enum NftMessage {
    /// NFNL_SUBSYS_NFTABLES.
    static let subsystem: UInt16 = 10
    /// NFPROTO_INET.
    static let inet: UInt8 = 1
    /// Bytes of struct nfgenmsg.
    static let headerSize = 4

    /// NFNL_MSG_BATCH_BEGIN, NFNL_MSG_BATCH_END.
    static let batchBegin: UInt16 = 16
    static let batchEnd: UInt16 = 17

    /// NFT_MSG_…
    enum Verb: UInt16 {
        case newTable = 0
        case getTable = 1
        case deleteTable = 2
        case newChain = 3
        case getChain = 4
        case newRule = 6
        case getRule = 7
        case newSet = 9
        case getSet = 10
        case newElement = 12
        case getElement = 13
        case newGeneration = 15
        case getGeneration = 16
        case newObject = 18
        case getObject = 19
        case newFlowTable = 22
        case getFlowTable = 23

        var type: UInt16 { NftMessage.subsystem << 8 | rawValue }
    }

    /// What a message of this type is about; nil where it is of another subsystem or a verb unknown here.
    static func verb(_ type: UInt16) -> Verb? {
        type >> 8 == subsystem ? Verb(rawValue: type & 0xff) : nil
    }

    /// A request of these attributes.
    static func request(
        _ verb: Verb, flags: NetlinkMessage.Flags, sequence: UInt32, _ attributes: (inout [UInt8]) -> Void
    ) -> NetlinkRequest {
        var body = [inet, 0, 0, 0]
        attributes(&body)
        return NetlinkRequest(type: verb.type, flags: flags, sequence: sequence, body: body)
    }
}
