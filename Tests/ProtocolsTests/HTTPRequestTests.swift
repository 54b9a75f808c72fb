import Protocols
import Testing

/// Requests: one reading, or a refusal.
@Suite struct HTTPRequestTests {
    /// What a wallet, curl and Prometheus send, and the forms that the RFC allows.
    static let good = [
        "POST /getblocks.bin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\nhello",
        "POST /json_rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n"
            + "Content-Type: application/json; charset=utf-8\r\n\r\n{}",
        "GET /v1/status HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
        "POST /v1/lock HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "5\r\nhello\r\n00a;x=\"y\"\r\n, world!!!\r\n0\r\nDigest: none\r\n\r\n",
        "GET /a%20b;c=d?x=%2F&y=~ HTTP/1.1\r\nHost: [::1]:18081\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "PUT / HTTP/1.1\r\nhOsT:\t h \t\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n"
            + "Host: a\r\n\r\n",
    ]

    @Test(arguments: good)
    func splitAnywhere(text: String) {
        let bytes = Array(text.utf8)
        let whole = HTTPTrace<HTTPRequestReader>([bytes])
        #expect(whole.kept && whole.steps.last == .end)
        for parts in splits(bytes) {
            let trace = HTTPTrace<HTTPRequestReader>(parts)
            #expect(trace.kept && trace.steps == whole.steps, "split at \(parts.first?.count ?? 0)")
        }
    }

    @Test func headSaysWhatTheWalletAsks() throws {
        let trace = HTTPTrace<HTTPRequestReader>([Array(Self.good[0].utf8)])
        let head = try #require(trace.request)
        #expect(head.method == "POST" && head.target == "/getblocks.bin" && head.version == .http11)
        #expect(head.host == "127.0.0.1" && head.framing == .length(5) && head.keepsAlive && !head.expectsContinue)
        #expect(head.headers.only("content-LENGTH") == "5" && head.headers.only("Accept") == nil)
        #expect(trace.steps.dropFirst() == [.body(Array("hello".utf8)), .end])
    }

    @Test func chunksAreJoinedAndTrailersDropped() throws {
        let trace = HTTPTrace<HTTPRequestReader>([Array(Self.good[3].utf8)])
        #expect(try #require(trace.request).framing == .chunked)
        #expect(try #require(trace.request).headers.fields.count == 2)
        #expect(trace.steps.dropFirst() == [.body(Array("hello, world!!!".utf8)), .end])
    }

    @Test func expectationIsReported() throws {
        let head = try #require(HTTPTrace<HTTPRequestReader>([Array(Self.good[7].utf8)]).request)
        #expect(head.expectsContinue && head.host == "h")
        let old = "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
        #expect(try !#require(HTTPTrace<HTTPRequestReader>([Array(old.utf8)]).request).expectsContinue)
    }

    @Test func pathHasNoQuery() throws {
        let head = try HTTPRequestHead(method: "GET", target: "/v1/events?since=3?", headers: [HTTPHeader("Host", "")])
        #expect(head.path == "/v1/events")
    }

    @Test(
        arguments: [
            ("HTTP/1.1", nil, true), ("HTTP/1.1", "close", false), ("HTTP/1.1", "x, Close ,y", false),
            ("HTTP/1.1", "keep-alive", true), ("HTTP/1.0", nil, false), ("HTTP/1.0", "Keep-Alive", true),
            ("HTTP/1.0", "keep-alive, close", false),
        ] as [(String, String?, Bool)])
    func persistence(version: String, connection: String?, keepsAlive: Bool) throws {
        let header = connection.map { "Connection: \($0)\r\n" } ?? ""
        let trace = HTTPTrace<HTTPRequestReader>([Array("GET / \(version)\r\nHost: a\r\n\(header)\r\n".utf8)])
        #expect(try #require(trace.request).keepsAlive == keepsAlive)
        var reader = trace.reader  // `next()` was called after `.end`
        let (_, event) = reader.receive(Array("G".utf8).span)
        #expect((event == .more) == keepsAlive)
    }

