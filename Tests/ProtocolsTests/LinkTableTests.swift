import Protocols
import Testing

struct LinkTableTests {
    private static let up: UInt64 = 0x1_0041

    private func message(_ type: UInt16, sequence: UInt32, flags: UInt16 = 0, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(host: UInt64(16 + body.count), 4)
        bytes.append(host: UInt64(type), 2)
        bytes.append(host: UInt64(flags), 2)
        bytes.append(host: UInt64(sequence), 4)
        bytes.append(host: 0, 4)
        return bytes + body
    }

    private func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(host: UInt64(4 + value.count), 2)
        bytes.append(host: UInt64(type), 2)
        bytes += value
        while bytes.count % 4 != 0 { bytes.append(0) }
        return bytes
    }

    private func link(
        _ index: UInt32, _ name: String, type: UInt16 = 16, flags: UInt64 = up, family: UInt8 = 0, sequence: UInt32 = 0
    ) -> [UInt8] {
        var body: [UInt8] = [family, 0, 0, 0]
        body.append(host: UInt64(index), 4)
        body.append(host: flags, 4)
        body.append(host: 0, 4)
        return message(
            type, sequence: sequence, flags: sequence == 0 ? 0 : 2, body + attribute(3, Array(name.utf8) + [0]))
    }

    private func address(
        _ index: UInt32, _ attributes: [UInt8], type: UInt16 = 20, flags: UInt8 = 0, scope: UInt8 = 0,
        sequence: UInt32 = 0
    ) -> [UInt8] {
        var body: [UInt8] = [2, 32, flags, scope]
        body.append(host: UInt64(index), 4)
        return message(type, sequence: sequence, flags: sequence == 0 ? 0 : 2, body + attributes)
    }

    private func done(_ sequence: UInt32) -> [UInt8] { message(3, sequence: sequence, [0, 0, 0, 0]) }

    /// A table that knows wg0, number 3, with 10.64.0.2.
    private func known() -> LinkTable {
        var table = LinkTable()
        _ = table.start()
        #expect(table.take(link(1, "lo", sequence: 1) + link(3, "wg0", sequence: 1)) == nil)
        #expect(table.take(done(1)) != nil)
        #expect(!table.isKnown && table.link(named: "wg0") == nil)
        let addresses = address(3, attribute(1, [10, 64, 0, 1]) + attribute(2, [10, 64, 0, 2]), sequence: 2)
        #expect(table.take(addresses + done(2)) == nil)
        #expect(table.isKnown)
        return table
    }

    private func texts(_ table: LinkTable) -> Set<String>? {
        table.link(named: "wg0").map { Set($0.addresses.map(\.description)) }
    }

    @Test func aDumpTellsLinksAndThenTheirOwnAddresses() {
        let table = known()
        let wg = table.link(named: "wg0")
        #expect(wg?.index == 3 && wg?.isUp == true && wg?.hasCarrier == true)
        #expect(texts(table) == ["10.64.0.2"])
        #expect(table.link(named: "wg1") == nil)
    }

    @Test func newsAreFollowed() {
        var table = known()
        _ = table.take(address(3, attribute(1, [10, 64, 0, 9])))
        #expect(texts(table) == ["10.64.0.2", "10.64.0.9"])
        _ = table.take(address(3, attribute(2, [10, 64, 0, 2]), type: 21))
        #expect(texts(table) == ["10.64.0.9"])
        _ = table.take(link(3, "wg0", flags: 0x1))
        #expect(table.link(named: "wg0")?.hasCarrier == false && texts(table) == ["10.64.0.9"])
        _ = table.take(link(3, "wg0", flags: 0))
        #expect(table.link(named: "wg0")?.isUp == false)
        _ = table.take(link(3, "wg0", type: 17))
        #expect(table.link(named: "wg0") == nil)
        _ = table.take(link(4, "wg0"))
        #expect(table.link(named: "wg0")?.index == 4 && texts(table) == [])
    }

    /// The kernel numbers news like the request that made the change, whoever sent it.
    @Test func newsOfAnybodysRequestAreFollowed() {
        var table = known()
        var bytes = address(3, attribute(2, [10, 64, 0, 9]))
        for number: UInt8 in [1, 2, 77] {
            bytes[8] = number
            _ = table.take(bytes)
            #expect(texts(table) == ["10.64.0.2", "10.64.0.9"])
            _ = table.take(address(3, attribute(2, [10, 64, 0, 9]), type: 21))
        }
        // A part of somebody's dump is none.
        bytes[6] = 2
        bytes[8] = 77
        _ = table.take(bytes)
        #expect(texts(table) == ["10.64.0.2"])
    }

    @Test func aPortThatLeavesItsBridgeIsNotGone() {
        var table = known()
        _ = table.take(link(3, "wg0", type: 17, family: 7))
        #expect(table.link(named: "wg0") != nil)
    }

    @Test func aRenamedLinkIsNotTheOldName() {
        var table = known()
        _ = table.take(link(3, "wg9"))
        #expect(table.link(named: "wg0") == nil)
        #expect(table.link(named: "wg9")?.index == 3)
    }

    @Test func addressesThatReachNothingDoNotCount() {
        var table = known()
        _ = table.take(address(3, attribute(1, [169, 254, 0, 1]), scope: 253))
        _ = table.take(address(3, attribute(1, [10, 64, 0, 7]), flags: 0x40))
        var wide: [UInt8] = []
        wide.append(host: 0x08, 4)
        _ = table.take(address(3, attribute(1, [10, 64, 0, 8]) + attribute(8, wide)))
        _ = table.take(address(9, attribute(1, [10, 64, 0, 6])))
        #expect(texts(table) == ["10.64.0.2"])
    }

    @Test func afterLostNewsWhatWasKnownStandsUntilTheNewDumpIsDone() {
        var table = known()
        _ = table.start()
        #expect(texts(table) == ["10.64.0.2"])
        #expect(table.take(link(1, "lo", sequence: 3) + done(3)) != nil)
        #expect(texts(table) == ["10.64.0.2"])
        #expect(table.take(done(4)) == nil)
        #expect(table.link(named: "wg0") == nil)
    }

    @Test func newsDuringADumpAreInBoth() {
        var table = known()
        _ = table.start()
        _ = table.take(link(5, "wg5"))
        #expect(table.link(named: "wg5") != nil)
        _ = table.take(link(3, "wg0", sequence: 3) + done(3))
        _ = table.take(done(4))
        #expect(table.link(named: "wg5") != nil && table.link(named: "wg0") != nil)
    }

    @Test func aDumpThatWasInterruptedOrFailedBeginsAnew() {
        var table = LinkTable()
        _ = table.start()
        #expect(table.take(message(16, sequence: 1, flags: 0x12, [UInt8](repeating: 0, count: 16))) != nil)
        #expect(table.take(done(1)) == nil)
        var failed: [UInt8] = []
        failed.append(host: UInt64(UInt32(bitPattern: -16)), 4)
        #expect(table.take(message(2, sequence: 2, failed)) != nil)
        #expect(!table.isKnown)
    }

    @Test func brokenBytesLeadToAQuestionAndNoTrap() {
        let good = link(3, "wg0") + address(3, attribute(2, [10, 64, 0, 2]))
        for length in 1..<good.count {
            var table = known()
            _ = table.take(good[..<length].map { $0 })
        }
        for index in good.indices {
            var table = known()
            var bytes = good
            bytes[index] ^= 0xff
            _ = table.take(bytes)
        }
    }
}

extension LinkTable {
    /// A span of a temporary array cannot be passed on.
    fileprivate mutating func take(_ datagram: [UInt8]) -> [UInt8]? { receive(datagram.span) }
}

extension [UInt8] {
    /// A number in this machine's order.
    fileprivate mutating func append(host value: UInt64, _ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
        append(contentsOf: UInt16(1).bigEndian == 1 ? bytes.reversed() : bytes)
    }
}
