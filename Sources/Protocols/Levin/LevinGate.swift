/// Holds the beginning of a node's stream until it has proven to be a Monero handshake request of the network we
/// are configured for. One per stream, until it passes.
///
/// It keeps other protocols, other networks and misdirected wallets off the peers' connections. It is a filter
/// against mistakes, not a proof against a hostile node: what follows the handshake is not read.
///
/// It refuses at the first byte that cannot be right: TLS and HTTP at their first, a wrong command once the header
/// is in, another network once the handshake is in. A stream waits here for at most 33 bytes and 64 KiB; for how
/// long is its owner's to say.
public struct LevinGate: Sendable {
    /// What is known of the stream.
    public enum Outcome: Hashable, Sendable {
        /// Not enough yet. Nothing may be forwarded.
        case more
        /// It is what it should be: forward `buffered`, then all that follows.
        case pass
        /// It is not: forward nothing, close.
        case refused(LevinRefusal)
    }

    /// The longest body of a handshake that nodes accept (monero: connection_context.cpp).
    public static let longestHandshake: UInt64 = 65536

    /// Every byte given so far, those after the handshake too.
    public private(set) var buffered: [UInt8] = []

    private let network: MoneroNetwork
    private var outcome = Outcome.more

    /// A gate for nodes of this network.
    public init(network: MoneroNetwork) {
        self.network = network
    }

    /// Takes the next bytes of the stream, all of them. Once it has passed or refused, it stays so.
    public mutating func receive(_ input: Span<UInt8>) -> Outcome {
        if case .refused = outcome { return outcome }
        let checked = buffered.count
        buffered.append(copying: input)
        guard outcome == .more else { return outcome }
        do throws(LevinRefusal) {
            outcome = try Self.check(buffered.span, checked: checked, network: network) ? .pass : .more
        } catch {
            buffered = []
            outcome = .refused(error)
        }
        return outcome
    }

    /// Whether the stream may pass; false where more of it must come. Its first `checked` bytes were found good
    /// before, as far as they went.
    private static func check(
        _ bytes: Span<UInt8>, checked: Int, network: MoneroNetwork
    ) throws(LevinRefusal) -> Bool {
        guard bytes.agrees(with: signature, from: 0) else { throw .notLevin }
        guard let header = LevinHeader(bytes) else { return false }
        if checked < LevinHeader.size { try check(header) }
        guard bytes.agrees(with: PortableStorage.signature, from: LevinHeader.size) else {
            throw .malformedBody(.notPortableStorage)
        }
        let end = LevinHeader.size + Int(truncatingIfNeeded: header.length)
        guard bytes.count >= end else { return false }
        try check(body: bytes.extracting(LevinHeader.size..<end), network: network)
        return true
    }

    /// Levin's signature as it stands on the wire.
    private static let signature: [UInt8] = [0x01, 0x21, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01]

    private static func check(_ header: LevinHeader) throws(LevinRefusal) {
        guard header.version == LevinHeader.version else { throw .unknownVersion(header.version) }
        guard header.command == LevinHeader.handshake else { throw .notHandshake(command: header.command) }
        guard header.flags == .request, header.expectResponse == 1 else { throw .notRequest }
        guard header.length <= longestHandshake else { throw .tooLong(header.length) }
        // A body that has no room for the signature would let what follows it be read as the signature.
        guard header.length > UInt64(PortableStorage.signature.count) else { throw .malformedBody(.truncated) }
    }

    private static func check(body: Span<UInt8>, network: MoneroNetwork) throws(LevinRefusal) {
        let storage: PortableStorage
        do throws(PortableStorageFailure) {
            storage = try PortableStorage(body, limits: PortableStorage.Limits(depth: 4, entries: 256))
        } catch {
            throw .malformedBody(error)
        }
        guard let entry = storage.entry(["node_data", "network_id"], in: body), entry.type == .string,
            entry.arrayCount == nil, entry.value.count == 16
        else { throw .noNetworkID }
        let id = [UInt8](copying: body.extracting(entry.value))
        guard id == network.networkID else {
            throw .otherNetwork(MoneroNetwork.allCases.first { $0.networkID == id })
        }
    }
}

extension Span<UInt8> {
    /// Whether its bytes from `start` on are those of `expected`, as far as both go.
    fileprivate func agrees(with expected: [UInt8], from start: Int) -> Bool {
        let present = Swift.max(0, Swift.min(count - start, expected.count))
        return (0..<present).allSatisfy { self[start + $0] == expected[$0] }
    }
}