    /// Each is read in two ways by some pair of servers, or is no request at all.
    @Test(arguments: [
        ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\rHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX\u{0}: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{0}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{e9}\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{7f}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nX[]: b\r\n\r\n", 400),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /\r\nHost: a\r\n\r\n", 400),
        (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505), ("GET / HTTP/01.1\r\nHost: a\r\n\r\n", 505),
        ("GET / http/1.1\r\nHost: a\r\n\r\n", 400), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
        ("GET /#f HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET /\\ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400), ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close,\r\n\r\n", 400),
        ("\u{16}\u{3}\u{1}", 400), ("\u{5}\u{1}\u{0}", 400),
    ])
    func refused(text: String, status: Int) {
        expectRefusal(text, status)
    }

    /// Where the body ends must not be a matter of opinion.
    @Test(arguments: [
        ("Content-Length: 3\r\nContent-Length: 3", 400), ("Content-Length: 3, 3", 400), ("Content-Length: +3", 400),
        ("Content-Length: -3", 400), ("Content-Length: 3 ", 0), ("Content-Length: 0x3", 400),
        ("Content-Length: 3a", 400),
        ("Content-Length:", 400), ("Content-Length: 18446744073709551616", 400),
        ("Content-Length: 9999999999999999999", 413), ("Content-Length: 00000000000000000003", 400),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: chunked\r\nContent-Length: 3", 400), ("Transfer-Encoding: identity", 501),
        ("Transfer-Encoding: gzip, chunked", 501), ("Transfer-Encoding: chunked, chunked", 501),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 501), ("Transfer-Encoding: xchunked", 501),
        ("Transfer-Encoding: \"chunked\"", 501), ("Transfer-Encoding:", 501), ("Transfer-Encoding: chunked;a=b", 501),
        ("Transfer-Encoding : chunked", 400), ("Transfer-Encoding: chunked\u{b}", 400),
        ("Content-Length: 3\r\nTransfer_Encoding: chunked", 0),
    ])
    func framing(headers: String, status: Int) {
        let text = "POST / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\r\nabc"
        guard status == 0 else { return expectRefusal(text, status) }
        let trace = HTTPTrace<HTTPRequestReader>([Array(text.utf8)])
        #expect(trace.request?.framing == .length(3) && trace.steps.last == .end)
    }

    @Test func chunksOfOldVersionRefused() {
        expectRefusal("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)
    }

    @Test(arguments: [
        "\r\n", "g\r\n", " 3\r\nabc\r\n", "3 \r\nabc\r\n", "3 ;a\r\nabc\r\n", "0x3\r\nabc\r\n", "-1\r\n",
        "+3\r\nabc\r\n",
        "3\nabc\r\n", "3;a\nabc\r\n", "3\r\nabcd\r\n", "3\r\nabc\n", "3\r\nabc\rX", "3\r\nabc0\r\n\r\n",
        "ffffffffffffffff\r\n", "10000000000000000\r\n", "0\r\nContent-Length: 3\r\n\r\n",
        "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nHost: b\r\n\r\n", "0\r\n folded\r\n\r\n", "0\r\nX : y\r\n\r\n",
        "3\r\nabc\r\nfffffffffffffffe\r\n", "3;\u{0}\r\nabc\r\n",
        "3;" + String(repeating: "a", count: 255) + "\r\nabc\r\n",
    ])
    func chunksRefused(chunks: String) throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let trace = HTTPTrace<HTTPRequestReader>([Array((head + chunks).utf8)])
        guard case .failed(let failure)? = trace.steps.last else {
            Issue.record("read as \(trace.steps)")
            return
        }
        #expect(failure.status == 400 || failure.status == 413)
        #expect(!trace.steps.contains(.end))
    }

    /// A reader that failed never reads on, whatever comes.
    @Test func failureIsForEver() {
        var reader = HTTPRequestReader()
        let (_, first) = reader.receive(Array("GET / HTTP/1.1\n".utf8).span)
        let isReady = reader.next()
        #expect(!isReady)
        let (consumed, second) = reader.receive(Array(Self.good[2].utf8).span)
        #expect(first == second && consumed == 0 && first != .more)
    }

    @Test func tlsIsNamed() {
        #expect(HTTPTrace<HTTPRequestReader>([[0x16, 3, 1, 2, 0]]).steps == [.failed(.tlsHello)])
    }

    @Test(arguments: good.dropLast())
    func cutOffIsNeverWhole(text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count {
            let trace = HTTPTrace<HTTPRequestReader>([Array(bytes[..<count])])
            #expect(!trace.steps.contains(.end))
            #expect(trace.reader.finish() == (count == 0 ? .clean : .truncated))
        }
        #expect(HTTPTrace<HTTPRequestReader>([bytes]).reader.finish() == .clean)
    }

    /// Nothing of the next request is touched before `next()`.
    @Test func pipelinedRequestsAreKeptApart() {
        let first = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
        let second = Array(Self.good[2].utf8)
        var rest = first + second
        var reader = HTTPRequestReader()
        for _ in 0..<3 {
            let (consumed, _) = reader.receive(rest.span)
            rest.removeFirst(consumed)
        }
        #expect(rest == second)
        let (consumed, event) = reader.receive(rest.span)
        #expect(consumed == 0 && event == .end)
        let isReady = reader.next()
        let last = reader.receive(rest.span)
        #expect(isReady && last.consumed == second.count)
    }

    /// More heads than are remembered, again and again, some of which begin like others.
    @Test func whatCameBeforeIsReadTheSame() {
        let first = (1...6).map {
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \($0)\r\n\r\n" + String(repeating: "b", count: $0)
        }
        let others = ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX-More: c\r\n\r\n"]
        let requests = (first + others).map { Array($0.utf8) }
        let expected = requests.map { HTTPTrace<HTTPRequestReader>([$0]).steps }
        for orders in [[0, 0, 1, 0], [6, 7, 6, 7], Array(0..<8) + Array(0..<8), [5, 4, 5, 3, 5, 2, 5, 1, 5, 0]] {
            let parts = orders.map { requests[$0] }
            let steps = orders.flatMap { expected[$0] }
            let trace = HTTPTrace<HTTPRequestReader>(parts)
            #expect(trace.steps == steps && trace.kept)
            #expect(HTTPTrace<HTTPRequestReader>([parts.flatMap { $0 }]).steps == steps)
            for cut in [1, 20, 26] {
                let pieces = parts.flatMap { [Array($0[..<cut]), Array($0[cut...])] }
                #expect(HTTPTrace<HTTPRequestReader>(pieces).steps == steps)
            }
        }
    }

    /// The last byte of a head that is known decides as well.
    @Test func whatBeginsLikeAKnownHeadIsRead() {
        let known = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for index in known.indices {
            var other = known
            other[index] ^= 0x01
            let alone = HTTPTrace<HTTPRequestReader>([other]).steps
            #expect(HTTPTrace<HTTPRequestReader>([known, other]).steps == [.request(head(known)), .end] + alone)
        }
    }

    private func head(_ bytes: [UInt8]) -> HTTPRequestHead {
        guard case .request(let head)? = HTTPTrace<HTTPRequestReader>([bytes]).steps.first else {
            fatalError("no head")
        }
        return head
    }

    @Test func nextWithinARequestDoesNothing() {
        var reader = HTTPRequestReader()
        _ = reader.receive(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na".utf8).span)
        let isReady = reader.next()
        let body = reader.receive(Array("bc".utf8).span)
        #expect(!isReady && body.event == .body(0..<2))
    }

    private func expectRefusal(_ text: String, _ status: Int) {
        let bytes = Array(text.utf8)
        let whole = HTTPTrace<HTTPRequestReader>([bytes])
        guard case .failed(let failure)? = whole.steps.last else {
            Issue.record("read as \(whole.steps)")
            return
        }
        #expect(failure.status == status && failure.sentence.hasSuffix(".") && whole.steps.count == 1)
        for parts in splits(bytes) {
            #expect(HTTPTrace<HTTPRequestReader>(parts).steps == whole.steps)
        }
    }
}

extension HTTPTrace {
    /// The head of the first request.
    var request: HTTPRequestHead? {
        guard case .request(let head)? = steps.first else { return nil }
        return head
    }

    /// The head of the first response that is not interim.
    var response: HTTPResponseHead? {
        for case .response(let head) in steps { return head }
        return nil
    }
}
