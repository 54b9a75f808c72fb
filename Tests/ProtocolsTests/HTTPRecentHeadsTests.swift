import Testing

@testable import Protocols

@Suite("HTTP: the heads that came lately") struct HTTPRecentHeadsTests {
    private func head(_ target: String) throws -> (bytes: [UInt8], head: HTTPRequestHead) {
        let headers = HTTPHeaders([try HTTPHeader("Host", "a")])
        let head = try HTTPRequestHead(method: "GET", target: target, headers: headers)
        return (Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8), head)
    }

    private func knows(_ recent: HTTPRecentHeads, _ bytes: [UInt8]) -> Bool { recent.head(of: bytes.span) != nil }

    @Test("is known again where input begins with it, until four others came")
    func kept() throws {
        var recent = HTTPRecentHeads()
        let all = try (0..<5).map { try head("/\($0)") }
        for one in all {
            #expect(!knows(recent, one.bytes))
            recent.keep(one.head, one.bytes.span)
            let found = recent.head(of: (one.bytes + [1, 2]).span)
            #expect(found?.head == one.head && found?.length == one.bytes.count)
        }
        #expect(!knows(recent, all[0].bytes) && knows(recent, all[1].bytes))
    }

    @Test("a part of it, or another, is none of them")
    func others() throws {
        var recent = HTTPRecentHeads()
        let one = try head("/info")
        recent.keep(one.head, one.bytes.span)
        for length in 0..<one.bytes.count { #expect(!knows(recent, Array(one.bytes[..<length]))) }
        for index in one.bytes.indices {
            var other = one.bytes
            other[index] ^= 0x20
            #expect(!knows(recent, other))
        }
    }

    @Test("what is long is not kept")
    func long() throws {
        var recent = HTTPRecentHeads()
        let one = try head("/" + String(repeating: "a", count: 1024))
        recent.keep(one.head, one.bytes.span)
        #expect(!knows(recent, one.bytes))
    }
}
