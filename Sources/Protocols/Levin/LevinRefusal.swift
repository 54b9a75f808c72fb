/// Why a stream does not open as a Monero node of our network opens one.
public enum LevinRefusal: Error, Hashable, Sendable {
    /// It does not begin with Levin's signature.
    case notLevin
    /// Its first message is not a handshake.
    case notHandshake(command: UInt32)
    /// Its first message is a handshake, but no request that waits for a response.
    case notRequest
    /// A version of Levin other than 1.
    case unknownVersion(UInt32)
    /// A body longer than the 64 KiB that nodes allow a handshake.
    case tooLong(UInt64)
    /// A body that is not portable storage, or ends otherwise than its header says.
    case malformedBody(PortableStorageFailure)
    /// A body without `node_data.network_id`, or with one that is not 16 bytes.
    case noNetworkID
    /// The id of another network: its name, where it is one of Monero's.
    case otherNetwork(MoneroNetwork?)

    /// What it means for a person who reads a log.
    public var sentence: String {
        switch self {
        case .notLevin: "the stream does not open as Monero's peer-to-peer protocol"
        case .notHandshake(let command): "the stream opens with Levin command \(command), not with a handshake"
        case .notRequest: "the stream opens with a Levin handshake that is not a request"
        case .unknownVersion(let version): "the stream speaks version \(version) of Levin, and 1 is the only one"
        case .tooLong(let length): "the stream opens with a handshake of \(length) bytes, and nodes allow 65536"
        case .malformedBody(let failure): "the stream's handshake is malformed: \(failure.sentence)"
        case .noNetworkID: "the stream's handshake does not say which network it is for"
        case .otherNetwork(let network?): "the node is on \(network), and `network` says otherwise"
        case .otherNetwork(nil): "the node is on a network that is none of Monero's"
        }
    }
}
