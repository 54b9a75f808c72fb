import EventLoop
import Policy
import Protocols
import Testing

@testable import Guard

/// guard.sock: whoever may listen hears at once and each time; only who is trusted has a verb, and nobody keeps him out.
@Suite(.serialized) struct GuardServerTests {
    private final class Host: GuardServer.Guardian {
        var trusts = true
        var destroyed = 0
        var heartbeat = GuardHeartbeat(
            problem: nil, digest: "d", checkedAt: UTCTime(unixSeconds: 0), mode: .owned, router: nil, repairs: 0,
            users: [])
        func isTrusted(_ user: UInt32) -> Bool { trusts }
        func destroyFlows() -> GuardMessage {
            destroyed += 1
            return .destroyed(sockets: 3, problem: nil)
        }
    }

    private let bench: GuardBench
    private let host = Host()
    private let server: GuardServer

    init() throws {
        bench = try GuardBench()
        server = try GuardServer(path: bench.path("g.sock"), group: nil, guardian: host, loop: bench.loop)
    }

    private func message(_ line: String?) -> GuardMessage? {
        guard let value = try? JSONValue(reading: Array((line ?? "").utf8).span) else { return nil }
        return try? GuardMessage(decoding: value)
    }

    @Test func aClientHearsAtOnceAndWithEachBeat() throws {
        let client = try bench.client("g.sock")
        #expect(bench.run { client.lines.count == 1 })
        #expect(message(client.lines.first) == .heartbeat(host.heartbeat))
        host.heartbeat.problem = "gone"
        server.beat()
        #expect(bench.run { client.lines.count == 2 })
        #expect(message(client.lines.last) == .heartbeat(host.heartbeat))
    }

    @Test func whoIsTrustedDestroysAndNobodyElse() throws {
        let trusted = try bench.client("g.sock")
        trusted.say(#"{"verb":"destroy"}"#)
        #expect(bench.run { trusted.lines.count == 2 })
        #expect(message(trusted.lines.last) == .destroyed(sockets: 3, problem: nil))
        #expect(!trusted.hasEnded)
        host.trusts = false
        let other = try bench.client("g.sock")
        other.say(#"{"verb":"destroy"}"#)
        #expect(bench.run { other.hasEnded })
        guard case .refused = message(other.lines.last) else {
            Issue.record("\(other.lines)")
            return
        }
        #expect(host.destroyed == 1)
    }

    @Test(arguments: ["nonsense", "{}", #"{"verb":"unlock"}"#, String(repeating: " ", count: 2000)])
    func whatIsNoVerbIsRefusedAndEnds(_ line: String) throws {
        let client = try bench.client("g.sock")
        client.say(line)
        #expect(bench.run { client.hasEnded })
        guard case .refused(let why) = message(client.lines.last) else {
            Issue.record("\(client.lines)")
            return
        }
        #expect(!why.isEmpty)
        #expect(host.destroyed == 0)
    }

    @Test func aFloodOfListenersLeavesRoomForTheRouter() throws {
        host.trusts = false
        let flood = try (0..<40).map { _ in try bench.client("g.sock") }
        #expect(bench.run { flood.filter(\.hasEnded).count == 24 })
        host.trusts = true
        let router = try bench.client("g.sock")
        #expect(bench.run { router.lines.count == 1 })
        // Who goes makes room.
        host.trusts = false
        for client in flood { client.stream.close() }
        bench.pause(.milliseconds(50))
        let next = try bench.client("g.sock")
        #expect(bench.run { next.lines.count == 1 })
    }

    @Test func whoDoesNotReadIsLetGo() throws {
        let socket = try Socket.connect(to: .unix(bench.path("g.sock")))
        host.heartbeat.problem = String(repeating: "x", count: 10000)
        bench.pause(.milliseconds(20))
        let reader = try bench.client("g.sock")
        #expect(bench.run { reader.lines.count == 1 })
        for count in 2...101 {
            server.beat()
            #expect(bench.run { reader.lines.count == count })
        }
        #expect(server.clientCount == 1, "the one who reads is left")
        withExtendedLifetime(socket) {}
    }

    @Test func aSocketThatAnswersIsNotTakenOver() throws {
        #expect(throws: LocalServer.Failure.answered) {
            _ = try GuardServer(path: bench.path("g.sock"), group: nil, guardian: host, loop: bench.loop)
        }
        #expect(LocalServer.isAnswered(bench.path("g.sock")))
        try Files.replace(bench.path("file"), with: [1])
        #expect(throws: LocalServer.Failure.notASocket) {
            _ = try GuardServer(path: bench.path("file"), group: nil, guardian: host, loop: bench.loop)
        }
        server.stop()
        #expect(!LocalServer.isAnswered(bench.path("g.sock")))
    }
}
