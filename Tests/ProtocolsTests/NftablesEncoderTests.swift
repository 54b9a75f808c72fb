import Testing

@testable import Protocols

/// Statements as the kernel's expressions, byte for byte as nft 1.0.6 sends them, on a little-endian machine.
@Suite(.enabled(if: isLittleEndian, "the bytes are of a little-endian machine"))
struct NftablesEncoderTests {
    private func expressions(_ statements: [NftStatement]) -> [NftExpression] {
        NftRule(statements).expressions
    }

    @Test func anExpressionIsAttributesInAttributes() throws {
        var list: [UInt8] = []
        NftExpression.compare(1, isNot: false, [107, 0, 0, 0]).append(to: &list)
        #expect(
            list == [
                44, 0, 1, 0x80, 8, 0, 1, 0, 0x63, 0x6d, 0x70, 0,  // an element: "cmp"
                32, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 1, 8, 0, 2, 0, 0, 0, 0, 0,  // its data: register 1, equal
                12, 0, 3, 0x80, 8, 0, 1, 0, 107, 0, 0, 0,  // a value
            ])
        list = []
        NftExpression.verdict(-4, chain: "refuse").append(to: &list)
        #expect(
            list
                == [
                    60, 0, 1, 0x80, 14, 0, 1, 0, 0x69, 0x6d, 0x6d, 0x65, 0x64, 0x69, 0x61, 0x74, 0x65, 0, 0, 0,
                    40, 0, 2, 0x80, 8, 0, 1, 0, 0, 0, 0, 0,  // "immediate" into register 0
                    28, 0, 2, 0x80, 24, 0, 2, 0x80, 8, 0, 1, 0, 255, 255, 255, 0xfc,
                    11, 0, 2, 0, 0x72, 0x65, 0x66, 0x75, 0x73, 0x65, 0, 0,
                ])
    }

    @Test func everyExpressionReadsAsItself() throws {
        let all: [NftExpression] = [
            .meta(10, into: 1), .connection(3, into: 1), .setConnection(3, from: 1),
            .payload(base: 2, offset: 2, length: 2, into: 9), .mask([0xff, 0x80, 0, 0], 1),
            .compare(1, isNot: true, [1, 2]), .load([1, 2, 3, 4], into: 1), .verdict(0, chain: nil),
            .verdict(-4, chain: "refuse"), .count("rest"), .addElement(set: "stopped", key: 1), .reject(1),
            .redirect(port: 1),
        ]
        for expression in all {
            var list: [UInt8] = []
            expression.append(to: &list)
            var attributes = NetlinkAttributes(0..<list.count)
            let element = try #require(try attributes.next(in: list.span))
            #expect(try NftExpression(element.value, in: list.span) == expression)
            // The same with something more in it is not the same.
            var more: [UInt8] = []
            more.append(attribute: 1, text: expression.name)
            more.append(attribute: 2, Array(list.dropFirst(list.count - dataSize(list))) + [8, 0, 98, 0, 0, 0, 0, 1])
            let strange = try NftExpression(0..<more.count, in: more.span)
            guard case .foreign(expression.name, _) = strange else {
                Issue.record("\(strange) is taken for \(expression)")
                continue
            }
        }
        #expect(try NftExpression(0..<0, in: [UInt8]().span) == .foreign("", []))
    }

    /// The bytes of the data at the end of an element.
    private func dataSize(_ list: [UInt8]) -> Int {
        let name = Int(list[4]).netlinkAligned
        return list.count - 4 - name - 4
    }

    @Test func aHeaderIsTestedOnceBeforeItIsRead() {
        let port = NftExpression.payload(base: 2, offset: 2, length: 2, into: 1)
        #expect(
            expressions([.destinationPorts(.tcp, [18080]), .tcpFlags(2, areSet: true)]) == [
                .meta(16, into: 1), .compare(1, isNot: false, [6]), port, .compare(1, isNot: false, [0x46, 0xa0]),
                .payload(base: 2, offset: 13, length: 1, into: 1), .mask([2], 1), .compare(1, isNot: false, [2]),
            ])
        #expect(
            expressions([.transport(.udp), .destinationPorts(.udp, [53])]) == [
                .meta(16, into: 1), .compare(1, isNot: false, [17]), port, .compare(1, isNot: false, [0, 53]),
            ])
        #expect(expressions([.reset]) == [.meta(16, into: 1), .compare(1, isNot: false, [6]), .reject(1)])
        let loopback = IPAddress.v4(IPv4Address(127, 0, 0, 1))
        #expect(
            expressions([.source(loopback, prefix: 8), .destination(loopback, prefix: 32, isNot: true)]) == [
                .meta(15, into: 1), .compare(1, isNot: false, [2]),
                .payload(base: 1, offset: 12, length: 1, into: 1), .compare(1, isNot: false, [127]),
                .payload(base: 1, offset: 16, length: 4, into: 1), .compare(1, isNot: true, [127, 0, 0, 1]),
            ])
    }

    @Test func aPrefixWithinAByteIsMasked() {
        let ten = IPAddress.v4(IPv4Address(10, 255, 3, 4))
        func tail(_ statement: NftStatement) -> [NftExpression] { Array(expressions([statement]).dropFirst(2)) }
        #expect(
            tail(.source(ten, prefix: 12)) == [
                .payload(base: 1, offset: 12, length: 4, into: 1), .mask([255, 0xf0, 0, 0], 1),
                .compare(1, isNot: false, [10, 0xf0, 0, 0]),
            ])
        #expect(
            tail(.source(ten, prefix: 0)) == [
                .payload(base: 1, offset: 12, length: 4, into: 1), .mask([0, 0, 0, 0], 1),
                .compare(1, isNot: false, [0, 0, 0, 0]),
            ])
        #expect(tail(.source(ten, prefix: 255)) == tail(.source(ten, prefix: 32)))
        let six = IPAddress.v6(IPv6Address(high: 0xfe80_0000_0000_0000, low: 1))
        let mask: [UInt8] = [255, 0xc0] + [UInt8](repeating: 0, count: 14)
        #expect(
            tail(.destination(six, prefix: 10)) == [
                .payload(base: 1, offset: 24, length: 16, into: 1), .mask(mask, 1),
                .compare(1, isNot: false, [0xfe, 0x80] + [UInt8](repeating: 0, count: 14)),
            ])
    }

    @Test func oneRuleForEachPortAndTransport() {
        func rows(_ statements: [NftStatement]) -> [[NftStatement]] { NftRule.alternatives(statements) }
        #expect(rows([.accept]) == [[.accept]])
        #expect(
            rows([.destinationPorts(.tcp, [1, 2]), .accept]) == [
                [.destinationPorts(.tcp, [1]), .accept], [.destinationPorts(.tcp, [2]), .accept],
            ])
        #expect(rows([.user(1), .hasPorts, .drop]).map { $0[1] } == [.transport(.tcp), .transport(.udp)])
        #expect(rows([.destinationPorts(.tcp, []), .accept]) == [], "no port, nothing is accepted")
        #expect(rows([]) == [[]])
    }

    /// The kernel's names have at most 15 bytes and are filled up with NUL to 16: a longer one matches none, and never
    /// one whose name it begins with.
    @Test func anInterfacesNameIsWhole() {
        func name(_ text: String) -> [UInt8]? {
            guard case .compare(1, false, let bytes) = expressions([.outInterface(text)]).last else { return nil }
            return bytes
        }
        #expect(name("wg0") == Array("wg0".utf8) + [UInt8](repeating: 0, count: 13))
        #expect(name("a23456789012345") == Array("a23456789012345".utf8) + [0])
        #expect(name("a234567890123456") == Array("a234567890123456".utf8))
        #expect(name("a2345678901234567") == Array("a234567890123456".utf8))
    }
}
