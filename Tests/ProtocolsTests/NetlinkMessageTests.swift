import Protocols
import Testing

/// Messages and attributes of netlink, on a little-endian machine.
@Suite(.enabled(if: isLittleEndian, "the bytes are of a little-endian machine"))
struct NetlinkMessageTests {
    private func messages(_ bytes: [UInt8]) throws(NetlinkFailure) -> [NetlinkMessage] {
        var found: [NetlinkMessage] = []
        var reader = NetlinkMessages()
        while let message = try reader.next(in: bytes.span) { found.append(message) }
        return found
    }

    private func attributes(_ bytes: [UInt8], _ range: Range<Int>? = nil) throws(NetlinkFailure) -> [NetlinkAttribute] {
        var found: [NetlinkAttribute] = []
        var reader = NetlinkAttributes(range ?? 0..<bytes.count)
        while let attribute = try reader.next(in: bytes.span) { found.append(attribute) }
        return found
    }

    @Test func aRequestReadsAsItself() throws {
        var request = NetlinkRequest(type: 18, flags: .dump, sequence: 77, body: [1, 2, 3, 4, 5])
        request.append(attribute: 29, [9])
        request.append(attribute: 3, Array("lo".utf8) + [0])
        let message = try #require(try messages(request.bytes).first)
        #expect(message.type == 18 && message.sequence == 77 && message.port == 0)
        #expect(message.flags == [.request, .dump])
        #expect(Array(request.bytes[message.body].prefix(5)) == [1, 2, 3, 4, 5])
        var reader = NetlinkAttributes(of: message, after: 5)
        var found: [(UInt16, [UInt8])] = []
        while let attribute = try reader.next(in: request.bytes.span) {
            found.append((attribute.type, Array(request.bytes[attribute.value])))
        }
        #expect(found.count == 2)
        #expect(found.first?.0 == 29 && found.first?.1 == [9])
        #expect(found.last?.0 == 3 && found.last?.1 == Array("lo".utf8) + [0])
    }

    @Test func severalMessagesAreOneAfterTheOther() throws {
        let first = NetlinkRequest(type: 1, flags: [], sequence: 1, body: [7]).bytes
        let second = NetlinkRequest(type: 3, flags: .multi, sequence: 2, body: [0, 0, 0, 0]).bytes
        let both = try messages(first + second)
        #expect(both.map(\.type) == [1, 3])
        #expect(both.map(\.sequence) == [1, 2])
        #expect(both.last?.errorCode(in: (first + second).span) == 0)
        // The last one may lack its padding.
        var bare = first + [17, 0, 0, 0] + second[4..<16] + [5]
        #expect(try messages(bare).last?.body == first.count + 16..<first.count + 17)
        bare.removeLast()
        #expect(throws: NetlinkFailure.truncated) { try messages(bare) }
    }

    @Test func aLengthThatCannotBeIsRefused() {
        #expect(throws: NetlinkFailure.truncated) { try messages([UInt8](repeating: 0, count: 15)) }
        for length: UInt8 in 0..<16 {
            #expect(throws: NetlinkFailure.badLength) { try messages([length] + [UInt8](repeating: 0, count: 31)) }
        }
        #expect(throws: NetlinkFailure.truncated) {
            try messages([255, 255, 255, 255] + [UInt8](repeating: 0, count: 31))
        }
        for length: UInt8 in 0..<4 {
            #expect(throws: NetlinkFailure.badLength) { try attributes([length, 0, 1, 0]) }
        }
        #expect(throws: NetlinkFailure.truncated) { try attributes([5, 0, 1, 0]) }
        #expect(throws: NetlinkFailure.truncated) { try attributes([4, 0, 1]) }
        #expect(throws: NetlinkFailure.truncated) { try attributes([4, 0, 1, 0], 0..<8) }
    }

    /// The two highest bits say how the value is written, not what it is.
    @Test func anAttributesTypeHasNoFlags() throws {
        #expect(try attributes([4, 0, 18, 0x80]).first?.type == 18)
        #expect(try attributes([4, 0, 18, 0x40]).first?.type == 18)
    }

    @Test func anErrorsCodeIsItsErrno() throws {
        func code(_ type: UInt16, _ body: [UInt8]) throws -> Int32? {
            let bytes = NetlinkRequest(type: type, flags: [], sequence: 1, body: body).bytes
            return try messages(bytes).first?.errorCode(in: bytes.span)
        }
        #expect(try code(NetlinkMessage.error, [0xfe, 0xff, 0xff, 0xff]) == 2)
        #expect(try code(NetlinkMessage.done, [0, 0, 0, 0]) == 0)
        #expect(try code(NetlinkMessage.error, [0, 0, 0, 0x80]) == nil, "the least number has no opposite")
        #expect(try code(NetlinkMessage.error, []) == nil)
        #expect(try code(16, [0xfe, 0xff, 0xff, 0xff]) == nil)
    }
}
