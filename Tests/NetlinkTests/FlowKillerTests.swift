import CTestSystem
import EventLoop
import Netlink
import Protocols
import Testing

/// Sockets and connections in the real kernel, in a network namespace of the test's own.
@Suite(.enabled(if: PrivateNamespace.isPossible, PrivateNamespace.needs))
struct FlowKillerTests {
    private static let confined: UInt32 = 4107
    private static let stranger: UInt32 = 4108

    /// A connection to a listener of somebody's.
    private final class Pair {
        let listener: Descriptor
        let port: UInt16
        let client: Int32
        private(set) var accepted: Descriptor?

        init(_ address: String = "127.0.0.1", listener owner: UInt32, client user: UInt32, dialling: String? = nil)
            throws
        {
            let ip = try #require(IPAddress(address))
            listener = try FlowKillerTests.acting(as: owner) { try Socket.listen(at: .tcp(ip, port: 0)) }
            // It takes little, so that what a client has sent and nobody reads stays with the client.
            test_shrink(listener.raw, 4096)
            port = test_port(listener.raw)
            let number = port
            let place = dialling ?? address
            client = FlowKillerTests.acting(as: user) {
                unsafe test_connect(place, number, place.contains(":") ? 1 : 0, nil)
            }
            try #require(client >= 0)
            let before = test_acts_as()
            test_act_as(owner)
            defer { test_act_as(before) }
            accepted = try Socket.accept(from: listener)
            test_set_nonblocking(client)
        }

        deinit { test_close(client) }

        /// Whether the client's end still lives.
        var lives: Bool { FlowKillerTests.sends(client) }

        /// The number of the listener's end.
        var end: Int32 {
            guard let taken = accepted.take() else { return -1 }
            let number = taken.raw
            accepted = consume taken
            return number
        }

        /// Whether somebody can still connect.
        var listens: Bool {
            let descriptor = unsafe test_connect("127.0.0.1", port, 0, nil)
            defer { if descriptor >= 0 { test_close(descriptor) } }
            return descriptor >= 0
        }
    }

    private static func acting<Result: ~Copyable>(as user: UInt32, _ body: () throws -> Result) rethrows -> Result {
        let before = test_acts_as()
        test_act_as(user)
        defer { test_act_as(before) }
        return try body()
    }

    private static func sends(_ descriptor: Int32) -> Bool {
        unsafe test_send(descriptor, "x", 1) == 1
    }

    private func destroy(marks: [UInt32: UInt32] = [:]) throws -> Int {
        try FlowKiller.destroy(users: [Self.confined], marks: marks)
    }

    @Test func aUsersConnectionsEndAndNobodyElses() throws {
        try PrivateNamespace.run {
            let theirs = try Pair(listener: Self.stranger, client: Self.confined)
            let six = try Pair("::1", listener: Self.stranger, client: Self.confined)
            let mapped = try Pair(listener: Self.stranger, client: Self.confined, dialling: "::ffff:127.0.0.1")
            let others = try Pair(listener: Self.stranger, client: Self.stranger)
            #expect(theirs.lives && six.lives && mapped.lives && others.lives)
            #expect(try destroy() == 3)
            #expect(!theirs.lives && !six.lives && !mapped.lives && others.lives)
            #expect(theirs.listens && others.listens)
            #expect(try destroy() == 0)
        }
    }

    /// What it has accepted ends; that it listens does not.
    @Test func aListenerStays() throws {
        try PrivateNamespace.run {
            let pair = try Pair(listener: Self.confined, client: Self.stranger)
            #expect(try destroy() == 1)
            #expect(!pair.lives && pair.listens)
        }
    }

    @Test func connectedDatagramsEndAndOthersStay() throws {
        try PrivateNamespace.run {
            let connected = Self.acting(as: Self.confined) { unsafe test_connect_datagram("127.0.0.1", 99, 0) }
            let six = Self.acting(as: Self.confined) { unsafe test_connect_datagram("::1", 99, 1) }
            let strangers = Self.acting(as: Self.stranger) { unsafe test_connect_datagram("127.0.0.1", 99, 0) }
            defer { for descriptor in [connected, six, strangers] { test_close(descriptor) } }
            let counts = [try destroy(), try destroy()]
            #expect(counts == [2, 0])
            #expect(Self.sends(connected) == false, "it is connected to nothing now")
            #expect(Self.sends(strangers))
        }
    }

