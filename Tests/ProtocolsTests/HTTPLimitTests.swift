import Protocols
import Testing

/// Each limit: what is at it passes, one byte or line more does not.
@Suite struct HTTPLimitTests {
    static let limits = HTTPLimits(startLine: 40, headerLine: 20, headerCount: 3, headerBytes: 50, body: 10)

    @Test(arguments: [(0, nil), (1, 414)] as [(Int, Int?)])
    func startLine(more: Int, status: Int?) {
        let path = "/" + String(repeating: "a", count: 40 - "GET / HTTP/1.1".count + more)
        expect("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n", status)
    }

    @Test(arguments: [(0, nil), (1, 431)] as [(Int, Int?)])
    func headerLine(more: Int, status: Int?) {
        expect("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 17 + more))\r\n\r\n", status)
    }

    @Test(arguments: [(3, nil), (4, 431)] as [(Int, Int?)])
    func headerCount(count: Int, status: Int?) {
        expect("GET / HTTP/1.1\r\nHost: a\r\n\(String(repeating: "X: y\r\n", count: count - 1))\r\n", status)
    }

    @Test(arguments: [(0, nil), (1, 431)] as [(Int, Int?)])
    func headerBytes(more: Int, status: Int?) {
        // 7 + 20 + 23 bytes: no line's own limit is met.
        let long = "X: " + String(repeating: "a", count: 17)
        let short = "Y: " + String(repeating: "a", count: 20 + more)
        let limits = HTTPLimits(startLine: 40, headerLine: 30, headerCount: 3, headerBytes: 50, body: 10)
        expect("GET / HTTP/1.1\r\nHost: a\r\n\(long)\r\n\(short)\r\n\r\n", status, limits)
    }

    @Test(arguments: [(10, nil), (11, 413)] as [(Int, Int?)])
    func statedBody(length: Int, status: Int?) {
        let body = String(repeating: "b", count: length)
        expect("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n\(body)", status)
    }

    @Test(
        arguments: [("5\r\naaaaa\r\n5\r\nbbbbb\r\n", nil), ("5\r\naaaaa\r\n6\r\nbbbbbb\r\n", 413)] as [(String, Int?)])
    func chunkedBody(chunks: String, status: Int?) {
        let limits = HTTPLimits(body: 10)
        expect("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n", status, limits)
    }

    @Test(arguments: [(3, nil), (4, 431)] as [(Int, Int?)])
    func trailerCount(count: Int, status: Int?) {
        let trailers = String(repeating: "X: y\r\n", count: count)
        expect(
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\(trailers)\r\n", status,
            HTTPLimits(headerCount: 3))
    }

    /// A body of 2^63 bytes is announced, not added up.
    @Test func hugeBodyIsCounted() {
        let limits = HTTPLimits(body: .max)
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n"
        let trace = HTTPTrace<HTTPRequestReader>([Array((head + "abc").utf8)], limits: limits)
        #expect(trace.request?.framing == .length(9_223_372_036_854_775_807))
        #expect(trace.steps.last == .body(Array("abc".utf8)) && trace.reader.finish() == .truncated)
    }

    @Test func chunkSizesDoNotOverflow() {
        let limits = HTTPLimits(body: .max)
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let first = "1\r\na\r\nffffffffffffffff\r\n"
        expect(head + first, 413, limits)
    }

    @Test func untilCloseIsLimited() {
        let bytes = Array(("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "a", count: 11)).utf8)
        for parts in [[bytes]] + splits(bytes) {
            let steps = HTTPTrace<HTTPResponseReader>(parts, limits: HTTPLimits(body: 10)).steps
            #expect(steps.last == .failed(HTTPFailure(status: 502, "The body is longer than 10 bytes.")))
            #expect(steps.dropLast().last == .body([UInt8](repeating: 0x61, count: 10)))
        }
    }

    /// A line that never ends costs its limit in memory and no more: the reader says so before it ends.
    @Test func endlessLineIsRefusedEarly() {
        let trace = HTTPTrace<HTTPRequestReader>([[UInt8](repeating: 0x41, count: 41)], limits: Self.limits)
        #expect(trace.steps.count == 1 && trace.rest.isEmpty)
    }

    private func expect(_ text: String, _ status: Int?, _ limits: HTTPLimits = limits) {
        let bytes = Array(text.utf8)
        for parts in [[bytes]] + splits(bytes) {
            let trace = HTTPTrace<HTTPRequestReader>(parts, limits: limits)
            if let status {
                guard case .failed(let failure)? = trace.steps.last else {
                    Issue.record("read as \(trace.steps)")
                    return
                }
                #expect(failure.status == status)
            } else {
                #expect(trace.steps.last == .end)
            }
        }
    }
}
