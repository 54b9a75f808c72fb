import CTestSystem
import EventLoop
import Netlink
import Protocols
import Testing

/// Who has a client's socket, asked of the real kernel.
@Suite struct OwnerLookupTests {
    private static let isRoot = ThisProcess.user == 0
    /// A user of no name.
    private static let stranger: UInt32 = 4101

    /// A listener and a client of it, made as some user.
    private final class Pair {
        let listener: Descriptor
        let server: Endpoint
        let client: Endpoint
        let clientSocket: Int32
        private(set) var accepted: Descriptor?
        let lookup = OwnerLookup()

        init(
            at address: String = "127.0.0.1", dialling: String? = nil, byIPv6: Bool = false, interface: String? = nil,
            as user: UInt32 = ThisProcess.user
        ) throws {
            let ip = try #require(IPAddress(address))
            listener = try Socket.listen(at: .tcp(ip, port: 0))
            let port = test_port(listener.raw)
            server = .tcp(ip, port: port)
            let before = test_acts_as()
            test_act_as(user)
            clientSocket = unsafe test_connect(dialling ?? address, port, byIPv6 ? 1 : 0, interface)
            test_act_as(before)
            try #require(clientSocket >= 0)
            var peer: Endpoint?
            accepted = try Socket.accept(from: listener, peer: &peer)
            client = try #require(peer)
        }

        var owner: SocketOwner { lookup.owner(of: client, connectedTo: server) }

        func closeOurEnd() { accepted = nil }

        /// A closed socket takes a moment to become what it will be.
        func becomes(_ wanted: SocketOwner) -> Bool {
            for _ in 0..<100_000 where owner == wanted { return true }
            return false
        }
    }

    @Test func ourOwnClientIsOurs() throws {
        let pair = try Pair()
        #expect(pair.owner == .user(ThisProcess.user))
        #expect(pair.client != pair.server)
        test_close(pair.clientSocket)
    }

    @Test(.enabled(if: isRoot, "needs root to make another user's socket"))
    func anotherUsersClientIsTheirs() throws {
        for (address, byIPv6) in [("127.0.0.1", false), ("::1", true)] {
            let pair = try Pair(at: address, byIPv6: byIPv6, as: Self.stranger)
            #expect(pair.owner == .user(Self.stranger))
            test_close(pair.clientSocket)
        }
    }

    /// It is an IPv6 socket to the kernel, though what it sends is IPv4.
    @Test func anIPv6SocketToAnIPv4ListenerIsFound() throws {
        let pair = try Pair(dialling: "::ffff:127.0.0.1", byIPv6: true)
        #expect(pair.owner == .user(ThisProcess.user))
        test_close(pair.clientSocket)
    }

    @Test func aSocketThatIsBoundToAnInterfaceIsFound() throws {
        let pair = try Pair(interface: "lo")
        #expect(pair.owner == .user(ThisProcess.user))
        test_close(pair.clientSocket)
    }

    /// Its process may still read.
    @Test func aClientThatWillSendNoMoreIsStillNamed() throws {
        let pair = try Pair()
        test_finish(pair.clientSocket)
        #expect(pair.becomes(.user(ThisProcess.user)))
        test_close(pair.clientSocket)
    }

    /// The kernel says user 0 of what is left of it.
    @Test(.enabled(if: isRoot, "needs root to make another user's socket"))
    func aClientThatClosedIsNobodyAndNotRoot() throws {
        let pair = try Pair(as: Self.stranger)
        test_close(pair.clientSocket)
        #expect(pair.becomes(.unknown(.closed)))
        pair.closeOurEnd()
        for _ in 0..<100 { #expect(pair.owner == .unknown(.closed)) }
    }

    /// What it has sent and nobody has read keeps it alive in the kernel, which has its user still.
    @Test func aClosedClientWithUnreadBytesIsNobody() throws {
        let pair = try Pair()
        test_shrink(pair.clientSocket, 4096)
        let bytes = [UInt8](repeating: 1, count: 1 << 20)
        test_set_nonblocking(pair.clientSocket)
        while unsafe bytes.withUnsafeBytes({ unsafe test_send(pair.clientSocket, $0.baseAddress, UInt($0.count)) }) > 0
        {
        }
        test_close(pair.clientSocket)
        for _ in 0..<100 { #expect(pair.owner == .unknown(.closed)) }
    }

    @Test func aClientThatResetTheConnectionIsMissing() throws {
        let pair = try Pair()
        test_reset_on_close(pair.clientSocket)
        test_close(pair.clientSocket)
        #expect(pair.becomes(.unknown(.missing)))
    }

    /// The kernel looks for a listener where it finds no connection.
    @Test func aListenerAtTheClientsPortIsNotTheClient() throws {
        let pair = try Pair()
        let other = try Pair()
        #expect(pair.lookup.owner(of: other.server, connectedTo: pair.server) == .unknown(.closed))
        #expect(pair.owner == .user(ThisProcess.user), "and the next question is answered as ever")
        test_close(pair.clientSocket)
        test_close(other.clientSocket)
    }

    @Test func whatCannotBeAskedIsUnanswered() throws {
        let lookup = OwnerLookup()
        let here = Endpoint.tcp(.v4(IPv4Address(127, 0, 0, 1)), port: 1)
        for server in [Endpoint.unix("/run/x"), .tcp(.v6(IPv6Address(high: 0, low: 1)), port: 1)] {
            guard case .unknown(.unanswered) = lookup.owner(of: here, connectedTo: server) else {
                Issue.record("\(server) was asked about")
                continue
            }
        }
    }
}
