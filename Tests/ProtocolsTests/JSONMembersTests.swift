import Protocols
import Testing

/// Members where they lie, and a text without its spaces.
@Suite struct JSONMembersTests {
    @Test func membersLieWhereTheyAre() throws {
        let text = " { \"a\" : 1 , \"b\":{\"c\":[1, {\"d\":null}]},\"\":\"x\\\"y\" }\r\n"
        let bytes = Array(text.utf8)
        let members = try JSONMembers(scanning: bytes.span)
        #expect(members.members.map { string(bytes, $0.key) } == ["a", "b", ""])
        let values = members.members.map { string(bytes, $0.value) }
        #expect(values == ["1", "{\"c\":[1, {\"d\":null}]}", "\"x\\\"y\""])
        let found = members.value(of: Array("b".utf8), in: bytes.span)
        #expect(found == members.members[1].value)
        let absent = members.value(of: Array("c".utf8), in: bytes.span) ?? members.value(of: Array("A".utf8), in: bytes.span)
        #expect(absent == nil)
    }

    @Test func aMembersValueIsScannedInPlace() throws {
        let bytes = Array("{\"method\":\"m\",\"params\":{\"client\":\"x\",\"n\":1}}".utf8)
        let outer = try JSONMembers(scanning: bytes.span)
        let value = outer.value(of: Array("params".utf8), in: bytes.span)
        let params = try #require(value)
        let inner = try JSONMembers(scanning: bytes.span, in: params)
        let name = inner.value(of: Array("client".utf8), in: bytes.span)
        let client = try #require(name)
        #expect(string(bytes, client) == "\"x\"")
    }

    @Test(arguments: [
        ("{}", "{}"), (" { } ", "{}"), ("[1 , 2,\t3]", "[1,2,3]"),
        ("{\"a\": {\"client\": 1}}", "{\"a\":{\"client\":1}}"),
        (
            "{\r\n  \"a\": [1 , 2,\t3],\r\n \"b\" :\"c d\\\" e\\\\\", \"c\": \"\" }",
            "{\"a\":[1,2,3],\"b\":\"c d\\\" e\\\\\",\"c\":\"\"}"
        ),
        ("{\"a\": 1.50e+3, \"é\":\"\\u00e9 é\"}", "{\"a\":1.50e+3,\"é\":\"\\u00e9 é\"}"),
    ])
    func compact(source: String, written: String) {
        let bytes = Array(source.utf8)
        let compact = JSONText.compact(bytes.span, in: 0..<bytes.count)
        #expect(text(compact) == written)
        #expect(JSONText.compact(compact.span, in: 0..<compact.count) == compact)
        // A part that reaches beyond the bytes is cut.
        #expect(text(JSONText.compact(bytes.span, in: 0..<bytes.count + 9)) == written)
    }

    @Test(arguments: [
        ("[]", JSONFailure.Cause.noObject, 0), (" 1", .noObject, 1), ("", .noObject, 0), ("{", .truncated, 1),
        ("{\"a\":1,\"a\":2}", .duplicateKey, 7), ("{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", .duplicateKey, 18),
        ("{\"a\":[{\"b\":1,\"b\":3}]}", .duplicateKey, 13), ("{\"\":1,\"\":2}", .duplicateKey, 6),
        ("{\"cl\\u0069ent\":1}", .escapedKey, 2), ("{\"a\":{\"\\n\":1}}", .escapedKey, 7),
        ("{\"a\":1}x", .trailingBytes, 7), ("{\"a\":1,}", .noKey, 7), ("{'a':1}", .noKey, 1),
        ("{\"a\":01}", .leadingZero, 6),
        ("{\"a\":\"\\ud800\"}", .loneSurrogate, 6), ("{\"a\":\"\u{1}\"}", .controlCharacter, 6),
        ("{\"a\":+1}", .noValue, 5),
        ("{\"a\":nul}", .noValue, 5), ("{\"a\":1 \"b\":2}", .noComma, 7), ("{\"a\"=1}", .noColon, 4),
    ])
    func refuses(source: String, cause: JSONFailure.Cause, offset: Int) {
        let bytes = Array(source.utf8)
        let failure = #expect(throws: JSONFailure.self) { try JSONMembers(scanning: bytes.span) }
        #expect(failure?.cause == cause && failure?.offset == offset)
        // The same inside of other bytes, which are not looked at.
        let framed = [0xff, 0x7b] + bytes + [0x7d, 0xff]
        let part = 2..<2 + bytes.count
        let inner = #expect(throws: JSONFailure.self) { try JSONMembers(scanning: framed.span, in: part) }
        #expect(inner?.cause == cause && inner?.offset == offset + 2)
    }

