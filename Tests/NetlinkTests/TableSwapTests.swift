import EventLoop
import Netlink
import Protocols
import Testing

/// One table put in place of another, again and again, while the user whom both hold sends as fast as he can: there is no
/// moment without rules. The driver that the guard has, and the real kernel; `TABLE_SWAPS` says how often.
@Suite(.enabled(if: PrivateNamespace.isPossible, PrivateNamespace.needs))
struct TableSwapTests {
    private static let user: UInt32 = 4107
    private static let swaps = ThisProcess.environment("TABLE_SWAPS").flatMap { Int($0) } ?? 500

    /// The user's packets are stopped where they begin, and once more where they would leave.
    private func table(port: UInt16) -> NftTable {
        let loopback = IPAddress.v4(IPv4Address(127, 0, 0, 1))
        return NftTable(
            name: "xmr_routed",
            chains: [
                NftTable.Chain(name: "output", hook: .filterOutput, rules: [[.user(Self.user), .goTo("held")]]),
                NftTable.Chain(
                    name: "postrouting", hook: .filterPostrouting,
                    rules: [[.outInterface("lo", isNot: true), .user(Self.user), .drop]]),
                NftTable.Chain(
                    name: "held",
                    rules: [
                        [.destination(loopback, prefix: 32), .destinationPorts(.tcp, [port]), .accept], [.drop],
                    ]),
            ])
    }

    /// How many packets the cable has carried.
    private func sent() throws -> Int {
        let said = try PrivateNamespace.shell("ip -s -o link show dev v0 | sed 's/.*TX:[^\\\\]*\\\\ *//'")
        return try #require(said.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test func nothingLeavesBetweenTwoTables() throws {
        try PrivateNamespace.run {
            try PrivateNamespace.shell(
                """
                sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
                ip link add v0 type veth peer name v1 && ip link set v1 up && ip link set v0 up
                ip addr add 10.9.0.1/24 dev v0 && ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0
                """)
            let socket = try NftablesSocket()
            let tables = [table(port: 1), table(port: 2)]
            try socket.replace(tables[0], owned: true)
            let flood = try PrivateNamespace.shell(
                """
                printf '%s\\n' 'import socket, time' \
                  's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)' 'end = time.monotonic() + 120' \
                  'while time.monotonic() < end:' \
                  '    try: s.sendto(b"x", ("10.9.0.2", 9))' '    except PermissionError: pass' |
                  setpriv --reuid \(Self.user) --clear-groups nice -n 5 python3 - >/dev/null 2>&1 & echo $!
                """)
            let process = flood.filter(\.isNumber)
            // What a test starts has the signals blocked that the test's own thread has.
            defer { _ = try? PrivateNamespace.shell("kill -9 \(process)") }
            try PrivateNamespace.shell("sleep 0.5; kill -0 \(process)")
            let before = try sent()
            for swap in 1...Self.swaps { try socket.replace(tables[swap % 2], owned: true) }
            #expect(try sent() == before)
            // The flood is one: without a table it gets out.
            try socket.remove("xmr_routed")
            var looks = 0
            while try sent() <= before + 100, looks < 50 {
                looks += 1
                try PrivateNamespace.shell("sleep 0.2")
            }
            #expect(try sent() > before + 100)
        }
    }
}
