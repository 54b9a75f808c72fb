import Protocols
import Testing

/// Headers as a collection: what was put in is found again, whatever its case, and nothing else.
@Suite struct HTTPHeadersTests {
    static let pairs = [
        ("Host", "a:1"), ("X-One", ""), ("x-one", "b, c"), ("Sec-Fetch-Mode", "cors"),
        ("Content-Type", "text/plain; a=\"b\""),
    ]

    @Test func fieldsComeBackInOrder() throws {
        let fields = try Self.pairs.map { try HTTPHeader($0, $1) }
        let headers = HTTPHeaders(fields)
        #expect(headers.fields == fields)
        #expect(headers.values("X-ONE") == ["", "b, c"] && headers.only("x-one") == nil)
        #expect(headers.only("host") == "a:1" && headers.only("content-TYPE") == "text/plain; a=\"b\"")
        #expect(headers.has("sec-fetch-mode") && !headers.has("sec-fetch") && !headers.has("") && !headers.has("a:1"))
        #expect(!headers.has("host: a") && headers.values("Hos").isEmpty)
        let isEncoded = try ["Content-ENCODING", "content-encodings"].map {
            HTTPHeaders([try HTTPHeader($0, "")]).isEncoded
        }
        #expect(isEncoded == [true, false] && !headers.isEncoded)
        var appended = HTTPHeaders()
        for field in fields { appended.append(field) }
        #expect(appended == headers && appended.hashValue == headers.hashValue)
        #expect(HTTPHeaders(fields.dropLast()) != headers && HTTPHeaders() != headers)
        #expect(HTTPHeaders().fields.isEmpty)
    }

    /// What is read is what was written, in one form, however the blanks stood.
    @Test func readHeadersAreOneForm() throws {
        let text = "GET / HTTP/1.1\r\nHost:  a:1\t \r\nX-One:\r\nx-one:b, c \r\n\r\n"
        let head = try #require(HTTPTrace<HTTPRequestReader>([Array(text.utf8)]).request)
        let expected = HTTPHeaders(try Self.pairs.prefix(3).map { try HTTPHeader($0, $1) })
        #expect(head.headers == expected && head.host == "a:1")
        #expect(
            String(decoding: head.bytes, as: UTF8.self)
                == "GET / HTTP/1.1\r\nHost: a:1\r\nX-One: \r\nx-one: b, c\r\n\r\n")
    }

    /// The names that say how a message is read are known in any case, and those that only look like them are not.
    @Test(arguments: [
        ("CONTENT-LENGTH: 3", HTTPFraming.length(3)), ("content-length: 3", .length(3)), ("Content-LengtH: 0", .none),
        ("tRANSFER-eNCODING: CHUNKED", .chunked), ("Content_Length: 3", .none), ("Content-Length1: 3", .none),
        ("Content\u{2e}Length: 3", .none), ("Transfer-Encodin': x", .none),
    ])
    func knownNames(line: String, framing: HTTPFraming) throws {
        let text = "POST / HTTP/1.1\r\nhOST: a\r\n\(line)\r\n\r\n"
        let head = try #require(HTTPTrace<HTTPRequestReader>([Array(text.utf8)]).request)
        #expect(head.framing == framing && head.host == "a")
    }

    /// Lines are judged sixteen bytes at a time: what no line may have is seen at every place of them.
    @Test func otherBytesAreSeenAtEveryPlace() {
        for place in 0..<40 {
            for byte in [0x00, 0x08, 0x09, 0x0a, 0x0b, 0x0d, 0x1f, 0x20, 0x7e, 0x7f, 0x80, 0xa0, 0xff] as [UInt8] {
                var value = [UInt8](repeating: 0x61, count: 40)
                value[place] = byte
                let text = Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + value + Array("\r\n\r\n".utf8)
                let trace = HTTPTrace<HTTPRequestReader>([text])
                let isPrintable = byte == 0x09 || (0x20...0x7e).contains(byte)
                #expect((trace.steps.last == .end) == isPrintable, "byte \(byte) at \(place)")
                guard isPrintable, (1..<39).contains(place) else { continue }
                #expect(trace.request?.headers.only("x").map { Array($0.utf8) } == value)
            }
        }
    }

    /// A body of more than 128 MiB, as the longest of Monero's answers have, is counted and not held.
    @Test func longAnswersPass() {
        let size = 200 << 20
        var reader = HTTPResponseReader(answering: "POST", limits: HTTPLimits(body: 256 << 20))
        let head = Array("HTTP/1.1 200 Ok\r\nContent-Length: \(size)\r\n\r\n".utf8)
        _ = reader.receive(head.span)
        let part = [UInt8](repeating: 0x61, count: 1 << 20)
        var read = 0
        while read < size {
            guard case .body(let range) = reader.receive(part.span).event else { break }
            read += range.count
        }
        let end = reader.receive([UInt8]().span).event
        #expect(read == size && end == .end)
    }
}
