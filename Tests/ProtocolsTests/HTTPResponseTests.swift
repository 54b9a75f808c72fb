import Protocols
import Testing

/// Responses: one reading, or a refusal.
@Suite struct HTTPResponseTests {
    /// What monerod, a proxy before it and our own control socket send.
    static let good = [
        "HTTP/1.1 200 Ok\r\nServer: Epee-based\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
            + "Last-Modified: Sun, 22 Nov 2026 11:11:33 GMT\r\nAccept-Ranges: bytes\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
        "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 x\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 304 x\r\nContent-Length: 99\r\n\r\n",
        "HTTP/1.1 204 x\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    ]

    @Test(arguments: good)
    func splitAnywhere(text: String) {
        let bytes = Array(text.utf8)
        let whole = HTTPTrace<HTTPResponseReader>([bytes])
        #expect(whole.kept && whole.steps.last == .end)
        for parts in splits(bytes) {
            let trace = HTTPTrace<HTTPResponseReader>(parts)
            #expect(trace.kept && trace.steps == whole.steps)
        }
    }

    @Test func monerodsAnswer() throws {
        let trace = HTTPTrace<HTTPResponseReader>([Array(Self.good[0].utf8)])
        let head = try #require(trace.response)
        #expect(head.status == 200 && head.reason == "Ok" && head.framing == .length(2) && head.keepsAlive)
        #expect(head.headers.only("server") == "Epee-based")
        #expect(trace.steps.dropFirst() == [.body(Array("{}".utf8)), .end])
    }

    @Test func interimsComeBeforeTheAnswer() {
        let steps = HTTPTrace<HTTPResponseReader>([Array(Self.good[4].utf8)]).steps
        let statuses: [Int] = steps.compactMap {
            switch $0 {
            case .interim(let head), .response(let head): head.status
            default: nil
            }
        }
        #expect(statuses == [100, 102, 200])
    }

    @Test func interimsWithoutEndRefused() {
        let text = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 9)
        guard case .failed(let failure)? = HTTPTrace<HTTPResponseReader>([Array(text.utf8)]).steps.last else {
            Issue.record("nine interim responses passed")
            return
        }
        #expect(failure.status == 502)
    }

    /// The head states a length; the body is not there.
    @Test(arguments: ["Content-Length: 10", "Transfer-Encoding: chunked", "X: y"])
    func answerToHeadHasNoBody(header: String) throws {
        let one = "HTTP/1.1 200 OK\r\n\(header)\r\n\r\n"
        let trace = HTTPTrace<HTTPResponseReader>([Array((one + one).utf8)], answering: "HEAD")
        #expect(trace.steps.count == 4 && trace.steps.last == .end)
        #expect(try #require(trace.response).framing == HTTPFraming.none)
    }

    @Test func bodyUntilClose() throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nabc".utf8)
        for parts in splits(bytes) {
            var trace = HTTPTrace<HTTPResponseReader>(parts)
            let head = try #require(trace.response)
            #expect(head.framing == .untilClose && !head.keepsAlive)
            #expect(trace.steps.last == .body(Array("abc".utf8)))
            let finish = trace.reader.finish()
            let nothing: [UInt8] = []
            let after = trace.reader.receive(nothing.span)
            let isReady = trace.reader.next(answering: "GET")
            #expect(finish == .complete && after.event == .end && !isReady)
        }
    }

    @Test func cutOffIsNeverWhole() {
        for text in Self.good.prefix(7) {
            let bytes = Array(text.utf8)
            for count in 0..<bytes.count {
                var trace = HTTPTrace<HTTPResponseReader>([Array(bytes[..<count])])
                #expect(!trace.steps.contains(.end))
                let finish = trace.reader.finish()
                #expect(finish == (count == 0 ? .unanswered : .truncated))
            }
        }
    }

    /// A kept connection that the server let go before the next answer is not a broken answer.
    @Test func closedBetweenAnswers() {
        var trace = HTTPTrace<HTTPResponseReader>([Array(Self.good[0].utf8)])
        let finish = trace.reader.finish()
        #expect(finish == .unanswered)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\n", "GET", false), ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "GET", true),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "GET", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n", "GET", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "GET", false),
        ("HTTP/1.1 200 OK\r\n\r\n", "HEAD", true),
    ])
    func persistence(text: String, method: String, keepsAlive: Bool) throws {
        let trace = HTTPTrace<HTTPResponseReader>([Array(text.utf8)], answering: method)
        #expect(try #require(trace.response).keepsAlive == keepsAlive)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\n\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n",
        "HTTP/1.1 600 x\r\n\r\n", "HTTP/1.1 +20 x\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "ICY 200 OK\r\n\r\n", "SSH-2.0-x\r\n",
        "HTTP/1.1 200 O\u{0}K\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 204 x\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 100 x\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n", "HTTP/1.1\r\n\r\n", "\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\n",
    ])
    func refused(text: String) {
        let bytes = Array(text.utf8)
        let whole = HTTPTrace<HTTPResponseReader>([bytes])
        guard case .failed(let failure)? = whole.steps.last else {
            Issue.record("read as \(whole.steps)")
            return
        }
        #expect(failure.status == 502 && failure.sentence.hasSuffix("."))
        for parts in splits(bytes) {
            #expect(HTTPTrace<HTTPResponseReader>(parts).steps == whole.steps)
        }
    }
}
