import Testing

@testable import Protocols

/// Sockets of a list, their destruction, and what connection tracking is told, on a little-endian machine.
@Suite(.enabled(if: isLittleEndian, "the bytes are of a little-endian machine"))
struct SocketEntryTests {
    /// An answer of the kernel's: 127.0.0.1:40000 to 192.0.2.9:80.
    private func answer(
        family: UInt8 = 2, state: UInt8 = 1, farPort: UInt8 = 80, user: UInt8 = 107, inode: UInt8 = 9,
        own: [UInt8] = [127, 0, 0, 1], far: [UInt8] = [192, 0, 2, 9]
    ) -> [UInt8] {
        let filling = [UInt8](repeating: 0, count: 12)
        var body: [UInt8] = [family, state, 0, 0, 0x9c, 0x40, 0, farPort]
        body += family == 2 ? own + filling + far + filling : own + far
        body += [3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]
        body += filling + [user, 0, 0, 0, inode, 0, 0, 0]
        return NetlinkRequest(type: 20, flags: .multi, sequence: 1, body: body).bytes
    }

    private func entry(_ bytes: [UInt8], _ transport: TransportProtocol = .tcp) throws -> SocketEntry? {
        var messages = NetlinkMessages()
        let message = try #require(try messages.next(in: bytes.span))
        return SocketEntry(message, of: transport, in: bytes.span)
    }

    @Test func aListAsksForWhatHasAFarEnd() {
        let tcp = SocketEntry.list(.tcp, isIPv6: false, sequence: 7).bytes
        #expect(Array(tcp[4..<8]) == [20, 0, 1, 3] && tcp.count == 16 + 56)
        // Not LISTEN (10), CLOSE (7), TIME_WAIT (6), nor what is not made yet (12).
        #expect(Array(tcp[16..<24]) == [2, 6, 0, 0, 0x3e, 0x0b, 0, 0])
        let udp = SocketEntry.list(.udp, isIPv6: true, sequence: 7).bytes
        #expect(Array(udp[16..<24]) == [10, 17, 0, 0, 2, 0, 0, 0])
    }

    @Test func aSocketIsDestroyedAsItWasListed() throws {
        let bytes = answer()
        let socket = try #require(try entry(bytes))
        #expect(socket.user == 107 && socket.transport == .tcp)
        let request = socket.destruction(sequence: 3).bytes
        #expect(Array(request[4..<8]) == [21, 0, 5, 0])
        #expect(Array(request[16..<18]) == [2, 6])
        #expect(Array(request[24...]) == Array(bytes[20..<68]), "ends, interface and cookie")
    }

    @Test func aListenerIsNone() throws {
        for state: UInt8 in 0...255 {
            let isTCP = [1, 2, 3, 4, 5, 8, 9, 11].contains(state)
            #expect((try entry(answer(state: state)) != nil) == isTCP, "state \(state)")
            #expect((try entry(answer(state: state), .udp) != nil) == (state == 1), "state \(state)")
        }
        #expect(try entry(answer(farPort: 0)) == nil, "it has no far end")
        #expect(try entry(answer(user: 0, inode: 0)) == nil, "nobody's, though the kernel says root")
        #expect(try entry(answer(user: 0))?.user == 0)
        #expect(try entry(answer(inode: 0))?.user == 107, "no process has it, and it is theirs")
        #expect(try entry(answer(family: 1)) == nil)
        #expect(try entry(Array(answer().dropLast(4).enumerated().map { $0.offset == 0 ? 84 : $0.element })) == nil)
    }

    @Test func aConnectionIsForgottenByItsTuple() throws {
        let request = try #require(try entry(answer())).forgetting
        #expect(Array(request[4..<8]) == [2, 1, 5, 0])
        let tuple: [UInt8] = [
            2, 0, 0, 0,  // IPv4
            52, 0, 1, 0x80,
            20, 0, 1, 0x80, 8, 0, 1, 0, 127, 0, 0, 1, 8, 0, 2, 0, 192, 0, 2, 9,
            28, 0, 2, 0x80, 5, 0, 1, 0, 6, 0, 0, 0, 6, 0, 2, 0, 0x9c, 0x40, 0, 0, 6, 0, 3, 0, 0, 80, 0, 0,
        ]
        #expect(Array(request[16...]) == tuple)
        // An IPv6 socket that speaks IPv4 has the same connection.
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255]
        let six = try #require(
            try entry(answer(family: 10, own: mapped + [127, 0, 0, 1], far: mapped + [192, 0, 2, 9])))
        #expect(Array(six.forgetting[16...]) == tuple)
        let end = [UInt8](repeating: 0, count: 15) + [1]
        let real = try #require(try entry(answer(family: 10, own: end, far: end))).forgetting
        #expect(real[16] == 10 && Array(real[24..<44]) == [44, 0, 1, 0x80, 20, 0, 3, 0] + end.prefix(12))
    }

    @Test func aConnectionIsClaimedAsOneThatTheSocketBegan() throws {
        let socket = try #require(try entry(answer()))
        let request = ConnectionTracking.claim(socket, mark: 0x786d_7201, sequence: 3).bytes
        // NEW with ACK, CREATE and EXCL.
        #expect(Array(request[4..<8]) == [0, 1, 5, 6])
        let tuple = Array(socket.forgetting[20...])
        #expect(Array(request[20..<72]) == tuple)
        let turned: [UInt8] = [
            52, 0, 2, 0x80,
            20, 0, 1, 0x80, 8, 0, 1, 0, 192, 0, 2, 9, 8, 0, 2, 0, 127, 0, 0, 1,
            28, 0, 2, 0x80, 5, 0, 1, 0, 6, 0, 0, 0, 6, 0, 2, 0, 0, 80, 0, 0, 6, 0, 3, 0, 0x9c, 0x40, 0, 0,
        ]
        #expect(Array(request[72..<124]) == turned)
        #expect(
            Array(request[124...]) == [
                8, 0, 3, 0, 0, 0, 4, 0x0e,  // seen both ways, assured, confirmed, a fixed time
                8, 0, 7, 0, 0, 0, 0, 120,
                8, 0, 8, 0, 0x78, 0x6d, 0x72, 1,
                32, 0, 4, 0x80, 28, 0, 1, 0x80,
                5, 0, 1, 0, 3, 0, 0, 0, 6, 0, 4, 0, 8, 8, 0, 0, 6, 0, 5, 0, 8, 8, 0, 0,
            ])
    }

    @Test(arguments: [([UInt8](repeating: 0, count: 15) + [1], true), ([UInt8](repeating: 0, count: 15) + [2], false)])
    func whatStaysOnThisMachine(far: [UInt8], isLoopback: Bool) throws {
        #expect(try entry(answer(family: 10, own: far, far: far))?.isLoopback == isLoopback)
        #expect(try entry(answer())?.isLoopback == false)
    }
}

extension SocketEntry {
    fileprivate var forgetting: [UInt8] { ConnectionTracking.forget(self, sequence: 3).bytes }
}
