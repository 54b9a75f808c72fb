import Protocols
import Testing

/// What we write: nothing that is asked of us can become a second header or a second message, and our own readers
/// read back what was meant.
@Suite struct HTTPWriterTests {
    @Test(arguments: [
        ("", "x"), ("X y", "x"), ("X:", "x"), ("X\r\n", "x"), ("X\u{e9}", "x"), ("X", "a\r\nY: b"), ("X", "a\nb"),
        ("X", "a\rb"), ("X", "a\u{0}b"), ("X", " a"), ("X", "a\t"), ("X", "\u{e9}"), ("X", "\u{7f}"),
    ])
    func headersRefused(name: String, value: String) {
        #expect(throws: HTTPFailure.self) { try HTTPHeader(name, value) }
    }

    @Test(arguments: [
        ("GET /", "/"), ("", "/"), ("GET\r\n", "/"), ("GET", "/\r\nX: y"), ("GET", "/ HTTP/1.1"), ("GET", ""),
        ("GET", "http://a/"), ("GET", "/\u{0}"), ("CONNECT", "a:1"),
    ])
    func requestsRefused(method: String, target: String) {
        #expect(throws: HTTPFailure.self) {
            try HTTPRequestHead(method: method, target: target, headers: [HTTPHeader("Host", "a")])
        }
    }

    @Test func requestIsReadBack() throws {
        let head = try HTTPRequestHead(
            method: "POST", target: "/v1/lock?now=1",
            headers: [HTTPHeader("Host", "xmr-routed"), HTTPHeader("Content-Length", "2")])
        let trace = HTTPTrace<HTTPRequestReader>([head.bytes + Array("{}".utf8)])
        #expect(trace.steps == [.request(head), .body(Array("{}".utf8)), .end])
    }

    @Test(arguments: [true, false])
    func responseIsReadBack(keepsAlive: Bool) throws {
        let response = HTTPResponse(
            status: 200, body: Array("{\"a\": 1}".utf8), keepsAlive: keepsAlive,
            headers: [try HTTPHeader("Cache-Control", "no-store")])
        let trace = HTTPTrace<HTTPResponseReader>([try response.bytes()])
        let head = try #require(trace.response)
        #expect(try head == response.head() && head.keepsAlive == keepsAlive)
        #expect(head.headers.only("Content-Type") == "application/json")
        #expect(trace.steps.dropFirst() == [.body(response.body), .end])
    }

    @Test func answerToHeadIsTheHeadAlone() throws {
        let response = HTTPResponse(body: Array("{}".utf8))
        #expect(try response.bytes(answering: "HEAD") == response.head().bytes)
    }

    @Test func refusalClosesWithItsStatus() throws {
        let trace = HTTPTrace<HTTPResponseReader>([try HTTPResponse(refusing: .tlsHello).bytes()])
        let head = try #require(trace.response)
        #expect(head.status == 400 && !head.keepsAlive)
        #expect(trace.steps.contains(.body(Array((HTTPFailure.tlsHello.sentence + "\n").utf8))))
    }

    @Test(arguments: ["Content-Length", "content-type", "Transfer-Encoding", "Connection"])
    func ourOwnHeadersAreNotGivenTwice(name: String) throws {
        let response = HTTPResponse(body: [], headers: [try HTTPHeader(name, "3")])
        #expect(throws: HTTPFailure.self) { try response.bytes() }
    }

    @Test(arguments: [99, 600, 0, -1, 101])
    func statusRefused(status: Int) {
        #expect(throws: HTTPFailure.self) { try HTTPResponse(status: status, body: []).bytes() }
    }

    @Test(arguments: ["a\r\nb", "a\u{0}", "\u{e9}"])
    func reasonRefused(reason: String) {
        #expect(throws: HTTPFailure.self) { try HTTPResponseHead(status: 200, reason: reason, headers: []) }
    }

    @Test func chunksAreReadBack() throws {
        let head = try HTTPResponseHead(status: 200, headers: [HTTPHeader("Transfer-Encoding", "chunked")])
        let parts = ["first\n", "", String(repeating: "x", count: 300)].map { Array($0.utf8) }
        let bytes = head.bytes + parts.flatMap(HTTPChunk.bytes) + HTTPChunk.last
        #expect(
            HTTPTrace<HTTPResponseReader>([bytes]).steps == [.response(head), .body(parts.flatMap { $0 }), .end])
    }
}
