import Policy
import Protocols
import Testing

/// A connection to a node for tests, and everything that it said.
private struct NodeRun {
    var conversation: NodeConversation
    var events: [NodeConversation.Event] = []
    var body: [UInt8] = []

    init(_ node: WalletNodeConfiguration = .sample) {
        // No real MD5: these tests are of who is answered when, not of the digest.
        conversation = NodeConversation(
            node: node, md5: { [UInt8]($0.prefix(16)) + [UInt8](repeating: 1, count: 16 - min(16, $0.count)) },
            nonce: { [1, 2, 3, 4] })
    }

    mutating func receive(_ text: String) { receive(Array(text.utf8)) }
    mutating func receive(_ bytes: [UInt8]) {
        var said: [NodeConversation.Event] = []
        conversation.received(bytes.span) { said.append($0) }
        for event in said {
            if case .body(let range) = event { body += bytes[range] } else { events.append(event) }
        }
    }

    var failure: (String, Bool)? {
        if case .failed(let sentence, let answered)? = events.last { (sentence, answered) } else { nil }
    }
}

@Suite("Wallet: our side of a connection to a node") struct NodeConversationTests {
    private let info = WalletRequest(
        call: WalletCall(path: "/json_rpc", method: "get_info", form: .jsonRPC), body: Array("{}".utf8))
    private let answer =
        "HTTP/1.1 200 Ok\r\nServer: Epee-based\r\nContent-Length: 15\r\nContent-Type: application/json\r\n"
        + "Last-Modified: Wed, 25 Nov 2026 23:00:00 GMT\r\nAccept-Ranges: bytes\r\n\r\n{\"status\":\"OK\"}"
    private let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

    @Test("what is asked again goes out by the same bytes, another by its own")
    func again() {
        let version = WalletRequest(
            call: WalletCall(path: "/json_rpc", method: "get_version", form: .jsonRPC), body: Array("{ }".utf8))
        var run = NodeRun()
        let sent = [info, info, version, info].map { request in
            let bytes = run.conversation.send(request)
            run.receive(answer)
            return bytes
        }
        #expect(sent[0] == sent[1] && sent[0] == sent[3] && sent[0] != sent[2])
        #expect(sent[2].suffix(3) == Array("{ }".utf8)[...] && sent[0].suffix(2) == Array("{}".utf8)[...])
    }

    @Test("split at any byte, an answer is the same answer")
    func split() {
        for (text, body, length) in [
            (answer, "{\"status\":\"OK\"}", UInt64(15)), (chunked, "abcde", nil),
        ] as [(String, String, UInt64?)] {
            let bytes = Array(text.utf8)
            for cut in 1..<bytes.count {
                var run = NodeRun()
                _ = run.conversation.send(info)
                run.receive(Array(bytes[..<cut]))
                #expect(run.events.first == .began && !run.conversation.isIdle)
                run.receive(Array(bytes[cut...]))
                #expect(
                    run.events == [
                        .began, .head(status: 200, length: length), .end(keepsAlive: true),
                    ])
                #expect(run.body == Array(body.utf8) && run.conversation.isIdle)
            }
        }
    }

    @Test("one connection carries one question after the other")
    func keepsAlive() {
        var run = NodeRun()
        for _ in 0..<3 {
            #expect(!run.conversation.send(info).isEmpty)
            #expect(run.conversation.send(info).isEmpty)
            run.receive(answer)
        }
        #expect(run.events.filter { $0 == .end(keepsAlive: true) }.count == 3)
        #expect(run.conversation.closed() == nil)
        #expect(run.conversation.send(info).isEmpty)
    }

    @Test("one that says it closes, or says more than it was asked, carries no other")
    func lastOne() {
        for text in [
            answer.replacingFirst("Server: Epee-based", "Connection: close"),
            answer + "HTTP/1.1 200 OK\r\n", answer.replacingFirst("HTTP/1.1", "HTTP/1.0"),
        ] {
            var run = NodeRun()
            _ = run.conversation.send(info)
            run.receive(text)
            #expect(run.events.last == .end(keepsAlive: false) && !run.conversation.isIdle)
        }
    }

    @Test("bytes that nobody has asked for end a connection")
    func unasked() {
        var run = NodeRun()
        run.receive(answer)
        #expect(run.failure?.1 == false)
        run = NodeRun()
        _ = run.conversation.send(info)
        run.receive(answer)
        run.receive("H")
        #expect(run.failure?.1 == false)
        #expect(run.conversation.send(info).isEmpty)
    }

    @Test("a close without an answer is told from one within an answer")
    func closed() {
        var run = NodeRun()
        _ = run.conversation.send(info)
        #expect(run.conversation.closed() == .failed("It closed the connection without an answer.", answered: false))
        for cut in [1, 20, answer.utf8.count - 1] {
            run = NodeRun()
            _ = run.conversation.send(info)
            run.receive(Array(answer.utf8.prefix(cut)))
            #expect(run.conversation.closed() == .failed("It closed the connection within its answer.", answered: true))
            #expect(run.conversation.closed() == nil)
        }
    }

    @Test(
        "an answer that has two readings, no length or a coding is refused",
        arguments: [
            "HTTP/1.1 200 OK\r\n\r\n{}", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}", "SSH-2.0-OpenSSH\r\n",
            "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n",
        ])
    func refused(_ text: String) {
        var run = NodeRun()
        _ = run.conversation.send(info)
        run.receive(text)
        #expect(run.failure?.1 == true && !run.conversation.isIdle, "\(run.events)")
        let said = run.events.count
        run.receive(answer)
        #expect(run.events.count == said)
    }

    @Test("interim answers are passed over, and other statuses are said")
    func statuses() {
        var run = NodeRun()
        _ = run.conversation.send(info)
        run.receive("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n")
        #expect(
            run.events == [.began, .head(status: 500, length: 0), .end(keepsAlive: true)])
        // Without credentials of ours a challenge is an answer like any other.
        _ = run.conversation.send(info)
        run.receive("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest x\r\nContent-Length: 0\r\n\r\n")
        #expect(run.events.suffix(2) == [.head(status: 401, length: 0), .end(keepsAlive: true)])
    }
}

