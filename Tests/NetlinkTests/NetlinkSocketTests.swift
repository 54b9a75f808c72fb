import EventLoop
import Netlink
import Protocols
import Testing

/// The raw socket, against the real kernel.
@Suite struct NetlinkSocketTests {
    /// RTM_GETLINK, whose body is a struct ifinfomsg of 16 bytes.
    private func getLinks(_ sequence: UInt32) -> NetlinkRequest {
        NetlinkRequest(type: 18, flags: .dump, sequence: sequence, body: [UInt8](repeating: 0, count: 16))
    }

    @Test func theKernelAnswersADumpToItsEnd() throws {
        let socket = try NetlinkSocket(.route)
        try socket.send(getLinks(7).bytes)
        var links = 0
        var isDone = false
        while !isDone {
            let reception = try socket.receive { datagram in
                var messages = NetlinkMessages()
                while let message = try? messages.next(in: datagram) {
                    #expect(message.sequence == 7)
                    if message.type == NetlinkMessage.done {
                        #expect(message.errorCode(in: datagram) == 0)
                        isDone = true
                    } else {
                        #expect(message.type == 16)
                        links += 1
                    }
                }
            }
            try #require(reception == .datagram)
        }
        #expect(links >= 1, "loopback at least")
        #expect(try socket.receive { _ in } == .nothing)
    }

    @Test func anErrorIsSaidByItsCode() throws {
        let socket = try NetlinkSocket(.socketDiagnosis)
        try socket.send(NetlinkRequest(type: 20, flags: [], sequence: 9, body: [99, 0, 0, 0]).bytes)
        var code: Int32?
        let reception = try socket.receive { datagram in
            var messages = NetlinkMessages()
            guard let message = try? messages.next(in: datagram) else { return }
            #expect(message.sequence == 9)
            code = message.errorCode(in: datagram)
        }
        #expect(reception == .datagram)
        #expect(code == 22, "EINVAL: no such address family")
    }
}