    /// A process that is killed leaves the kernel with what it had to send.
    @Test func whatNoProcessHasAnyMoreEndsToo() throws {
        try PrivateNamespace.run {
            var pair: Pair? = try Pair(listener: Self.stranger, client: Self.confined)
            let client = try #require(pair).client
            let bytes = [UInt8](repeating: 1, count: 1 << 20)
            while unsafe bytes.withUnsafeBytes({ unsafe test_send(client, $0.baseAddress, UInt($0.count)) }) > 0 {}
            func left() throws -> Int {
                try PrivateNamespace.shell("ss -Htn state fin-wait-1").split(separator: "\n").count
            }
            // The listener's end goes on, and reads nothing.
            let end = test_duplicate(try #require(pair).end)
            pair = nil
            defer { test_close(end) }
            try #require(try left() == 1)
            // Linux before 6.17 says root of it.
            let isTold = try PrivateNamespace.shell("ss -Htne state fin-wait-1").contains("uid:\(Self.confined)")
            #expect(try destroy() == (isTold ? 1 : 0))
            #expect(try left() == (isTold ? 0 : 1))
        }
    }

    /// Of some users only what leads out of this machine ends.
    @Test func whatStaysHereIsLeftWhereItIsAsked() throws {
        try PrivateNamespace.run {
            try PrivateNamespace.shell("ip addr add 192.0.2.9/32 dev lo")
            let away = try Pair("192.0.2.9", listener: 0, client: Self.confined)
            let local = try Pair(listener: 0, client: Self.confined)
            let six = try Pair("::1", listener: 0, client: Self.confined)
            let mapped = try Pair(listener: 0, client: Self.confined, dialling: "::ffff:127.0.0.1")
            let others = try Pair("192.0.2.9", listener: Self.stranger, client: Self.stranger)
            #expect(try FlowKiller.destroy(users: [], outward: [Self.confined], marks: [:]) == 1)
            #expect(!away.lives && local.lives && six.lives && mapped.lives && others.lives)
            #expect(try FlowKiller.destroy(users: [Self.confined], outward: [Self.confined], marks: [:]) == 3)
            #expect(others.lives)
        }
    }

    /// What the kernel says of a destroyed one after its end carries the user's mark, by which the table holds it.
    @Test func aConnectionThatCouldLeaveIsMarked() throws {
        try PrivateNamespace.run {
            let mark: UInt32 = 0x786d_7201
            let marking: [[NftStatement]] = [[.user(Self.stranger), .setConnectionMark(mark + 4)]]
            let table = NftTable(name: "t", chains: [.init(name: "output", hook: .filterOutput, rules: marking)])
            let socket = try NftablesSocket()
            try socket.replace(table, owned: true)
            func tracked() throws -> [String] {
                try PrivateNamespace.shell("cat /proc/self/net/nf_conntrack 2>/dev/null || true")
                    .split(separator: "\n").map { String($0) }
            }
            // The kernel adds the route of an IPv6 address later, when others' namespaces leave it the time.
            try PrivateNamespace.shell(
                """
                ip addr add 192.0.2.9/32 dev lo && ip addr add 2001:db8::9/128 dev lo nodad &&
                timeout 10 sh -c 'until ip -6 route get 2001:db8::9 >/dev/null 2>&1; do sleep 0.01; done'
                """)
            let away = try Pair("192.0.2.9", listener: 0, client: Self.confined)
            let six = try Pair("2001:db8::9", listener: 0, client: Self.confined)
            let local = try Pair(listener: 0, client: Self.confined)
            let others = try Pair("192.0.2.9", listener: Self.stranger, client: Self.stranger)
            #expect(away.lives && six.lives && local.lives && others.lives)
            let before = try tracked()
            guard !before.isEmpty else { return }
            #expect(try destroy(marks: [Self.confined: mark]) == 3)
            #expect(!away.lives && !six.lives && !local.lives && others.lives)
            let marked = try tracked().filter { $0.contains("mark=\(mark) ") }
            #expect(marked.filter { $0.contains("dst=192.0.2.9 ") }.count == 1, "\(marked)")
            #expect(
                marked.filter { $0.contains("dst=2001:0db8:0000:0000:0000:0000:0000:0009 ") }.count == 1, "\(marked)")
            #expect(marked.count == 2, "what stays here may say goodbye")
            #expect(try tracked().filter { $0.contains("mark=\(mark + 4) ") }.count == 1)
        }
    }
}