@Suite("Wallet: a node that asks who we are") struct NodeCredentialsTests {
    private let info = WalletRequest(
        call: WalletCall(path: "/json_rpc", method: "get_info", form: .jsonRPC), body: Array("{}".utf8))
    private let answer = "HTTP/1.1 200 Ok\r\nContent-Length: 2\r\n\r\n{}"

    private func challenge(_ nonce: String, stale: Bool = false, close: Bool = false) -> String {
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\nContent-Type: text/html\r\n"
            + (close ? "Connection: close\r\n" : "")
            + "WWW-Authenticate: Digest algorithm=MD5,qop=\"auth\",realm=\"monero-rpc\",nonce=\"\(nonce)\","
            + "stale=\(stale)\r\n\r\n<html />\n"
    }

    /// The Authorization line of a request; nil where it has none.
    private func proof(_ bytes: [UInt8]) -> String? {
        String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").first { $0.hasPrefix("Authorization: ") }
            .map(String.init)
    }

    @Test("first without, then with the answer to its challenge, then at once with a rising count")
    func digest() throws {
        var run = NodeRun(.guarded)
        let first = run.conversation.send(info)
        #expect(proof(first) == nil)
        run.receive(challenge("abc"))
        guard case .write(let second)? = run.events.last else {
            Issue.record("it does not try again: \(run.events)")
            return
        }
        let line = try #require(proof(second))
        #expect(line.contains("Digest ") && line.contains("abc") && line.contains("nc=00000001"))
        #expect(line.contains("uri=\"/json_rpc\"") && !line.contains("secret"))
        // The same request but for this line.
        #expect(
            String(decoding: second, as: UTF8.self).replacingFirst(line + "\r\n", "")
                == String(decoding: first, as: UTF8.self))
        run.receive(answer)
        #expect(run.events.last == .end(keepsAlive: true) && run.body == Array("{}".utf8))
        #expect(run.events.contains { if case .head(200, _) = $0 { true } else { false } })
        #expect(!run.events.contains { if case .head(401, _) = $0 { true } else { false } })
        #expect(proof(run.conversation.send(info))?.contains("nc=00000002") == true)
    }

    @Test("a stale nonce is replaced once; a second refusal is one of the credentials")
    func stale() {
        var run = NodeRun(.guarded)
        _ = run.conversation.send(info)
        run.receive(challenge("abc"))
        run.receive(challenge("def", stale: true))
        guard case .write(let third)? = run.events.last else {
            Issue.record("a stale nonce is not replaced")
            return
        }
        #expect(proof(third)?.contains("def") == true)
        run.receive(challenge("ghi", stale: true))
        #expect(run.failure?.0 == "It does not take the username and password.")
        run = NodeRun(.guarded)
        _ = run.conversation.send(info)
        run.receive(challenge("abc"))
        run.receive(challenge("def"))
        #expect(run.failure?.0 == "It does not take the username and password.")
    }

    @Test("a challenge that is no digest, closes, or never ends, fails with a sentence")
    func otherChallenges() {
        for length in ["Content-Length: 65537", "Transfer-Encoding: chunked"] {
            var run = NodeRun(.guarded)
            _ = run.conversation.send(info)
            let text = challenge("abc")
            run.receive(text.replacingFirst("Content-Length: 9", length))
            #expect(run.failure?.1 == true)
        }
        var run = NodeRun(.guarded)
        _ = run.conversation.send(info)
        run.receive("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
        #expect(run.failure?.1 == true)
        run = NodeRun(.guarded)
        _ = run.conversation.send(info)
        run.receive(challenge("abc", close: true))
        #expect(run.failure?.1 == true)
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, _ other: String) -> String {
        guard let start = indices.first(where: { self[$0...].hasPrefix(text) }) else { return self }
        return self[..<start] + other + self[start...].dropFirst(text.count)
    }
}