    @Test func manyKeysAreFoundDistinctOrNot() throws {
        func object(_ keys: [Int]) -> [UInt8] {
            Array("{\(keys.map { "\"k\($0)\":0" }.joined(separator: ","))}".utf8)
        }
        let keys = Array((0..<20_000).map { $0 &* 7919 % 20_000 }.prefix(19_000))
        let distinct = object(keys)
        #expect(try JSONMembers(scanning: distinct.span).members.count == 19_000)
        let twice = object(keys + [keys[40]])
        let failure = #expect(throws: JSONFailure.self) { try JSONMembers(scanning: twice.span) }
        #expect(failure?.cause == .duplicateKey && failure?.offset == distinct.count)
    }

    /// Strings are scanned sixteen bytes at a time: what is special is seen at every place of them.
    @Test func specialBytesAreSeenAtEveryPlace() {
        for place in 0..<40 {
            func text(_ bytes: [UInt8]) -> [UInt8] {
                var string = [UInt8](repeating: 0x61, count: 40)
                string.replaceSubrange(place..<place + 1, with: bytes)
                return Array("{\"k\":\"".utf8) + string + Array("\"}".utf8)
            }
            for byte in [0x00, 0x0a, 0x1f] as [UInt8] {
                let refused = text([byte])
                let failure = #expect(throws: JSONFailure.self) { try JSONMembers(scanning: refused.span) }
                #expect(failure?.cause == .controlCharacter && failure?.offset == place + 6)
            }
            let ended = text([0x22])
            let failure = #expect(throws: JSONFailure.self) { try JSONMembers(scanning: ended.span) }
            #expect(failure?.offset == place + 7)
            for good in ["\\\"", "\\\\", "\\u0020", " ", "!", "#", "[", "]", "~", "\u{7f}", "é", "\u{1f600}"] {
                let accepted = text(Array(good.utf8))
                #expect(throws: Never.self) { try JSONMembers(scanning: accepted.span) }
            }
            let escape = text([0x5c])
            #expect(!accepts(escape))
        }
    }

    @Test func limitsHold() {
        let bytes = Array("{\"a\":[[1]]}".utf8)
        #expect(throws: Never.self) { try JSONMembers(scanning: bytes.span, limits: JSONLimits(depth: 3, members: 3)) }
        #expect(throws: JSONFailure.self) { try JSONMembers(scanning: bytes.span, limits: JSONLimits(depth: 2)) }
        #expect(throws: JSONFailure.self) { try JSONMembers(scanning: bytes.span, limits: JSONLimits(members: 2)) }
        #expect(throws: JSONFailure.self) { try JSONMembers(scanning: bytes.span, limits: JSONLimits(bytes: 10)) }
        #expect(throws: JSONFailure.self) { try JSONMembers(scanning: bytes.span, in: 0..<12) }
        let invalid: [UInt8] = [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]
        let failure = #expect(throws: JSONFailure.self) { try JSONMembers(scanning: invalid.span) }
        #expect(failure?.cause == .notUTF8 && failure?.offset == 6)
    }

    private func accepts(_ bytes: [UInt8]) -> Bool { (try? JSONMembers(scanning: bytes.span)) != nil }
    private func string(_ bytes: [UInt8], _ range: Range<Int>) -> String { text(Array(bytes[range])) }
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
