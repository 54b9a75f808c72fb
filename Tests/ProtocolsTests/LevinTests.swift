import Protocols
import Testing

/// The header, and the gate that lets nothing but our network's handshake begin a stream.
@Suite struct LevinTests {
    typealias Writer = StorageWriter

    private func read(_ bytes: [UInt8]) -> LevinHeader? { LevinHeader(bytes.span) }

    @Test(arguments: RealHandshake.all)
    func realHeadersAreReadAndWritten(_ real: RealHandshake) throws {
        let header = try #require(read(real.bytes))
        #expect(header == LevinHeader(request: 1001, length: UInt64(real.bytes.count - 33)))
        #expect(header.bytes == Array(real.bytes[..<33]))
        #expect(read(Array(real.bytes[..<32])) == nil)
    }

    @Test func theFieldsOfAHeaderAreApart() throws {
        var header = LevinHeader(request: 0x0102_0304, length: 0x1112_1314_1516_1718)
        header.signature = 0x2122_2324_2526_2728
        header.expectResponse = 0x31
        header.returnCode = -2
        header.flags = [.response, .end]
        header.version = 0x4142_4344
        #expect(
            header.bytes == .init(wire: "2827262524232221181716151413121131 04030201 feffffff 0a000000 44434241"))
        #expect(read(header.bytes) == header)
    }

    @Test func networkIDs() {
        #expect(MoneroNetwork.mainnet.networkID == .init(wire: "1230f171610441611731008216a1a110"))
        #expect(MoneroNetwork.regtest.networkID == MoneroNetwork.mainnet.networkID)
        #expect(Set(MoneroNetwork.allCases.map(\.networkID)).count == 3)
        #expect(MoneroNetwork.allCases.allSatisfy { $0.networkID.count == 16 })
    }

    /// What a gate says to `pieces`, and what it holds then.
    private func run(
        _ pieces: [[UInt8]], network: MoneroNetwork = .mainnet
    ) -> (outcome: LevinGate.Outcome, buffered: [UInt8]) {
        var gate = LevinGate(network: network)
        var outcome = LevinGate.Outcome.more
        for piece in pieces { outcome = gate.receive(piece.span) }
        return (outcome, gate.buffered)
    }

    @Test(arguments: RealHandshake.all)
    func realHandshakesPass(_ real: RealHandshake) {
        let stream: [UInt8] = [0x16, 1, 2, 3]
        #expect(run([real.bytes], network: real.network) == (.pass, real.bytes))
        #expect(run([real.bytes + stream], network: real.network) == (.pass, real.bytes + stream))
        #expect(run([real.bytes, stream], network: real.network) == (.pass, real.bytes + stream))
        for pieces in real.bytes.cutAnywhere {
            #expect(run(pieces, network: real.network) == (.pass, real.bytes))
        }
        for count in real.bytes.indices {
            #expect(run([Array(real.bytes[..<count])], network: real.network).outcome == .more)
        }
    }

    @Test(arguments: RealHandshake.all, MoneroNetwork.allCases)
    func handshakesOfOtherNetworksDoNot(_ real: RealHandshake, network: MoneroNetwork) {
        let fits = network.networkID == real.network.networkID
        #expect(
            run([real.bytes], network: network).outcome == (fits ? .pass : .refused(.otherNetwork(real.network))))
    }

    static let body = handshake([Writer.string("network_id", MoneroNetwork.mainnet.networkID)])

    static func handshake(_ nodeData: [[UInt8]]) -> [UInt8] {
        Writer.document([Writer.object("node_data", nodeData), Writer.object("payload_data", [])])
    }

    static func frame(_ body: [UInt8], _ change: (inout LevinHeader) -> Void = { _ in }) -> [UInt8] {
        var header = LevinHeader(request: 1001, length: UInt64(body.count))
        change(&header)
        return header.bytes + body
    }

    @Test func theSmallestHandshakePasses() {
        #expect(run([Self.frame(Self.body)]).outcome == .pass)
        #expect(run([Self.frame(Self.body) { $0.returnCode = -1 }]).outcome == .pass)
    }

    static let badHeaders: [([UInt8], LevinRefusal)] = [
        (frame(body) { $0.command = 1002 }, .notHandshake(command: 1002)),
        (frame(body) { $0.command = 1003 }, .notHandshake(command: 1003)),
        (frame(body) { $0.command = 2002 }, .notHandshake(command: 2002)),
        (frame(body) { $0.flags = .response }, .notRequest),
        (frame(body) { $0.flags = [.request, .response] }, .notRequest),
        (frame(body) { $0.flags = [.begin, .end] }, .notRequest),
        (frame(body) { $0.flags = [] }, .notRequest),
        (frame(body) { $0.expectResponse = 0 }, .notRequest),
        (frame(body) { $0.expectResponse = 2 }, .notRequest),
        (frame(body) { $0.version = 0 }, .unknownVersion(0)),
        (frame(body) { $0.version = 2 }, .unknownVersion(2)),
        (frame(body) { $0.length = 65537 }, .tooLong(65537)),
        (frame(body) { $0.length = .max }, .tooLong(.max)),
        (frame(body) { $0.length = 1 << 63 }, .tooLong(1 << 63)),
        (frame([]), .malformedBody(.truncated)),
        (frame(Array(PortableStorage.signature)), .malformedBody(.truncated)),
    ]

    @Test(arguments: badHeaders)
    func badHeadersAreRefusedWithTheirLastByte(bytes: [UInt8], refusal: LevinRefusal) {
        #expect(run([Array(bytes[..<32])]).outcome == .more)
        #expect(run([Array(bytes[..<33])]).outcome == .refused(refusal))
        for pieces in bytes.cutAnywhere {
            #expect(run(pieces) == (.refused(refusal), []), "it stays refused, and holds nothing")
        }
        #expect(!refusal.sentence.isEmpty)
    }

    static let badBodies: [([UInt8], LevinRefusal)] = [
        (body + [0], .malformedBody(.trailingBytes)),
        (Writer.document([]), .noNetworkID),
        (Writer.document([Writer.string("network_id", MoneroNetwork.mainnet.networkID)]), .noNetworkID),
        (handshake([Writer.string("network_id", Array(MoneroNetwork.mainnet.networkID.dropLast()))]), .noNetworkID),
        (handshake([Writer.string("network_id", MoneroNetwork.mainnet.networkID + [0])]), .noNetworkID),
        (handshake([Writer.string("network_id", Array(repeating: 7, count: 16))]), .otherNetwork(nil)),
        (handshake([Writer.array("network_id", 8, MoneroNetwork.mainnet.networkID.map { [$0] })]), .noNetworkID),
        // An array of strings that takes as many bytes as an id, but is none.
        (handshake([Writer.array("network_id", 10, Array(repeating: [4, 1], count: 7) + [[0]])]), .noNetworkID),
        (
            handshake([
                Writer.string("network_id", MoneroNetwork.mainnet.networkID),
                Writer.string("network_id", MoneroNetwork.testnet.networkID),
            ]), .malformedBody(.duplicateKey)
        ),
        // The right bytes, in the wrong place.
        (
            Writer.document([
                Writer.array(
                    "node_data", 12,
                    [Writer.section([Writer.string("network_id", MoneroNetwork.mainnet.networkID)])])
            ]), .noNetworkID
        ),
        (
            Writer.document([
                Writer.string("decoy", Array(body.dropFirst(9))), Writer.object("node_data", []),
            ]), .noNetworkID
        ),
        (
            handshake([Writer.object("network_id", [Writer.string("x", MoneroNetwork.mainnet.networkID)])]),
            .noNetworkID
        ),
    ]

    @Test(arguments: badBodies)
    func badBodiesAreRefused(body: [UInt8], refusal: LevinRefusal) {
        let bytes = Self.frame(body)
        #expect(run([Array(bytes.dropLast())]).outcome == .more)
        for pieces in bytes.cutAnywhere { #expect(run(pieces) == (.refused(refusal), [])) }
        #expect(!refusal.sentence.isEmpty)
    }

    /// A frame whose length ends within its document, or behind it, is refused whatever follows.
    @Test func theLengthMustBeTheDocuments() {
        let short = Self.frame(Self.body) { $0.length -= 1 }
        #expect(run([short]).outcome == .refused(.malformedBody(.truncated)))
        let long = Self.frame(Self.body) { $0.length += 1 }
        #expect(run([long]).outcome == .more)
        #expect(run([long + [0]]).outcome == .refused(.malformedBody(.trailingBytes)))
    }

    @Test func theLongestHandshake() {
        func padded(_ count: Int) -> [UInt8] {
            let id = Writer.string("network_id", MoneroNetwork.mainnet.networkID)
            let empty = Self.handshake([id, Writer.entry("pad", 10, Writer.varint(0, width: 2))]).count
            let pad = Array(repeating: UInt8(7), count: count - empty)
            return Self.handshake([id, Writer.entry("pad", 10, Writer.varint(UInt64(pad.count), width: 2) + pad)])
        }
        #expect(padded(65536).count == 65536)
        #expect(run([Self.frame(padded(65536))]).outcome == .pass)
        #expect(run([Self.frame(padded(65537))]).outcome == .refused(.tooLong(65537)))
    }

    @Test func aBodyThatIsNotPortableStorageIsRefusedAtItsFirstWrongByte() {
        let bytes = Self.frame(Self.body)
        for index in PortableStorage.signature.indices {
            var bad = Array(bytes[...(33 + index)])
            #expect(run([bad]).outcome == .more)
            bad[33 + index] ^= 0x40
            #expect(run([bad]).outcome == .refused(.malformedBody(.notPortableStorage)))
        }
    }

    @Test(arguments: (0...255).map { UInt8($0) }.filter { $0 != 1 })
    func otherProtocolsAreRefusedAtTheirFirstByte(first: UInt8) {
        #expect(run([[first]]) == (.refused(.notLevin), []))
    }

    @Test func theSignatureIsCheckedByteByByte() {
        for index in 0..<8 {
            var bytes = Array(RealHandshake.regtest.bytes[...index])
            #expect(run([bytes]).outcome == .more)
            bytes[index] ^= 0x20
            #expect(run([bytes]).outcome == .refused(.notLevin))
        }
    }
}
