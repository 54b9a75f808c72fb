import Policy
import Protocols
import Testing

@Suite("Wallet: its side of a connection") struct WalletConversationTests {
    @Test("split at any byte, a request is the same request", arguments: WalletWire.session.indices)
    func split(_ index: Int) throws {
        let bytes = WalletWire.session[index]
        let whole = try #require(WalletRun.request(bytes))
        for cut in 1..<bytes.count {
            var run = WalletRun()
            run.receive(Array(bytes[..<cut]))
            #expect(
                run.requests.isEmpty && run.conversation.wantsAcknowledgement && run.conversation.wantsAcknowledgement)
            #expect(run.conversation.acceptsBytes && !run.conversation.isIdle)
            run.receive(Array(bytes[cut...]))
            #expect(run.requests == [whole] && run.written.isEmpty)
            #expect(!run.conversation.wantsAcknowledgement && !run.conversation.isIdle)
        }
        var run = WalletRun()
        for byte in bytes { run.receive([byte]) }
        #expect(run.requests == [whole])
    }

    @Test("requests that are sent ahead are taken one at a time, in order, wherever the bytes are cut")
    func pipelined() throws {
        let stream = WalletWire.session.flatMap { $0 }
        let expected = WalletWire.session.compactMap { WalletRun.request($0) }
        for cut in stride(from: 1, to: stream.count, by: 7) {
            var run = WalletRun()
            run.receive(Array(stream[..<cut]))
            run.receive(Array(stream[cut...]))
            for count in 1...expected.count {
                #expect(run.requests.count == count)
                #expect(!run.conversation.isIdle)
                run.answer()
            }
            #expect(run.requests == expected && run.statuses.count == expected.count)
            #expect(run.conversation.isIdle && !run.isClosed)
        }
    }

    @Test("what a wallet asks again, the same way or cut elsewhere, is the same request")
    func again() {
        let expected = WalletWire.session.compactMap { WalletRun.request($0) }
        var run = WalletRun()
        for round in 0..<3 {
            for bytes in WalletWire.session {
                let cut = round == 1 ? bytes.count / 2 : bytes.count
                run.receive(Array(bytes[..<cut]))
                if cut < bytes.count { run.receive(Array(bytes[cut...])) }
                run.answer()
            }
        }
        #expect(run.requests == expected + expected + expected && !run.isClosed)
    }

    @Test("a request that differs from the one before in one byte of its body is another")
    func oneByte() throws {
        var run = WalletRun()
        for height in ["10", "11", "10"] {
            run.receive(WalletWire.jsonRPC("hard_fork_info", ["\"version\": \(height)"]))
            run.answer()
        }
        let bodies = run.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.map { $0.contains("\"version\": 10") } == [true, false, true])
        #expect(bodies[1].contains("\"version\": 11") && bodies[0] == bodies[2])
    }

    @Test(
        "after a good request a second one is judged as on a new connection",
        arguments: [
            "POST /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: null\r\nContent-Length: 2\r\n\r\n{}",
            "POST /getinfo HTTP/1.1\r\nHost: evil.onion\r\nContent-Length: 2\r\n\r\n{}",
            "POST /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
            "POST /getinfo HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}",
            "POST /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
            "POST /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "POST /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
            "POST /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n[]",
            "GET /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "PUT /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}",
            "POST /getinfq HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}",
        ])
    func afterGood(_ text: String) {
        var fresh = WalletRun()
        fresh.receive(text)
        var run = WalletRun()
        for _ in 0..<2 {
            run.receive("POST /getinfo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}")
            run.answer()
        }
        let written = run.written.count
        #expect(run.requests.count == 2)
        run.receive(text)
        #expect(Array(run.requests.dropFirst(2)) == fresh.requests)
        #expect(Array(run.written.dropFirst(written)) == fresh.written && run.isClosed == fresh.isClosed)
    }

    @Test("with another identifier, as wallets send it each time, it is the same request")
    func identifiers() {
        var run = WalletRun()
        for digit in ["a", "b", "c"] {
            let wire = String(decoding: WalletWire.jsonRPC("hard_fork_info", ["\"version\": 10"]), as: UTF8.self)
            run.receive(
                wire.replacing(WalletWire.client, with: String(repeating: digit, count: WalletWire.client.count)))
            run.answer()
        }
        #expect(run.requests.count == 3 && Set(run.requests).count == 1)
    }

    @Test("the same body by another path is another request")
    func sameBody() {
        var run = WalletRun()
        for path in ["/getheight", "/getinfo", "/getheight"] {
            run.receive(WalletWire.json(path, []))
            run.answer()
        }
        #expect(run.requests.map(\.call.path) == ["/getheight", "/getinfo", "/getheight"])
    }

    @Test("while it is answered one reading is kept, and a flood is closed")
    func ahead() {
        var run = WalletRun()
        run.receive(WalletWire.session[0])
        #expect(run.conversation.acceptsBytes)
        run.receive([0x50])
        #expect(!run.conversation.acceptsBytes)
        run.receive([UInt8](repeating: 0x50, count: WalletConversation.ahead))
        #expect(run.isClosed)
    }

    @Test("an answer's head is ours")
    func head() {
        var run = WalletRun()
        run.receive(WalletWire.session[0])
        run.answer("{\"status\":\"OK\"}", contentType: "text/html; charset=node")
        #expect(
            run.text
                == "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"status\":\"OK\"}")
        #expect(run.conversation.isIdle)
    }

    @Test("a long answer is given in parts: with its length, or in chunks")
    func parts() {
        for length in [UInt64(5), nil] {
            var run = WalletRun()
            run.receive(WalletWire.session[1])
            run.write(run.conversation.begin(status: 200, length: length, beginning: Array("ab".utf8)))
            let part = run.conversation.part(count: 3)
            run.write(part.before + Array("cde".utf8) + part.after)
            #expect(!run.conversation.isIdle)
            run.take(run.conversation.finish())
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
            #expect(
                run.text
                    == head
                    + (length == nil
                        ? "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
                        : "Content-Length: 5\r\n\r\nabcde"))
            #expect(run.conversation.isIdle && !run.isClosed)
        }
    }

    @Test("a long answer to a JSON-RPC call has the wallet's own id, and the length that goes with it")
    func longJSONRPC() {
        var run = WalletRun()
        run.receive(WalletWire.jsonRPC("getblockheadersrange", id: "1234"))
        run.write(
            run.conversation.begin(status: 200, length: 100, beginning: Array("{\"id\": \"0\",\"result\": {".utf8)))
        #expect(run.text.hasSuffix("Content-Length: 101\r\n\r\n{\"id\": 1234,\"result\": {"))
    }

    @Test("HTTP/1.0 has no chunks: the answer ends with the connection")
    func http10() {
        var run = WalletRun()
        run.receive("POST /get_info HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")
        #expect(run.requests.count == 1)
        run.write(run.conversation.begin(status: 200, length: nil, beginning: Array("ab".utf8)))
        run.take(run.conversation.finish())
        #expect(run.text.hasSuffix("Connection: close\r\n\r\nab") && run.isClosed)
        #expect(!run.text.contains("chunked"))
    }

    @Test("\"Connection: close\" closes after the answer")
    func close() {
        var run = WalletRun()
        run.receive("GET /get_info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        run.answer()
        #expect(run.text.contains("Connection: close\r\n") && run.isClosed)
        #expect(!run.conversation.acceptsBytes)
    }

    @Test("a TLS hello is closed without a byte, so that the wallet speaks plain")
    func tls() {
        var run = WalletRun()
        run.receive([0x16, 0x03, 0x01])
        #expect(run.isClosed && run.written.isEmpty)
    }

    @Test("whoever waits for 100 Continue gets it from us; not for what is refused")
    func expects() throws {
        var run = WalletRun()
        run.receive("POST /get_info HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(run.text == "HTTP/1.1 100 Continue\r\n\r\n")
        run.receive("{}")
        #expect(run.requests.count == 1)
        run = WalletRun()
        run.receive(
            "POST /stop_daemon HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(run.statuses == [404] && run.isClosed)
    }

    @Test("a body in chunks is one body")
    func chunkedBody() {
        var run = WalletRun()
        run.receive(
            "POST /json_rpc HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\n{\"met\r\n14;x=y\r\nhod\":\"get_version\"}\n\r\n0\r\n\r\n")
        #expect(run.requests.first?.call.method == "get_version")
    }

    @Test("more than 1 MiB of body is too large")
    func tooLarge() {
        var run = WalletRun()
        run.receive("POST /get_outs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n")
        #expect(run.statuses == [413] && run.isClosed && run.requests.isEmpty)
    }

    @Test(
        "what two readers read differently is no request, and nothing behind it is one",
        arguments: [
            "Content-Length: 2\r\nContent-Length: 44\r\n", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
            "Content-Length: +2\r\n", "Content-Length: 2, 2\r\n", "Transfer-Encoding: chunked, identity\r\n",
            "Transfer-Encoding: xchunked\r\n", "Content-Length : 2\r\n", "Content-Length: 2\n", "X: a\rb\r\n",
            " Folded: 1\r\nContent-Length: 2\r\n", "Host: other\r\nContent-Length: 2\r\n",
        ])
    func smuggling(_ headers: String) {
        let inner = "POST /stop_daemon HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
        for cut in [nil, 40, 60] as [Int?] {
            var run = WalletRun()
            let bytes = Array("POST /get_info HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n{}\(inner)".utf8)
            if let cut {
                run.receive(Array(bytes[..<cut]))
                run.receive(Array(bytes[cut...]))
            } else {
                run.receive(bytes)
            }
            #expect(run.requests.isEmpty && run.isClosed, "\(headers)")
            #expect(run.statuses.count == 1 && run.statuses.first != 200)
        }
    }

    @Test("after the close nothing is read")
    func afterClose() {
        var run = WalletRun()
        run.receive("nonsense\r\n\r\n")
        #expect(run.isClosed)
        let written = run.written
        run.receive(WalletWire.session[0])
        run.answer()
        #expect(run.requests.isEmpty && run.written == written)
    }
}
