import EventLoop
import Policy
import Protocols
import Testing

@testable import Router

/// The operator's socket: nobody keeps the operator from it.
@Suite(.serialized) struct ControlServerTests {
    private final class Host: ControlServer.Daemon {
        let router: RouterWorld
        var verbs: [String] = []
        var history: [StatusEvent] = []
        /// Who waits for what a test of the nodes finds.
        var tested: (NodeTestDocument) -> Void = { _ in }

        init() throws {
            router = try RouterWorld(RouterSamples().configuration)
        }

        var status: StatusDocument { router.router.status }
        func lockAll() throws(StartFailure) -> String? {
            verbs.append("lock")
            return nil
        }
        func unlock() throws(StartFailure) { throw StartFailure("still locked") }
        func reload() throws(StartFailure) { verbs.append("reload") }
        func testNodes(_ done: @escaping (NodeTestDocument) -> Void) throws(StartFailure) { tested = done }
    }

    private struct Bench {
        let host: Host
        let server: ControlServer
        let path: String
        var world: RouterWorld { host.router }

        init() throws {
            host = try Host()
            path = host.router.directory.path + "/c.sock"
            server = try ControlServer(path: path, makesDirectory: false, daemon: host, loop: host.router.loop)
        }

        func open() throws -> Talk { Talk(try Socket.connect(to: .unix(path)), on: world.loop) }

        func ask(_ line: String) throws -> String {
            let talk = try open()
            talk.send(Array("\(line) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
            #expect(world.run { talk.hasEnded })
            return String(decoding: talk.heard, as: UTF8.self)
        }
    }

    @Test func manyQuestionsInARowAreAllAnswered() throws {
        let bench = try Bench()
        for _ in 0..<300 {
            let answer = try bench.ask("GET /v1/status")
            guard answer.hasPrefix("HTTP/1.1 200") else {
                Issue.record("\(answer)")
                return
            }
        }
        #expect(try bench.ask("POST /v1/lock").hasPrefix("HTTP/1.1 200"))
        #expect(bench.host.verbs == ["lock"])
    }

    @Test func malformedQuestionsLeaveNoPlaceTaken() throws {
        let bench = try Bench()
        for _ in 0..<150 {
            let talk = try bench.open()
            talk.send(Array("nonsense\r\n\r\n".utf8))
            #expect(bench.world.run { talk.hasEnded })
        }
        #expect(try bench.ask("GET /v1/status").hasPrefix("HTTP/1.1 200"))
    }

    @Test func whoGoesLeavesNoPlaceTaken() throws {
        let bench = try Bench()
        for _ in 0..<150 {
            let talk = try bench.open()
            talk.send(Array("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
            #expect(bench.world.run { !talk.heard.isEmpty })
            talk.close()
        }
        bench.world.run(for: .milliseconds(50))
        #expect(try bench.ask("GET /v1/status").hasPrefix("HTTP/1.1 200"))
    }

    @Test func aVerbsRefusalIsTold() throws {
        let bench = try Bench()
        let answer = try bench.ask("POST /v1/unlock")
        #expect(answer.hasPrefix("HTTP/1.1 409"))
        #expect(answer.contains("still locked"))
        #expect(try bench.ask("GET /v1/lock").hasPrefix("HTTP/1.1 405"))
        #expect(try bench.ask("GET /").hasPrefix("HTTP/1.1 404"))
    }

    @Test func aTestOfTheNodesIsAnsweredWhenItIsDone() throws {
        let bench = try Bench()
        let talk = try bench.open()
        let request = Array("POST /v1/nodes/test HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        talk.send(request + request)
        bench.world.run(for: .milliseconds(50))
        #expect(talk.heard.isEmpty)
        #expect(try bench.ask("GET /v1/status").hasPrefix("HTTP/1.1 200"), "others are answered meanwhile")
        bench.host.tested(NodeTestDocument())
        #expect(bench.world.run { talk.hasEnded })
        let text = String(decoding: talk.heard, as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 200") && text.contains("\"nodes\""))
        #expect(text.ranges(of: "HTTP/1.1").count == 1, "the conversation's last")
    }

    @Test func theSocketIsForOwnerAndGroupAndGoneAtTheEnd() throws {
        let bench = try Bench()
        #expect(mode(of: bench.path) == 0o660)
        bench.server.stop()
        #expect(Files.kind(of: bench.path) == .missing)
    }

    @Test func anothersSocketOrFileStaysAndAStaleOneGoes() throws {
        let bench = try Bench()
        let host = bench.host
        #expect(throws: StartFailure.self) {
            try ControlServer(path: bench.path, makesDirectory: false, daemon: host, loop: bench.world.loop)
        }
        #expect(try bench.ask("GET /v1/status").hasPrefix("HTTP/1.1 200"))
        let file = bench.world.directory.path + "/file"
        try Files.replace(file, with: [1])
        #expect(throws: StartFailure.self) {
            try ControlServer(path: file, makesDirectory: false, daemon: host, loop: bench.world.loop)
        }
        #expect(Files.kind(of: file) == .other)
        let stale = bench.world.directory.path + "/stale"
        do { _ = try Socket.listen(at: .unix(stale)) }
        #expect(Files.kind(of: stale) == .socket)
        let server = try ControlServer(path: stale, makesDirectory: false, daemon: host, loop: bench.world.loop)
        server.stop()
    }
}
