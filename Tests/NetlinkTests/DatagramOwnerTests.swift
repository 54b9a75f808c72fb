import CTestSystem
import EventLoop
import Netlink
import Protocols
import Testing

/// Who sent a datagram, asked of the real kernel.
///
/// The ports are below those that the kernel gives to sockets of tests beside these (32768 and up).
@Suite struct DatagramOwnerTests {
    private static let isRoot = ThisProcess.user == 0
    private static let stranger: UInt32 = 4101

    /// A socket that has sent to another, both of this machine.
    private final class Pair {
        private let server: DatagramSocket
        private let client: DatagramSocket
        private let loop: EventLoop
        private(set) var sender: Endpoint?

        init(_ address: String, port: UInt16, as user: UInt32 = ThisProcess.user) throws {
            loop = try EventLoop()
            let ip = try #require(IPAddress(address))
            server = try DatagramSocket(at: .tcp(ip, port: port), loop: loop)
            let before = test_acts_as()
            test_act_as(user)
            defer { test_act_as(before) }
            client = try DatagramSocket(at: .tcp(ip, port: 0), loop: loop)
            server.onDatagram = { [unowned self] span, from in
                #expect(span.count == 2)
                sender = from
            }
            server.resume()
            client.send([1, 2], to: .tcp(ip, port: port))
            while sender == nil { loop.runOnce() }
        }
    }

    @Test(.enabled(if: isRoot, "needs root to make another user's socket"))
    func itsUserIsFound() throws {
        let lookup = OwnerLookup()
        for (address, port) in [("127.0.0.1", UInt16(19853)), ("::1", 19854)] {
            for user in [ThisProcess.user, Self.stranger] {
                let pair = try Pair(address, port: port, as: user)
                let sender = try #require(pair.sender)
                #expect(lookup.owner(ofDatagramFrom: sender, toPorts: [53]) == .user(user), "\(address)")
            }
        }
    }

    @Test func whatNobodyHasIsMissing() throws {
        let port: UInt16 = 19855
        let lookup = OwnerLookup()
        for address in ["127.0.0.1", "::1"] {
            let sender = Endpoint.tcp(try #require(IPAddress(address)), port: port)
            #expect(lookup.owner(ofDatagramFrom: sender, toPorts: [53]) == .unknown(.missing))
        }
    }

    /// What the kernel says to other questions, or of other ports, is not taken.
    @Test func onlyTheAnswerIsTaken() throws {
        let sender = Endpoint.tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 5)
        var question = try #require(DatagramQuestion(from: sender, isIPv6Socket: false, farPorts: [53]))
        let request = question.request(sequence: 7).bytes
        #expect(request[17] == 17, "UDP")
        #expect(question.receive(request.span, sequence: 8) == .more)
        #expect(question.receive(request.span, sequence: 7) == .more)
        #expect(question.users.isEmpty)
        let done = NetlinkRequest(type: NetlinkMessage.done, flags: [], sequence: 7, body: [0, 0, 0, 0]).bytes
        #expect(question.receive(done.span, sequence: 7) == .done)
        #expect(DatagramQuestion(from: .unix("/x"), isIPv6Socket: false, farPorts: []) == nil)
    }
}
