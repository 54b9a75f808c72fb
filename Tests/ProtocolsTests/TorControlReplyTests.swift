import Protocols
import Testing

/// Lines, replies and quoted strings of the control protocol.
@Suite struct TorControlReplyTests {
    static let good =
        "250 OK\r\n" + "250-version=0.4.9.11\r\n250+config-text=\r\nNickname lab\r\n..dot\r\n\r\n.\r\n250 OK\r\n"
        + "650-CONF_CHANGED\r\n650-A=b\r\n650 OK\r\n650 STREAM 1\r\n552 Unrecognized key \"foo\"\r\n250+a=\r\n.\r\n250 \r\n"

    static func read(_ parts: [[UInt8]]) -> (replies: [TorControlReply], failure: TorControlFailure?) {
        var reader = TorControlReplyReader()
        var replies: [TorControlReply] = []
        for part in parts {
            var rest = part[...]
            reading: while true {
                let input = Array(rest)
                let (consumed, event) = reader.receive(input.span)
                rest = rest.dropFirst(consumed)
                switch event {
                case .more: break reading
                case .reply(let reply): replies.append(reply)
                case .failed(let failure): return (replies, failure)
                }
            }
        }
        return (replies, nil)
    }

    @Test func splitAnywhere() {
        let bytes = Array(Self.good.utf8)
        let whole = Self.read([bytes])
        #expect(whole.failure == nil && whole.replies.map(\.code) == [250, 250, 650, 650, 552, 250])
        for parts in splits(bytes) {
            #expect(Self.read(parts).replies == whole.replies)
        }
    }

    @Test func dataIsUnescaped() throws {
        let reply = try #require(Self.read([Array(Self.good.utf8)]).replies.dropFirst().first)
        #expect(reply.values["version"] == Array("0.4.9.11".utf8))
        #expect(reply.values["config-text"] == Array("Nickname lab\n.dot\n".utf8))
        #expect(reply.values.count == 2 && reply.sentence == "OK" && !reply.isEvent)
    }

    @Test func emptyDataIsData() {
        #expect(Self.read([Array(Self.good.utf8)]).replies.last?.lines.first?.data == [])
    }

    @Test func consumesOneReplyAtATime() {
        var reader = TorControlReplyReader()
        let (consumed, _) = reader.receive(Array("250 OK\r\n250 OK\r\n".utf8).span)
        #expect(consumed == 8)
    }

    @Test(arguments: [
        "HTTP/1.0 501", "x", "\r\n", "25 OK\r\n", "2500 OK\r\n", "250=OK\r\n", "150 OK\r\n", "750 OK\r\n", "2\r\n",
        "250\r\n", "\u{5}\u{ff}", "\u{16}\u{3}\u{1}",
    ])
    func notTor(text: String) {
        #expect(Self.read([Array(text.utf8)]).failure == .notTorControl)
    }

    @Test(arguments: [
        "250 OK\n", "250 OK\rX", "250 O\r\r\n", "250-a\r\n251 OK\r\n", "250-a\r\n650 EVENT\r\n", "250+a=\r\nb\nc\r\n",
    ])
    func violations(text: String) {
        guard case .violation? = Self.read([Array(text.utf8)]).failure else {
            Issue.record("read")
            return
        }
    }

    @Test func failureIsForEver() {
        var reader = TorControlReplyReader()
        let first = reader.receive(Array("x".utf8).span).event
        let second = reader.receive(Array("250 OK\r\n".utf8).span)
        #expect(second.event == first && second.consumed == 0)
    }

    @Test(arguments: [0, 1])
    func lineLimit(more: Int) {
        let line = Array("250 ".utf8) + [UInt8](repeating: 0x61, count: (64 << 10) - 4 + more) + [0x0d, 0x0a]
        let (replies, failure) = Self.read([line])
        #expect(more == 0 ? replies.count == 1 : failure == .violation("a line over 64 KiB"))
    }

    /// Both as lines and as data, and however short the lines are.
    @Test(arguments: [("250-", 1000), ("", 1000), ("250-", 0), ("", 0)])
    func replyLimit(prefix: String, length: Int) {
        let line = Array(prefix.utf8) + [UInt8](repeating: 0x61, count: length) + [0x0d, 0x0a]
        let cost = line.count - 2 + 64
        let opening = prefix.isEmpty ? Array("250+x=\r\n".utf8) : []
        let closing = prefix.isEmpty ? Array(".\r\n250 OK\r\n".utf8) : Array("250 OK\r\n".utf8)
        let fits = ((1 << 20) - 3 * 70) / cost
        let good = opening + [[UInt8]](repeating: line, count: fits).flatMap { $0 } + closing
        #expect(Self.read([good]).replies.count == 1)
        let bad = opening + [[UInt8]](repeating: line, count: fits + 10).flatMap { $0 } + closing
        #expect(Self.read([bad]).failure == .violation("a reply over 1 MiB"))
    }

    @Test(arguments: [
        (#"PROGRESS=45 TAG=x SUMMARY="a b""#, "PROGRESS", "45"),
        (#"PROGRESS=45 TAG=x SUMMARY="a b""#, "SUMMARY", "a b"),
        (#"A="" B=c"#, "B", "c"), (#"A="\"\\\x" B=c"#, "A", #""\x"#), (#"A="\101\12\0""#, "A", "A??"),
        (#"A="\n\t\r\303\244""#, "A", "?????"), ("A=b A=c", "A", "b"), ("  A=b  ", "A", "b"), ("A= B=c", "A", ""),
        ("A=b=c", "A", "b=c"), (#"A=b"c"#, "A", #"b"c"#),
    ])
    func values(text: String, key: String, value: String) {
        #expect(TorControlWords(Array(text.utf8)).text(key) == value)
    }

    @Test(arguments: [#"A=b B="c"#, #"A=b B="c\"#, #"A=b B="\777""#, #"A=b B="c"d"#, #"A=b B="c"d E=f"#])
    func malformedStringsEndTheLine(text: String) {
        let words = TorControlWords(Array(text.utf8))
        #expect(words.values == ["A": Array("b".utf8)])
    }

    @Test(arguments: [("N=-5", -5), ("N=+5", 5), ("N=x", nil), ("N=", nil), ("N=9223372036854775808", nil)])
    func numbers(text: String, number: Int64?) {
        #expect(TorControlWords(Array(text.utf8)).number("N") == number)
    }
}
